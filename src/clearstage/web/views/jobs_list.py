"""The jobs of all pipelines as a table (B5): filters, active and archived, page after page by key."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clearstage.engine.facts import JobStatus
from clearstage.firm.queries import members_list
from clearstage.jobs.board import cards
from clearstage.jobs.models import CustomStatus, Job, Pipeline
from clearstage.jobs.queries import filtered, job_rows
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.pages.htmx import is_htmx

from ..access import MemberRequest, member_page
from .asking import number, words

PAGE = 50


@require_safe
@member_page
def jobs(request: MemberRequest, actor: Actor) -> HttpResponse:
    """What is still to be done first, the soonest due before those without a date; then what is completed."""
    ask = request.GET
    rows = narrowed(actor, ask)
    found, after = one_page(rows, ask.get("after", ""))
    today = timezone.localdate(clock.now())
    context: dict[str, Any] = {
        "cards": cards(found, today, {row.stage_id: row.stage for row in found}),
        "after": after,
        "asked": {name: ask[name] for name in ask},
        "kept": without(ask, "after").urlencode(),
        "archived": archived(ask),
    }
    if is_htmx(request) and "after" in ask:
        return render(request, "web/jobs/rows.html", context)
    if is_htmx(request):
        return render(request, "web/jobs/table.html", {**context, "count": rows.count(), "part": True})
    context |= {
        "count": rows.count(),
        "pipelines": Pipeline.objects.visible_to(actor),
        "members": members_list(inactive=False),
        "statuses": _statuses(actor, number(ask.get("pipeline"))),
        "tab": without(ask, "after", "archived").urlencode(),
    }
    return render(request, "web/jobs/list.html", context)


def archived(ask: QueryDict) -> bool:
    return ask.get("archived") == "1"


def without(ask: QueryDict, *names: str) -> QueryDict:
    kept = ask.copy()
    for name in [name for name in kept if name in names or not kept[name]]:
        del kept[name]
    return kept


def narrowed(actor: Actor, ask: QueryDict) -> QuerySet[Job]:
    status = words(ask, "status")
    assignee = actor.member_id if ask.get("assignee") == "me" else number(ask.get("assignee"))
    rows = filtered(
        Job.objects.visible_to(actor),
        pipeline=number(ask.get("pipeline")),
        stage=number(ask.get("stage")),
        assignee=assignee,
        overdue=True if ask.get("due") == "overdue" else None,
        archived=archived(ask),
        q=words(ask, "q"),
    )
    if status in ("active", "completed"):
        return rows.filter(status=status)
    return rows.filter(custom_status__name__iexact=status) if status else rows


def one_page(rows: QuerySet[Job], after: str) -> tuple[list[Job], str]:
    """(jobs, the place after the last of them or nothing where there are no more)."""
    ordered: Any = rows.annotate(done=Case(When(status=JobStatus.COMPLETED, then=1), default=0))
    done, moment, last = (*after.split("~"), "", "")[:3]
    if pk := number(last):
        ordered = ordered.filter(_behind(int(done == "1"), moment, pk))
    in_order: Any = job_rows(ordered)
    found = list(in_order.order_by("done", F("due").asc(nulls_last=True), "pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    row: Any = found[PAGE - 1]
    return found[:PAGE], f"{row.done}~{row.due.isoformat() if row.due else ''}~{row.pk}"


def _behind(done: int, moment: str, pk: int) -> Q:
    try:
        due = date.fromisoformat(moment)
    except ValueError:
        later = Q(due__isnull=True, pk__gt=pk)
    else:
        later = Q(due__gt=due) | Q(due=due, pk__gt=pk) | Q(due__isnull=True)
    return Q(done__gt=done) | Q(done=done) & later


def _statuses(actor: Actor, pipeline: int | None) -> list[str]:
    """Names of the custom statuses, of all pipelines that may be seen or of one."""
    rows = CustomStatus.objects.filter(pipeline__in=Pipeline.objects.visible_to(actor))
    names: dict[str, str] = {}
    for name in (
        (rows.filter(pipeline=pipeline) if pipeline else rows).order_by("name").values_list("name", flat=True)
    ):
        names.setdefault(name.casefold(), name)
    return list(names.values())
