"""When an automove cannot be done (A11): the job stays, the reasons are recorded, and somebody is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clearstage.engine.planned import Failure, PlannedJob
from clearstage.engine.sentences import to_json
from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.kernel.actor import OWNER, Actor


@dataclass(frozen=True, slots=True)
class AutomationFailure:
    """What whoever tells people is handed."""

    job: PlannedJob
    event: int
    members: tuple[int, ...]


Teller = Callable[[Sequence[AutomationFailure]], None]
_tellers: list[Teller] = []


def register_teller(teller: Teller) -> None:
    """Have failures told; called within the transaction that records them."""
    _tellers.append(teller)


def record_failures(actor: Actor, jobs: Sequence[PlannedJob], causes: Mapping[int, int]) -> list[int]:
    """Record the failures among `jobs` and have them told; answers the jobs' ids."""
    failed = [job for job in jobs if job.failure is not None]
    if not failed:
        return []
    events = record(
        actor.for_the_firm(),
        *[
            Happening(
                kind="automation_failed",
                job=job.id,
                account=job.account.facts.id,
                cause=causes.get(job.id),
                revision=job.pipeline.revision,
                on_behalf=actor.name if actor.kind != "firm" else "",
                data=_told(job.failure),
            )
            for job in failed
            if job.failure is not None
        ],
    )
    failures = [
        AutomationFailure(job, event, _whom_to_tell(actor, job))
        for job, event in zip(failed, events, strict=True)
    ]
    for teller in _tellers:
        teller(failures)
    return [job.id for job in failed]


def _told(failure: Failure) -> dict[str, Any]:
    where = {"status": failure.status} if failure.status else {"stage": failure.stage_name}
    return {**where, "reasons": to_json(list(failure.problems))}


def _whom_to_tell(actor: Actor, job: PlannedJob) -> tuple[int, ...]:
    """The person who set it off, else the assignees, else the owner."""
    if actor.member_id is not None:
        return (actor.member_id,)
    active = [
        member for member in job.assignees if member in job.facts.members and job.facts.members[member].active
    ]
    if active:
        return tuple(sorted(active))
    return tuple(Member.objects.filter(role=OWNER).values_list("pk", flat=True))
