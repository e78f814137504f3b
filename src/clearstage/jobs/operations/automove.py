"""What follows when something a job waits for is finished (L4, L6, L7, S8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clearstage.engine import planner
from clearstage.engine.facts import Brings, JobFacts, JobStatus
from clearstage.engine.planned import Failure, PlannedJob
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed

from ..apply import carry_out
from ..failures import record_failures
from ..gather import gather, lock_jobs
from ..models import Job, LinkedItem
from .outcome import Outcome


def release(actor: Actor, jobs: Collection[int], *, cause: int | None = None) -> int | None:
    """Judge automove and the return from a custom status for jobs that something was finished or taken off of.

    Acts with the firm's authority (X3), on behalf of the actor. A move that is refused leaves the job where it was, and
    is recorded and told (A11). Answers the action that can be undone, if anything followed.
    """
    with transaction.atomic():
        lock_jobs(jobs)
        return _release(actor, jobs, cause, frozenset())


def _release(actor: Actor, jobs: Collection[int], cause: int | None, finished: Collection[int]) -> int | None:
    """Within a transaction that holds the jobs. `finished` are the links whose items were finished by the same command:
    undo opens them again."""
    facts = gather(actor.for_the_firm(), jobs=jobs)
    planned = planner.plan(facts, planner.Release()).jobs
    moving = [job for job in planned if job.steps and not job.refused]
    action, events = None, {}
    if moving:
        for job in moving:
            job.finish = tuple(link for link in job.before.links if link.id in finished)
        behalf = actor.name if actor.kind != "firm" else ""
        carried = carry_out(actor.for_the_firm(), moving, command="automove", cause=cause, on_behalf=behalf)
        action, events = carried.action, carried.events
    causes = {job.id: events.get(job.id) or cause for job in planned}
    for job in planned:
        if job.refused:
            _refusal_as_failure(job)
    record_failures(actor, planned, {job: event for job, event in causes.items() if event})
    return action


def _refusal_as_failure(job: PlannedJob) -> None:
    """A cascade past its bounds (A13) refuses the whole release; the job stays, and that is told like any failure."""
    stage = job.stage
    job.failure = Failure(stage.id if stage else 0, stage.name if stage else "", tuple(job.problems))


def preview_finishing(actor: Actor, kind: str, item: int, brings: Brings | None = None) -> Outcome:
    """What would follow for those of its jobs that the actor sees if an item were finished now (F1, X4); nothing is
    done."""
    links = LinkedItem.objects.filter(kind=kind, item=item, finished_at=None)
    seen = Job.objects.visible_to(actor).filter(pk__in=links.values("job"))
    jobs = sorted(seen.values_list("pk", flat=True))
    facts = gather(actor.for_the_firm(), jobs=jobs)
    brings = brings or Brings()
    finished = tuple(_with_finished(job, kind, item, brings.answers) for job in facts.jobs)
    accounts = {
        pk: replace(account, tags=(account.tags - brings.remove) | brings.add)
        for pk, account in facts.accounts.items()
    }
    return Outcome(planner.plan(replace(facts, jobs=finished, accounts=accounts), planner.Release()))


def _with_finished(job: JobFacts, kind: str, item: int, answers: Mapping[str, Any]) -> JobFacts:
    links = tuple(
        replace(link, open=False) if (link.kind, link.item) == (kind, item) else link for link in job.links
    )
    return replace(job, links=links, answers={**job.answers, **answers})


def finish_links(actor: Actor, kind: str, items: Collection[int], *, cause: int | None = None) -> int | None:
    """An item kind says that its items are finished; every job they hang on is judged. Answers the action, if any.

    The caller's transaction holds these jobs (L10). What a member finished is opened again by undo; what a client did
    is his to take back.
    """
    finished, may_go = _finished(kind, items)
    LinkedItem.objects.filter(pk__in=finished).update(finished_at=clock.now())
    if not may_go:
        return None
    return _release(actor, may_go, cause, finished if actor.kind == "member" else ())


def _finished(kind: str, items: Collection[int]) -> tuple[list[int], list[int]]:
    """(links that are finished with these items, jobs that the planner need look at), in one query.

    Left out are jobs that something else is open on, and those that would not go on by themselves whatever is finished.
    """
    finished, may_go, waiting = set(), set(), set()
    for pk, of_kind, item, visit, holds, job, status, stay, status_stay, automove in _on_jobs(kind, items):
        if of_kind == kind and item in items:
            finished.add(pk)
            if status == JobStatus.CUSTOM or (status == JobStatus.ACTIVE and automove):
                may_go.add(job)
        elif holds and visit == (status_stay if status == JobStatus.CUSTOM else stay):
            waiting.add(job)
    return sorted(finished), sorted(may_go - waiting)


@composed
def _on_jobs(kind: str, items: Collection[int]) -> QuerySet[LinkedItem, tuple[Any, ...]]:
    rows = LinkedItem.objects.filter(job__links__kind=kind, job__links__item__in=items, finished_at=None)
    return rows.values_list(
        "pk", "kind", "item", "visit", "holds", "job_id", "job__status", "job__visit", "job__status_visit",
        "job__stage__automove",
    )  # fmt: skip


def reopen_links(kind: str, items: Collection[int]) -> None:
    """Items are open again; no job moves back (L8)."""
    LinkedItem.objects.filter(kind=kind, item__in=items).update(finished_at=None)


def release_other_jobs(actor: Actor, finished: Mapping[str, Collection[int]], but: Collection[int]) -> None:
    """Items finished by a move may hang on further jobs too (L1)."""
    for kind, items in finished.items():
        links = LinkedItem.objects.filter(kind=kind, item__in=items, finished_at=None).exclude(job__in=but)
        jobs = sorted(set(links.values_list("job_id", flat=True)))
        if jobs:
            links.update(finished_at=clock.now())
            release(actor, jobs)
