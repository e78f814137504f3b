"""Search and “go to anything”: pages, pipelines, clients and jobs by their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clearstage.clients.models import Account
from clearstage.jobs.models import Job, Pipeline
from clearstage.kernel.actor import Actor
from clearstage.kernel.text import flaw_in
from clearstage.pages.htmx import is_htmx
from clearstage.pages.templatetags.pages import known_url

from ..access import MemberRequest, member_page
from ..templatetags.clearstage import RAIL

AT_ONCE, ON_THE_PAGE = 6, 50


@dataclass
class Found:
    """One kind of thing that was found: (address, name, what stands beside it)."""

    name: str
    icon: str
    rows: list[tuple[str, Any, str]] = field(default_factory=list)


@require_safe
@member_page
def search(request: MemberRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    most = AT_ONCE if is_htmx(request) else ON_THE_PAGE
    groups = find(actor, text, most) if text and not flaw_in(text) else []
    template = "web/found.html" if is_htmx(request) else "web/search.html"
    return render(request, template, {"groups": groups, "searched": text})


def find(actor: Actor, text: str, most: int) -> list[Found]:
    """What the actor may see and is called like that; kinds of which there is nothing are left out."""
    pages = Found(_("Pages"), "arrow-right")
    for name, _icon, label, _often in RAIL:
        if text.casefold() in str(label).casefold() and (address := known_url(name)):
            pages.rows.append((address, label, ""))
    pipelines = Found(_("Pipelines"), "layout-kanban")
    for pipeline in Pipeline.objects.visible_to(actor).filter(name__icontains=text)[:most]:
        pipelines.rows.append((known_url("board", pipeline.pk), pipeline.name, ""))
    accounts = Found(_("Clients"), "users")
    called = Q(name__icontains=text) | Q(number__iexact=text)
    for account in Account.objects.visible_to(actor).filter(called).order_by("name")[:most]:
        accounts.rows.append((known_url("account", account.pk), account.name, account.number))
    jobs = Found(_("Jobs"), "briefcase")
    called = Q(name__icontains=text) | Q(account__name__icontains=text)
    rows = Job.objects.visible_to(actor).on_the_board().filter(called).select_related("account")
    for job in rows.order_by("-entered_stage_at")[:most]:
        jobs.rows.append((known_url("job", job.pk), job.name, job.account.name))
    return [group for group in (pages, pipelines, accounts, jobs) if group.rows]
