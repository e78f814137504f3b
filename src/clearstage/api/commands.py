"""Moving jobs and giving them a status, one or many; plans before and undo afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from ninja import Body, Query
from pydantic import Field

from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import FINISH, KEEP, UNLINK, Move, SetStatus
from clearstage.jobs.models import Job, LinkedItem, Pipeline
from clearstage.jobs.operations.command import Command, Expected, preview
from clearstage.jobs.operations.moving import move_job, move_jobs, set_job_status, set_jobs_status
from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.operations.undo import undo
from clearstage.jobs.present import plan_document, refusals
from clearstage.jobs.queries import beside_planned, get_job, job_document, job_rows
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.kernel.ids import noun_and_number, number_of, public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer, Nothing
from .headers import demanded_version, refuse_version
from .job_inputs import STATUSES, JobList, MoveInput, MovesInput, Previewing, StatusesInput, StatusInput
from .routing import Noun

noun = Noun("Moves, statuses, undo")


class Commanded(Answer):
    """`plan` alone where it is a preview."""

    job: schemas.JobListed | None = None
    action: str | None = Field(None, description="What can be undone; null where nothing had to be done")
    plan: schemas.Plan


class Moved(Answer):
    """`plan` alone where it is a preview."""

    moved: list[str] = []
    refused: list[schemas.RefusedJob] = []
    action: str | None = None
    plan: schemas.Plan | None = None


class Changed(Answer):
    """`plan` alone where it is a preview."""

    changed: list[str] = []
    refused: list[schemas.RefusedJob] = []
    action: str | None = None
    plan: schemas.Plan | None = None


class Undone(Answer):
    undone: bool
    could_not: list[str] = Field(description="What could not be taken back, in words")


# Moving


@noun.writes("POST", "/jobs/move", Moved, summary="Move many jobs", previews=True)
def move_many(request: Asked, body: MovesInput, asked: Query[Previewing]) -> Any:
    """Those that can go go, in one action; the others are in `refused` with their reasons."""
    refuse_version(request)
    jobs, unknown = _visible(request.actor, body.jobs)
    pipeline = _common_pipeline(request.actor, jobs, body.pipeline)
    if pipeline is None:
        return _nothing(unknown, "moved", previewing=asked.preview)
    move = _move(pipeline, body, [job.pk for job in jobs])
    return _many(request.actor, jobs, unknown, move, body, "moved", move_jobs, previewing=asked.preview)


@noun.writes("POST", "/jobs/{job}/move", Commanded, summary="Move a job", versioned=True, previews=True)
def move_one(request: Asked, job: str, body: MoveInput, asked: Query[Previewing]) -> Any:
    """Into any stage, of any pipeline the caller sees. Moving it to where it is does nothing."""
    row = get_job(request.actor, number_of("job", job))
    version = demanded_version(request, row.version)
    pipeline = row.pipeline
    if body.pipeline is not None:
        pipeline = Pipeline.objects.get(pk=references.pipeline(request.actor, body.pipeline))
    move = _move(pipeline, body, [row.pk])
    if asked.preview:
        return {"plan": plan_document(preview(request.actor, [row.pk], move))}
    return _one(row.pk, move_job(request.actor, row.pk, move, Expected(body.expect, version=version)))


def _move(pipeline: Pipeline, body: MoveInput, jobs: Sequence[int]) -> Move:
    stage = references.stage(pipeline, body.stage)
    block = body.client_status.changes() if body.client_status else None
    return Move(
        pipeline.pk,
        stage,
        references.choices(body.skip, block, stage),
        _unfinished(body.unfinished, jobs) if body.unfinished else {},
    )


def _unfinished(chosen: dict[str, str], jobs: Sequence[int]) -> dict[int, str]:
    """What was decided about items, as the links by which they hang on these jobs."""
    links = LinkedItem.objects.filter(job__in=jobs, finished_at=None)
    by_item: dict[tuple[str, int], list[int]] = {}
    for link, kind, number in links.values_list("pk", "kind", "item"):
        by_item.setdefault((kind, number), []).append(link)
    found: dict[int, str] = {}
    problems = []
    for item, choice in chosen.items():
        known = noun_and_number(item)
        if choice not in (KEEP, FINISH, UNLINK):
            problems.append((f"unfinished.{item}", _t("has to be one of: keep, finish, unlink")))
        elif known is None or known not in by_item:
            problems.append((f"unfinished.{item}", _t("nothing like this is open there")))
        else:
            found |= dict.fromkeys(by_item[known], choice)
    if problems:
        raise Invalid(problems)
    return found


def _common_pipeline(actor: Actor, jobs: Sequence[Job], named: str | None) -> Pipeline | None:
    """M5: a stage can only be chosen where all jobs are in one pipeline, or one is named."""
    if named is not None:
        return Pipeline.objects.get(pk=references.pipeline(actor, named))
    pipelines = {job.pipeline_id for job in jobs}
    if len(pipelines) > 1:
        raise Refused(
            [_t("These jobs are in different pipelines; name the pipeline they are to be moved into.")]
        )
    return jobs[0].pipeline if jobs else None


# Statuses


@noun.writes("POST", "/jobs/status", Changed, summary="Give many jobs a status", previews=True)
def give_many_a_status(request: Asked, body: StatusesInput, asked: Query[Previewing]) -> Any:
    """A custom status is looked for in each job's own pipeline; jobs whose pipeline has none of that name stay."""
    refuse_version(request)
    jobs, unknown = _visible(request.actor, body.jobs)
    if not jobs:
        return _nothing(unknown, "changed", previewing=asked.preview)
    change = _status(body, {job.pipeline_id: job.pipeline.name for job in jobs})
    return _many(
        request.actor, jobs, unknown, change, body, "changed", set_jobs_status, previewing=asked.preview
    )


@noun.writes(
    "POST", "/jobs/{job}/status", Commanded, summary="Give a job a status", versioned=True, previews=True
)
def give_status(request: Asked, job: str, body: StatusInput, asked: Query[Previewing]) -> Any:
    """Active, Completed, Archived, or one of its pipeline's own statuses."""
    row = get_job(request.actor, number_of("job", job))
    version = demanded_version(request, row.version)
    change = _status(body, {row.pipeline_id: row.pipeline.name})
    if asked.preview:
        return {"plan": plan_document(preview(request.actor, [row.pk], change))}
    return _one(row.pk, set_job_status(request.actor, row.pk, change, Expected(body.expect, version=version)))


def _status(body: StatusInput, pipelines: dict[int, str]) -> SetStatus:
    block = body.client_status.changes() if body.client_status else None
    if known := STATUSES.get(body.status.strip().casefold()):
        return SetStatus(known, choices=references.choices(body.skip, block))
    listed = references.statuses(pipelines)
    numbers = listed.numbers(body.status)
    if not numbers:
        names = ", ".join(f"“{name}”" for name in pipelines.values())
        message = _t("“{name}” is no status of {pipelines}").format(name=body.status, pipelines=names)
        listed.refuse(body.status, "status", message)
    name = dict(listed.entries)[numbers[0]]
    return SetStatus(
        JobStatus.CUSTOM, numbers[0], references.choices(body.skip, block, statuses=numbers), name
    )


# What both have in common


Operation = Callable[[Actor, Sequence[int], Any, Expected], Outcome]


def _visible(actor: Actor, texts: Sequence[str]) -> tuple[list[Job], list[str]]:
    """The jobs the caller sees, in the given order, and what names no such job."""
    numbers = [number_of("job", text) for text in texts]
    rows = Job.objects.visible_to(actor).filter(pk__in=[each for each in numbers if each])
    seen = {row.pk: row for row in rows.select_related("pipeline")}
    found = [seen[number] for number in dict.fromkeys(numbers) if number in seen]
    unknown = [text for text, number in zip(texts, numbers, strict=True) if number not in seen]
    return found, list(dict.fromkeys(unknown))


def _one(job: int, outcome: Outcome) -> dict[str, Any]:
    [planned] = outcome.plan.jobs
    [row] = _rows(job)
    return {
        "job": job_document(row, beside_planned(row, planned)),
        "action": public_id("action", outcome.action) if outcome.action else None,
        "plan": plan_document(outcome),
    }


@composed
def _rows(job: int) -> QuerySet[Job]:
    return job_rows(Job.objects.filter(pk=job))


def _many(
    actor: Actor,
    jobs: Sequence[Job],
    unknown: Sequence[str],
    command: Command,
    body: JobList,
    done: str,
    operation: Operation,
    *,
    previewing: bool,
) -> dict[str, Any]:
    numbers = [job.pk for job in jobs]
    if previewing:
        plan = plan_document(preview(actor, numbers, command))
        return {"plan": {**plan, "refused": [*plan["refused"], *_unknown(unknown)]}}
    outcome = operation(actor, numbers, command, _expected(body.expect))
    changed = {job.id for job in outcome.changed}
    return {
        done: [public_id("job", job.id) for job in outcome.plan.going if job.id not in changed],
        "refused": [*refusals(outcome), *_unknown(unknown)],
        "action": public_id("action", outcome.action) if outcome.action else None,
    }


def _nothing(unknown: Sequence[str], done: str, *, previewing: bool) -> dict[str, Any]:
    if previewing:
        return {"plan": {"digest": "", "jobs": [], "refused": _unknown(unknown)}}
    return {done: [], "refused": _unknown(unknown), "action": None}


def _unknown(texts: Sequence[str]) -> list[dict[str, Any]]:
    reason = _t("There is no such job.")
    return [{"job": text, "name": None, "account": None, "reasons": [reason]} for text in texts]


def _expected(expect: Any) -> Expected:
    if isinstance(expect, dict):
        digests = {number: digest for job, digest in expect.items() if (number := number_of("job", job))}
        return Expected(digests=digests)
    return Expected(expect)


# Undo


@noun.writes("POST", "/actions/{action}/undo", Undone, summary="Undo an action", rehearses=True)
def undo_action(request: Asked, action: str, body: Nothing | None = Body(None)) -> Any:
    """Within the firm's grace period: jobs go back, what was made and nobody touched is removed (M9)."""
    number = number_of("action", action)
    if number is None:
        raise NotFound
    return {"undone": True, "could_not": undo(request.actor, number)}
