"""The board of one pipeline, in a fixed number of queries whatever the number of jobs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from clearstage.clients.models import Account, AccountTag
from clearstage.engine import conditions
from clearstage.engine.facts import JobStatus
from clearstage.engine.sentences import render
from clearstage.events.models import Event
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.settled import settled_up_to

from .board_order import TIME, behind, in_order, place_words
from .models import Job, JobAssignee, Pipeline, Stage
from .queries import filtered, is_overdue, job_rows, open_blocker_rows, status_name, zone

MOST_CARDS_AT_FIRST = 200
FEWEST_A_COLUMN = 15
PAGE = 50
SOON = timedelta(days=3)
MOST_CHANGES = 300


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What a person narrowed the board to, and the order of its cards; empty shows everything."""

    q: str = ""
    assignee: int | None = None
    tag: str = ""
    status: str = ""
    overdue: bool = False
    due_before: date | None = None
    sort: str = TIME

    @property
    def active(self) -> bool:
        """Whether something may be left out: an order leaves out nothing."""
        return self != BoardFilter(sort=self.sort)


@dataclass(frozen=True, slots=True)
class Card:
    """One job on the board. What has no value is empty and not drawn (B2)."""

    job: Job
    tags: list[tuple[str, str]]
    assignees: list[str]
    open_blockers: int
    blockers_due: str
    days_in_stage: int
    too_long: bool
    overdue: bool
    status: str
    today: date
    place: str


@dataclass(slots=True)
class Column:
    stage: Stage
    count: int
    condition: str
    cards: list[Card] = field(default_factory=list)
    more_after: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    pipeline: Pipeline
    columns: list[Column]
    latest_event: int
    today: date


def board(actor: Actor, pipeline: int, chosen: BoardFilter = BoardFilter()) -> Board:
    """The whole board with the first cards of each column; counts are always whole."""
    row = visible_pipeline(actor, pipeline)
    latest = settled_up_to(Event)
    stages = list(row.stages.all())
    jobs = narrowed(actor, row, chosen)
    counts = dict(jobs.order_by().values_list("stage_id").annotate(count=Count("id")))
    at_first = min(PAGE, max(FEWEST_A_COLUMN, MOST_CARDS_AT_FIRST // max(1, len(stages))))
    first = Q()
    for stage in stages:
        if counts.get(stage.pk):
            first |= Q(pk__in=in_order(jobs.filter(stage=stage), chosen.sort).values("pk")[:at_first])
    found = list(in_order(job_rows(Job.objects.filter(first)), chosen.sort)) if first else []
    today = clock.today(zone())
    by_stage: dict[int, list[Card]] = defaultdict(list)
    for card in cards(found, today, {stage.pk: stage for stage in stages}):
        by_stage[card.job.stage_id].append(card)
    columns = [_column(stage, counts.get(stage.pk, 0), by_stage[stage.pk]) for stage in stages]
    return Board(row, columns, latest, today)


def more_cards(actor: Actor, stage: int, after: str, chosen: BoardFilter = BoardFilter()) -> Column:
    """The next cards of one column, after the one that `after` names (as `more_after` says it)."""
    row = Stage.objects.filter(pk=stage, pipeline__in=Pipeline.objects.visible_to(actor)).first()
    if row is None:
        raise NotFound
    jobs = narrowed(actor, row.pipeline, chosen).filter(stage=row)
    following = behind(job_rows(jobs), chosen.sort, after)
    found = list(in_order(following, chosen.sort)[: PAGE + 1])
    shown = cards(found[:PAGE], clock.today(zone()), {row.pk: row})
    return _column(row, len(found), shown)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened on a board: the cards as they are now, and the jobs that are no longer on it."""

    latest: int
    cards: list[Card]
    gone: list[int]
    too_many: bool = False


def changed_since(actor: Actor, pipeline: int, event: int, chosen: BoardFilter = BoardFilter()) -> Changes:
    """What changed since an event (B7); where it is too much to tell one by one, the board is better read anew.

    What is not settled yet is told at once and again with the next question; a card that is answered twice does no
    harm. An account's tags stand on all its cards, so they come with it.
    """
    about = Q(job__isnull=False) | Q(account__isnull=False)
    recent = Event.objects.filter(about, pk__gt=event).order_by("-id")
    if not recent.exists():
        return Changes(event, [], [])
    latest = max(event, settled_up_to(Event))
    rows = list(recent.values_list("pk", "job", "account")[:MOST_CHANGES])
    if len(rows) == MOST_CHANGES:
        return Changes(latest, [], [], too_many=True)
    jobs = {job for _pk, job, _account in rows if job}
    about_them = Q(pk__in=jobs) | Q(account__in={account for _pk, _job, account in rows if account})
    jobs_here = narrowed(actor, visible_pipeline(actor, pipeline), chosen).filter(about_them)
    here = list(in_order(job_rows(jobs_here), chosen.sort)[: MOST_CHANGES + 1])
    if len(here) > MOST_CHANGES:
        return Changes(latest, [], [], too_many=True)
    shown = {job.pk for job in here}
    changed = cards(here, clock.today(zone()), {job.stage_id: job.stage for job in here})
    gone = _left(actor, pipeline, jobs - shown, recent) | (_shut_out(actor, pipeline, recent) - shown)
    return Changes(latest, changed, sorted(gone))


def _shut_out(actor: Actor, pipeline: int, recent: QuerySet[Event]) -> set[int]:
    """The jobs here of accounts that were closed to the actor himself."""
    revoked = recent.filter(kind="access_revoked", data__member=actor.member_id).values("account")
    return set(Job.objects.filter(account__in=revoked, pipeline=pipeline).values_list("pk", flat=True))


def _left(actor: Actor, pipeline: int, jobs: set[int], recent: QuerySet[Event]) -> set[int]:
    """Those that the actor may see elsewhere, that exist no more, or that he saw leave this board for a closed one.

    Of the others he learns nothing (X4), and of these not where they went.
    """
    if not jobs:
        return set()
    there = set(Job.objects.filter(pk__in=jobs).values_list("pk", flat=True))
    seen = set(Job.objects.visible_to(actor).filter(pk__in=jobs).values_list("pk", flat=True))
    closed = there - seen
    if closed:
        here = Q(data__before__place__0=pipeline) | Q(data__left=pipeline)
        of_his_accounts = Account.objects.visible_to(actor).values("pk")
        left = recent.filter(here, job__in=closed, account__in=of_his_accounts)
        closed -= set(left.values_list("job", flat=True))
    return jobs - closed


def column_counts(actor: Actor, pipeline: int, chosen: BoardFilter = BoardFilter()) -> dict[int, int]:
    """How many jobs each stage holds, for the counters beside a changed card."""
    jobs = narrowed(actor, visible_pipeline(actor, pipeline), chosen)
    return dict(jobs.order_by().values_list("stage_id").annotate(count=Count("id")))


def visible_pipeline(actor: Actor, pipeline: int) -> Pipeline:
    row = Pipeline.objects.visible_to(actor).filter(pk=pipeline).first()
    if row is None:
        raise NotFound
    return row


def cards(jobs: list[Job], today: date, stages: dict[int, Stage]) -> list[Card]:
    """The cards of these jobs, with their places where they come from `in_order`: three queries for all of them."""
    ids = [job.pk for job in jobs]
    assignees: dict[int, list[str]] = defaultdict(list)
    for job, name in (
        JobAssignee.objects.filter(job__in=ids).order_by("id").values_list("job_id", "member__name")
    ):
        assignees[job].append(name)
    tags: dict[int, list[tuple[str, str]]] = defaultdict(list)
    tagged = AccountTag.objects.filter(account__in={job.account_id for job in jobs}).order_by("tag__name")
    for account, name, color in tagged.values_list("account_id", "tag__name", "tag__color"):
        tags[account].append((name, color))
    dues: dict[int, list[date | None]] = defaultdict(list)
    for job, due in open_blocker_rows(ids):
        dues[job].append(due)
    return [
        _card(job, tags[job.account_id], assignees[job.pk], dues[job.pk], today, stages[job.stage_id])
        for job in jobs
    ]


def _card(
    job: Job,
    tags: list[tuple[str, str]],
    assignees: list[str],
    dues: list[date | None],
    today: date,
    stage: Stage,
) -> Card:
    days = max(0, (clock.now() - job.entered_stage_at).days)
    known = [due for due in dues if due]
    open_and_running = job.status in (JobStatus.ACTIVE, JobStatus.CUSTOM)
    return Card(
        job=job,
        tags=tags,
        assignees=assignees,
        open_blockers=len(dues),
        blockers_due=_urgency(min(known), today) if known else "",
        days_in_stage=days,
        too_long=open_and_running and stage.time_limit is not None and days > stage.time_limit,
        overdue=is_overdue(job, today),
        status=status_name(job),
        today=today,
        place=place_words(job),
    )


def _urgency(due: date, today: date) -> str:
    if due < today:
        return "overdue"
    return "soon" if due <= today + SOON else ""


def _column(stage: Stage, count: int, shown: list[Card]) -> Column:
    column = Column(stage, count, condition_words(stage.condition), shown)
    if shown and len(shown) < count:
        column.more_after = f"{shown[-1].place}~{shown[-1].job.pk}"
    return column


def condition_words(condition: Any) -> str:
    """A stage's condition as a short sentence, for its mark on the board."""
    if not condition:
        return ""
    reason = conditions.parse(condition).why_not(_Nobody())
    return render(reason) if reason else ""


class _Nobody:
    """A subject that no positive condition holds for, so that the reason tells the condition."""

    tag_keys: frozenset[str] = frozenset()
    account_kind = ""
    priority = ""
    has_assignee = False
    answers: dict[str, Any] = {}


def narrowed(actor: Actor, pipeline: Pipeline, chosen: BoardFilter) -> QuerySet[Job]:
    """The jobs of this board that the actor may see and the filter leaves."""
    jobs = filtered(
        Job.objects.visible_to(actor),
        pipeline=pipeline.pk,
        assignee=chosen.assignee,
        tag=chosen.tag,
        overdue=True if chosen.overdue else None,
        due_before=chosen.due_before,
        q=chosen.q,
    )
    if chosen.status in ("active", "completed"):
        return jobs.filter(status=chosen.status)
    return jobs.filter(custom_status__name__iexact=chosen.status) if chosen.status else jobs
