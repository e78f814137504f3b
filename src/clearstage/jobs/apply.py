"""Carrying a plan out: the rows of all its jobs together, per kind of effect, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model

from clearstage.engine.facts import ClientBlock, JobFacts, JobStatus
from clearstage.engine.planned import PlannedJob, Scope, Step
from clearstage.engine.sentences import to_json
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Stale
from clearstage.kernel.rows import allocate_ids, delete_rows, insert_rows, update_rows

from .client_news import ClientNews, tell_client_news
from .kinds import Planned, kind_named
from .models import CommandRun, Job, JobAssignee, LinkedItem


@dataclass
class ApplyRun:
    """What automation kinds are handed when they carry out their effects."""

    actor: Actor
    now: datetime
    action: int
    hold_until: datetime
    ids: dict[type[Model], Iterator[int]]
    events: dict[int, int] = field(default_factory=dict)
    links: list[tuple[Any, ...]] = field(default_factory=list)

    def new_id(self, model: type[Model]) -> int:
        return next(self.ids[model])

    def event_of(self, job: PlannedJob) -> int:
        return self.events[job.id]

    def link(
        self,
        job: PlannedJob,
        scope: Scope,
        kind: str,
        item: int,
        *,
        holds: bool,
        made_by: str,
        due: date | None,
    ) -> None:
        """Hang an item on a job, in the stay it was made in (L1)."""
        self.links.append((job.id, kind, item, scope.stage, scope.status, scope.visit, holds, made_by, due))


Pair = tuple[int, int]


def net_change(steps: Iterable[tuple[Iterable[Pair], Iterable[Pair]]]) -> tuple[list[Pair], list[Pair]]:
    """(gained, lost) in the end, where steps gain and lose pairs (account and tag, …) one after the other.

    What is gained and then lost again, or the other way round, is no change.
    """
    last: dict[Pair, bool] = {}
    for gained, lost in steps:
        for pair, is_gain in [*((each, True) for each in gained), *((each, False) for each in lost)]:
            if last.get(pair, is_gain) != is_gain:
                del last[pair]
            else:
                last[pair] = is_gain
    return [pair for pair, gain in last.items() if gain], [pair for pair, gain in last.items() if not gain]


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of it: the action (unit of undo), and the event of each job by job id."""

    action: int
    events: dict[int, int]
    jobs: list[int]


def carry_out(
    actor: Actor,
    planned: Sequence[PlannedJob],
    *,
    command: str,
    cause: int | None = None,
    on_behalf: str = "",
) -> Carried:
    """Write everything the planned jobs do. The caller holds the transaction and has gathered inside it."""
    now = clock.now()
    jobs = list(_with_made_jobs(planned))
    effects = [Planned(job, *taken) for job in jobs for taken in job.effects]
    by_kind: dict[str, list[Planned]] = defaultdict(list)
    for each in effects:
        by_kind[each.effect.kind].append(each)
    run = _reserve(actor, now, jobs, by_kind)
    _insert_command(run, command, now + timedelta(minutes=planned[0].facts.undo_minutes))
    insert_rows(Job, _NEW_COLUMNS, [_new_row(job, run) for job in jobs if not job.before.id])
    _update_jobs([job for job in jobs if job.before.id], run)
    _write_assignees(jobs)
    _settle_links(jobs, now)
    done = _apply_effects(by_kind, run)
    insert_rows(LinkedItem, _LINK_COLUMNS, run.links)
    record(actor, *[_happening(job, run, done, command, cause, on_behalf) for job in jobs])
    tell_client_news(_client_news(jobs, run), run.hold_until)
    return Carried(run.action, run.events, [job.id for job in planned])


def _client_news(jobs: Sequence[PlannedJob], run: ApplyRun) -> list[ClientNews]:
    return [
        ClientNews(job.id, job.account.facts.id, sees, run.event_of(job), run.action)
        for job in jobs
        if job.tells_client and (sees := job.client_sees)
    ]


def _insert_command(run: ApplyRun, command: str, undo_until: datetime) -> None:
    insert_rows(
        CommandRun,
        ("id", "kind", "actor_kind", "actor", "actor_name", "at", "undo_until"),
        [(run.action, command, run.actor.kind, run.actor.id, run.actor.name, run.now, undo_until)],
    )


def _with_made_jobs(planned: Sequence[PlannedJob]) -> Iterator[PlannedJob]:
    for job in planned:
        yield job
        yield from _with_made_jobs(job.made_jobs)


def _reserve(
    actor: Actor, now: datetime, jobs: Sequence[PlannedJob], by_kind: dict[str, list[Planned]]
) -> ApplyRun:
    counts: dict[type[Model], int] = defaultdict(int)
    counts |= {CommandRun: 1, Event: len(jobs), Job: sum(not job.before.id for job in jobs)}
    for name, effects in by_kind.items():
        found = kind_named(name)
        assert found is not None
        for model, count in found.reserve(effects).items():
            counts[model] += count
    ids = {model: iter(reserved) for model, reserved in allocate_ids(counts).items()}
    hold_until = now + timedelta(minutes=jobs[0].facts.hold_minutes)
    run = ApplyRun(actor, now, next(ids[CommandRun]), hold_until, ids)
    for job in jobs:
        if not job.before.id:
            job.id = run.new_id(Job)
        run.events[job.id] = run.new_id(Event)
    return run


_CHANGED_COLUMNS = (
    "name", "pipeline", "stage", "status", "custom_status", "visit", "status_visit", "visits", "priority",
    "description", "start", "due", "client_shown", "client_status", "client_description", "client_job_name",
    "saved_block",
)  # fmt: skip
_NEW_COLUMNS = (
    "id", "account", "version", "placed_by", "entered_stage_at", "status_since", "client_since", "created_at",
    "made_by", "deadline", "budget_minutes", *_CHANGED_COLUMNS,
)  # fmt: skip
_LINK_COLUMNS = ("job", "kind", "item", "stage", "status", "visit", "holds", "made_by", "due")


def _values(job: PlannedJob) -> tuple[Any, ...]:
    assert job.stage is not None
    block, saved = job.block, job.saved_block
    return (
        job.name,
        job.pipeline.id,
        job.stage.id,
        job.status.value,
        job.custom.id if job.custom else None,
        job.visit,
        job.status_visit,
        job.visits,
        job.priority,
        job.description,
        job.start,
        job.due,
        block.shown,
        block.status,
        block.description,
        block.job_name,
        {"before": block_values(saved.before), "after": block_values(saved.after)} if saved else None,
    )


def block_values(block: ClientBlock) -> list[Any]:
    return [block.shown, block.status, block.description, block.job_name]


def _new_row(job: PlannedJob, run: ApplyRun) -> tuple[Any, ...]:
    now = run.now
    shown_since = now if job.block.shown else None
    maker = job.parent.id if job.parent else None
    return (
        job.id, job.account.facts.id, 1, run.action, now, now, shown_since, now, maker, job.before.deadline,
        job.before.budget_minutes, *_values(job),
    )  # fmt: skip


def _update_jobs(jobs: Sequence[PlannedJob], run: ApplyRun) -> None:
    """One conditional update a job; which marks change with it depends on what changed, so jobs go in groups."""
    groups: dict[tuple[str, ...], list[PlannedJob]] = defaultdict(list)
    for job in jobs:
        before = job.before
        marks: list[str] = []
        if job.visit != before.visit:
            marks.append("entered_stage_at")
        if job.status is not before.status or job.status_visit != before.status_visit:
            marks.append("status_since")
        if marks:
            marks.append("placed_by")
        if job.block != before.block:
            marks.append("client_since")
        groups[tuple(marks)].append(job)
    for changing, group in groups.items():
        values = tuple(run.action if mark == "placed_by" else run.now for mark in changing)
        rows = [(*_values(job), *values, job.before.version + 1, job.id, job.before.version) for job in group]
        if update_rows(Job, (*_CHANGED_COLUMNS, *changing, "version"), ("id", "version"), rows) != len(rows):
            raise Stale("somebody else changed the job at the same moment")


def _write_assignees(jobs: Sequence[PlannedJob]) -> None:
    added = [(job.id, member) for job in jobs for member in job.assignees - _assignees_before(job)]
    removed = [(job.id, member) for job in jobs for member in _assignees_before(job) - job.assignees]
    delete_rows(JobAssignee, ("job", "member"), removed)
    insert_rows(JobAssignee, ("job", "member"), added, ignore_conflicts=True)


def _assignees_before(job: PlannedJob) -> frozenset[int]:
    return job.before.assignees if job.before.id else frozenset()


def _settle_links(jobs: Sequence[PlannedJob], now: datetime) -> None:
    update_rows(
        LinkedItem, ("finished_at",), ("id",), [(now, link.id) for job in jobs for link in job.finish]
    )
    delete_rows(LinkedItem, ("id",), [(link.id,) for job in jobs for link in job.unlink])


def _apply_effects(by_kind: dict[str, list[Planned]], run: ApplyRun) -> dict[int, list[dict[str, Any]]]:
    """What was done, by job id, as the events keep it."""
    done: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for name, effects in by_kind.items():
        found = kind_named(name)
        assert found is not None
        for each, kept in zip(effects, found.apply(effects, run), strict=True):
            if kept is not None:
                kept["by"] = name
                done[each.job.id].append(kept)
    return done


def _happening(
    job: PlannedJob,
    run: ApplyRun,
    done: dict[int, list[dict[str, Any]]],
    command: str,
    cause: int | None,
    on_behalf: str,
) -> Happening:
    before = job.before
    data: dict[str, Any] = {"steps": [step_json(step) for step in job.steps], "to": _place(job)}
    if before.id:
        data["before"] = {
            "place": [before.pipeline, before.stage, before.status.value, before.custom_status],
            "visit": [before.visit, before.status_visit],
            "block": block_values(before.block),
            "job": _own_fields(before),
            "assignees": sorted(before.assignees),
            "moments": before.moments,
            "placed_by": before.placed_by,
        }
        if before.saved_block:
            saved = before.saved_block
            data["before"]["saved"] = {
                "before": block_values(saved.before),
                "after": block_values(saved.after),
            }
        data["from"] = _origin(job)
    data["after"] = {
        "block": block_values(job.block),
        "job": _own_fields(job),
        "assignees": sorted(job.assignees),
    }
    if sees := job.client_sees:
        data["client_sees"] = {"job_name": sees.job_name, "status": sees.status}
    if job.id in done:
        data["done"] = done[job.id]
    if job.finish:
        what = "released_by" if command == "automove" else "finished"
        data[what] = [[link.id, link.kind, link.item] for link in job.finish]
        data["finished_at"] = run.now
    if job.unlink:
        data["unlinked"] = [
            [link.kind, link.item, link.visit, link.holds, link.made_by] for link in job.unlink
        ]
    return Happening(
        kind=_kind_of(job, command),
        data=data,
        job=job.id,
        account=job.account.facts.id,
        cause=run.event_of(job.parent) if job.parent else cause,
        action=run.action,
        revision=job.pipeline.revision,
        on_behalf=on_behalf,
        id=run.events[job.id],
    )


def _own_fields(job: PlannedJob | JobFacts) -> list[Any]:
    return [job.name, job.priority, job.description, _day(job.start), _day(job.due)]


def _origin(job: PlannedJob) -> dict[str, str]:
    pipeline = job.facts.pipelines[job.before.pipeline]
    stage, status = pipeline.stage(job.before.stage), pipeline.status(job.before.custom_status)
    return {
        "pipeline": pipeline.name,
        "stage": stage.name if stage else "",
        "status": status.name if status else job.before.status.value.capitalize(),
    }


def _place(job: PlannedJob) -> dict[str, str]:
    assert job.stage is not None
    return {
        "pipeline": job.pipeline.name,
        "stage": job.stage.name,
        "status": job.custom.name if job.custom else job.status.value.capitalize(),
    }


def _kind_of(job: PlannedJob, command: str) -> str:
    if not job.before.id:
        return "job_added"
    if any(step.what == "stage" for step in job.steps):
        return "job_moved"
    if job.status is not job.before.status or job.status is JobStatus.CUSTOM:
        return "job_status_changed"
    return command


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def step_json(step: Step) -> dict[str, Any]:
    """A step as events keep it: short, since a bulk move writes thousands."""
    kept: dict[str, Any] = {"what": step.what, "name": step.name}
    if step.automatic:
        kept["automatic"] = True
    if step.why:
        kept["why"] = to_json(step.why)
    if step.runs:
        kept["runs"] = [
            {"key": run.key, "kind": run.kind, "says": to_json(run.says)}
            if run.runs
            else {"key": run.key, "kind": run.kind, "says": to_json(run.says), "reason": to_json(run.reason)}
            for run in step.runs
        ]
    return kept
