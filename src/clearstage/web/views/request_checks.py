"""Everything that clients have sent and nobody has looked at yet, in one list, to be accepted or returned."""

from __future__ import annotations

from collections import defaultdict

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clearstage.jobs.items import views_of
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel.actor import Actor
from clearstage.pages.htmx import is_htmx, toast
from clearstage.requests.policies import can_manage_requests
from clearstage.requests.queries import get_request, requests_to_check

from ..access import MemberRequest, member_page
from . import request_acts
from .asking import fresh_key, row_number

A_PAGE = 25


@require_safe
@member_page
def requests(request: MemberRequest, actor: Actor) -> HttpResponse:
    return _list(request, actor)


def _list(request: MemberRequest, actor: Actor) -> HttpResponse:
    page = Paginator(requests_to_check(actor), A_PAGE).get_page(request.GET.get("page"))
    numbers = [row.pk for row in page]
    views = views_of([("request", number) for number in numbers])
    context = {
        "page": page,
        "rows": [(row, views["request", row.pk]) for row in page if ("request", row.pk) in views],
        "jobs": _jobs(actor, numbers),
        "may_request": bool(can_manage_requests(actor)),
        "key": fresh_key(),
    }
    part = "part" if is_htmx(request) else "page"
    return render(request, f"web/requests/{part}.html", context)


def _jobs(actor: Actor, numbers: list[int]) -> dict[int, list[Job]]:
    """The jobs the requests hang on, as far as the member sees them."""
    links = LinkedItem.objects.filter(kind="request", item__in=numbers).order_by("pk")
    pairs = list(links.values_list("item", "job_id"))
    seen = Job.objects.visible_to(actor).select_related("stage", "pipeline")
    rows = seen.in_bulk([job for _item, job in pairs])
    found: dict[int, list[Job]] = defaultdict(list)
    for item, job in pairs:
        if job in rows:
            found[item].append(rows[job])
    return dict(found)


@require_safe
@member_page
def show(request: MemberRequest, actor: Actor, asked: int) -> HttpResponseBase:
    """Where a request is shown: on its job's page, or in the list."""
    row = get_request(actor, row_number(asked))
    job = next(iter(_jobs(actor, [row.pk]).get(row.pk, [])), None)
    return redirect("job-request", job.pk, row.pk) if job else redirect("requests")


@require_POST
@member_page
def judge(request: MemberRequest, actor: Actor, asked: int, n: int, what: str) -> HttpResponse:
    text, undo = request_acts.judged(request, actor, row_number(asked), n, what)
    return _answered(request, actor, text, undo)


@require_POST
@member_page
def act(request: MemberRequest, actor: Actor, asked: int, what: str) -> HttpResponse:
    text, undo = request_acts.done(request, actor, row_number(asked), what)
    return _answered(request, actor, text, undo)


def _answered(request: MemberRequest, actor: Actor, text: str, undo: str) -> HttpResponse:
    response: HttpResponse = _list(request, actor) if is_htmx(request) else redirect("requests")
    toast(request, response, text, undo=undo)
    return response
