"""Moving jobs and giving them a status, for one and for many: the same functions serve pages and API."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from clearstage.engine.facts import JobStatus
from clearstage.engine.planned import Failure
from clearstage.engine.planner import Move, SetStatus
from clearstage.kernel.actor import Actor, the_firm

from ..failures import record_failures
from .command import Expected, execute, execute_one
from .outcome import Outcome


def move_job(actor: Actor, job: int, move: Move, expected: Expected = Expected()) -> Outcome:
    """Move one job (M1). Raises `NotFound`, `Forbidden`, `Refused`, `PlanChanged` or `Stale`; then nothing was done."""
    return execute_one(actor, job, move, name="move", expected=expected)


def move_jobs(actor: Actor, jobs: Sequence[int], move: Move, expected: Expected = Expected()) -> Outcome:
    """Move many (M5): those that can go go, the others are reported with their reasons (A12)."""
    return execute(actor, jobs, move, name="move", expected=expected)


def set_job_status(actor: Actor, job: int, change: SetStatus, expected: Expected = Expected()) -> Outcome:
    """Active, Completed, Archived or one of the pipeline's own (S1–S11). Raises as `move_job`."""
    return execute_one(actor, job, change, name=_name_of(change), expected=expected)


def set_jobs_status(
    actor: Actor, jobs: Sequence[int], change: SetStatus, expected: Expected = Expected()
) -> Outcome:
    """The same for many (S3)."""
    return execute(actor, jobs, change, name=_name_of(change), expected=expected)


def give_status(jobs: Sequence[int], named: str, *, cause: int) -> int | None:
    """With the firm's authority (X3): the custom status of that name for jobs that nobody is at.

    Where it cannot be given the job stays as it is, which is recorded and told (A11). Answers the action, if any.
    """
    with transaction.atomic():
        change = SetStatus(JobStatus.CUSTOM, named=named)
        outcome = execute(the_firm(), jobs, change, name="status", cause=cause)
        refused = outcome.plan.refused
        for job in refused:
            job.failure = Failure(0, "", tuple(job.problems), status=named)
        record_failures(the_firm(), refused, dict.fromkeys(jobs, cause))
    return outcome.action


def _name_of(change: SetStatus) -> str:
    return "archive" if change.status is JobStatus.ARCHIVED else "status"
