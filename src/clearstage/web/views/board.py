"""The pipelines and their boards (B1–B3, B7): columns, cards, what changed meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clearstage.clients.models import Tag
from clearstage.engine.facts import JobStatus
from clearstage.jobs import board as boards
from clearstage.jobs.board import BoardFilter
from clearstage.jobs.board_order import ORDERS, TIME
from clearstage.jobs.models import CustomStatus, Job, LinkedItem, Pipeline
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.pages.htmx import is_htmx

from ..access import MemberRequest, member_page
from .asking import number, row_number, words

KEPT_ORDERS = "board-orders"
RUNNING = (JobStatus.ACTIVE, JobStatus.CUSTOM)


@require_safe
@member_page
def pipelines(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Every pipeline the member may use, with how much is in it, late or waiting."""
    today = timezone.localdate(clock.now())
    jobs = Job.objects.visible_to(actor).on_the_board()
    here = Q(visit=F("job__visit")) | Q(job__status=JobStatus.CUSTOM, visit=F("job__status_visit"))
    waiting = LinkedItem.objects.filter(here, job=OuterRef("pk"), holds=True, finished_at=None)
    counted = (
        jobs.order_by()
        .values("pipeline")
        .annotate(
            jobs=Count("pk"),
            overdue=Count("pk", filter=Q(status__in=RUNNING, due__lt=today)),
            blocked=Count("pk", filter=Q(Exists(waiting), status__in=RUNNING)),
        )
    )
    counts = {row["pipeline"]: row for row in counted}
    visible: Any = Pipeline.objects.visible_to(actor).annotate(steps=Count("stages", distinct=True))
    rows: list[tuple[Any, Any]] = [(row, counts.get(row.pk, {})) for row in visible]
    context = {"rows": rows, "may_make": bool(can_save_pipelines(actor))}
    return render(request, "web/board/pipelines.html", context)


@require_safe
@member_page
def board(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    """The board as its address says: filters stand there, so that it can be kept and passed on."""
    ask = with_order(request, pipeline)
    chosen = filter_of(ask, actor)
    found = boards.board(actor, row_number(pipeline), chosen)
    keep_order(request, pipeline, chosen.sort)
    context = {
        **filter_context(ask, chosen),
        "board": found,
        "pipeline": found.pipeline,
        "jobs": sum(column.count for column in found.columns),
    }
    if is_htmx(request) and request.headers.get("HX-Target") == "columns":
        return render(request, "web/board/columns.html", context)
    context |= {
        "customs": list(CustomStatus.objects.filter(pipeline=pipeline)),
        "tags": list(Tag.objects.order_by("name").values_list("name", flat=True)),
        "may_edit": bool(can_save_pipelines(actor)),
    }
    return render(request, "web/board/board.html", context)


@require_safe
@member_page
def more(request: MemberRequest, actor: Actor, pipeline: int, stage: int) -> HttpResponse:
    """The next cards of one column."""
    column = boards.more_cards(
        actor, row_number(stage), request.GET.get("after", ""), filter_of(request.GET, actor)
    )
    context = {
        **filter_context(request.GET, BoardFilter()),
        "column": column,
        "pipeline": column.stage.pipeline,
    }
    return render(request, "web/board/cards.html", context)


@require_safe
@member_page
def column_jobs(request: MemberRequest, actor: Actor, pipeline: int, stage: int) -> JsonResponse:
    """The numbers of all jobs of a column, for choosing all of them: also those that are not drawn yet."""
    row = boards.visible_pipeline(actor, row_number(pipeline))
    jobs = boards.narrowed(actor, row, filter_of(request.GET, actor)).filter(stage=row_number(stage))
    return JsonResponse({"jobs": list(jobs.order_by("pk").values_list("pk", flat=True)[:1000])})


@require_safe
@member_page
def changes(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    """What happened on the board since event `since` (B7): cards anew, jobs that left, counts; or 204."""
    since = number(request.GET.get("since")) or 0
    chosen = filter_of(request.GET, actor)
    found = boards.changed_since(actor, row_number(pipeline), since, chosen)
    if not found.cards and not found.gone and not found.too_many:
        return HttpResponse(status=204, headers={"X-Latest": str(found.latest)})
    row = boards.visible_pipeline(actor, pipeline)
    context = {
        "found": found,
        "pipeline": row,
        "counts": boards.column_counts(actor, pipeline, chosen),
        "to": addresses(),
    }
    return render(request, "web/board/changes.html", context)


# The filter


def filter_of(ask: QueryDict, actor: Actor) -> BoardFilter:
    assignee = actor.member_id if ask.get("assignee") == "me" else number(ask.get("assignee"))
    due, sort = ask.get("due", ""), str(ask.get("sort"))
    return BoardFilter(
        q=words(ask, "q"),
        assignee=assignee,
        tag=words(ask, "tag"),
        status=words(ask, "status"),
        overdue=due == "overdue",
        due_before=None if due == "overdue" else _due_before(due),
        sort=sort if sort in ORDERS else TIME,
    )


def with_order(request: MemberRequest, pipeline: int) -> QueryDict:
    """What the address asks for. Without an order there, it is the one last chosen for this board."""
    ask = request.GET.copy()
    if ask.get("sort") not in ORDERS:
        ask["sort"] = request.session.get(KEPT_ORDERS, {}).get(str(pipeline), TIME)
    return ask


def keep_order(request: MemberRequest, pipeline: int, order: str) -> None:
    kept = request.session.get(KEPT_ORDERS, {})
    if kept.get(str(pipeline), TIME) != order:
        request.session[KEPT_ORDERS] = {**kept, str(pipeline): order}


def _due_before(due: str) -> date | None:
    if due.isascii() and due.isdigit() and len(due) < 4:
        return timezone.localdate(clock.now()) + timedelta(days=int(due))
    return None


def filter_context(ask: QueryDict, chosen: BoardFilter) -> dict[str, Any]:
    """What the filter bar shows, and what travels with every address of this board."""
    kept = ask.copy()
    for name in ("after", "since", "again"):
        kept.pop(name, None)
    for name in [name for name in kept if not kept[name]]:
        del kept[name]
    return {
        "chosen": chosen,
        "asked": {name: kept[name] for name in kept},
        "kept": kept.urlencode(),
        "dues": _dues(),
        "orders": _orders(),
        "to": addresses(),
    }


def addresses() -> dict[str, str]:
    """Where a card's links lead; worked out once for all cards of a page."""
    names = {"client": "client-block", "menu": "job-menu", "tags": "job-tags"}
    return {
        name: reverse(names.get(name, name))
        for name in ("status", "client", "priority", "assign", "dates", "tags", "menu")
    }


def _dues() -> list[tuple[str, str]]:
    return [
        ("overdue", _("Overdue")),
        ("0", _("Due today")),
        ("7", _("Due in 7 days")),
        ("30", _("Due in 30 days")),
    ]


def _orders() -> list[tuple[str, str]]:
    return [
        ("time", _("By time in stage")),
        ("due", _("By due date")),
        ("account", _("By client")),
        ("priority", _("By priority")),
    ]
