"""*Retry* (A11): once more what could not be done by itself."""

from __future__ import annotations

from clearstage.engine.facts import JobStatus
from clearstage.events.models import Event
from clearstage.kernel.actor import Actor

from ..models import Job
from .automove import release
from .moving import give_status


def retry_failure(actor: Actor, job: Job, event: int | None) -> int | None:
    """What the failure's `event` tells of: the status that was to be given, or else the automove.

    Answers the action, if anything was done; a refusal is recorded and told again. Whoever calls has asked whether the
    actor may.
    """
    failed = Event.objects.filter(pk=event or 0, kind="automation_failed", job=job.pk).first()
    status = failed.data.get("status") if failed is not None else None
    if failed is None or status is None:
        return release(actor, [job.pk])
    return give_status([job.pk], status, cause=failed.pk) if job.status == JobStatus.ACTIVE else None
