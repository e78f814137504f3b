"""The one road of every command on jobs: lock, gather, plan, compare with what was shown, carry out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.engine import planner
from clearstage.engine.facts import Facts
from clearstage.engine.planned import PlannedJob
from clearstage.engine.planner import Plan
from clearstage.engine.sentences import render
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, PlanChanged, Refused, Stale

from ..apply import Carried, carry_out
from ..failures import record_failures
from ..gather import gather, lock_jobs
from ..items import item_kind
from .automove import release_other_jobs
from .outcome import Outcome

MOST_AT_ONCE = 1000
Command = planner.Move | planner.SetStatus


@dataclass(frozen=True, slots=True)
class Expected:
    """What the person was shown: one digest over all, or one a job; and the versions the person's page had."""

    digest: str | None = None
    digests: Mapping[int, str] | None = None
    version: int | None = None


def preview(actor: Actor, jobs: Sequence[int], command: Command) -> Outcome:
    """The plan, nothing done (F1)."""
    return _planned(actor, jobs, command)


def _planned(actor: Actor, jobs: Sequence[int], command: Command, *, lock: bool = False) -> Outcome:
    if len(jobs) > MOST_AT_ONCE:
        raise Invalid([("jobs", _t("at most {most} jobs at once").format(most=MOST_AT_ONCE))])
    wanted = list(dict.fromkeys(jobs))
    pipelines = [command.pipeline] if isinstance(command, planner.Move) else []
    if lock:
        lock_jobs(wanted)
    facts = _with_brought(gather(actor, jobs=wanted, pipelines=pipelines), command)
    seen = {job.id for job in facts.jobs}
    return Outcome(planner.plan(facts, command), missing=[job for job in wanted if job not in seen])


def _with_brought(facts: Facts, command: Command) -> Facts:
    """The facts, with what the items bring along that the move is to finish (M3, L6)."""
    if not isinstance(command, planner.Move):
        return facts
    finished: dict[str, list[int]] = defaultdict(list)
    for job in facts.jobs:
        for link in job.links:
            if link.open and command.unfinished.get(link.id) == planner.FINISH:
                finished[link.kind].append(link.item)
    brings = {
        (kind, item): brought
        for kind, items in finished.items()
        for item, brought in item_kind(kind).brings(items).items()
    }
    return replace(facts, brings=brings) if brings else facts


def execute(
    actor: Actor,
    jobs: Sequence[int],
    command: Command,
    *,
    name: str,
    expected: Expected = Expected(),
    cause: int | None = None,
) -> Outcome:
    """Do it, for the jobs that can go; the others are in the outcome with their reasons (A12).

    `cause` is the event that led here, where it was no person's wish.

    Raises `PlanChanged` where the one plan that was shown is no longer what would happen (M4), `Stale` where the job
    has another version than the caller's.
    """
    with transaction.atomic():
        outcome = _planned(actor, jobs, command, lock=True)
        plan = outcome.plan
        if expected.version is not None and any(job.before.version != expected.version for job in plan.jobs):
            raise Stale(_t("This job was changed by somebody else in the meantime. Nothing was done."))
        if expected.digest is not None and expected.digest not in _digests(plan):
            raise PlanChanged(
                _t("Something changed since this was shown, so nothing was done. Please look again."), plan
            )
        outcome.changed = [job for job in plan.going if _differs(job, expected.digests)]
        going = [job for job in plan.going if job.changes and job not in outcome.changed]
        if going:
            outcome.action = _carry(actor, going, name, cause).action
    return outcome


def execute_one(
    actor: Actor, job: int, command: Command, *, name: str, expected: Expected = Expected()
) -> Outcome:
    """The same for a single job, where a refusal is an error: `NotFound`, `Forbidden` or `Refused`."""
    outcome = execute(actor, [job], command, name=name, expected=expected)
    raise_refusal(outcome)
    return outcome


def raise_refusal(outcome: Outcome) -> None:
    """Turn the outcome for one job into the error it stands for, if any."""
    if outcome.missing:
        raise NotFound
    for job in outcome.plan.refused:
        reasons = [render(problem, _t) for problem in job.problems]
        raise Forbidden(" ".join(reasons)) if job.forbidden else Refused(reasons)


def _digests(plan: Plan) -> set[str]:
    return {plan.digest, plan.jobs[0].digest} if len(plan.jobs) == 1 else {plan.digest}


def _differs(job: PlannedJob, digests: Mapping[int, str] | None) -> bool:
    return digests is not None and digests.get(job.before.id) != job.digest


def _carry(actor: Actor, going: Sequence[PlannedJob], name: str, cause: int | None) -> Carried:
    finished: dict[str, list[int]] = defaultdict(list)
    unlinked: dict[str, list[int]] = defaultdict(list)
    for job in going:
        for link in job.finish:
            finished[link.kind].append(link.item)
        for link in job.unlink:
            unlinked[link.kind].append(link.item)
    for kind, items in finished.items():
        item_kind(kind).finish(actor, items)
    for kind, items in unlinked.items():
        item_kind(kind).hung_on(items, None)
    carried = carry_out(actor, going, command=name, cause=cause)
    record_failures(actor, going, carried.events)
    if finished:
        release_other_jobs(actor, finished, [job.id for job in going])
    return carried
