"""Removing jobs that undo takes back: only those that nothing has happened to since they were made."""

from __future__ import annotations

from collections.abc import Collection

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.models import Event

from ..items import item_kind, item_kinds
from ..models import Job


def remove_untouched_jobs(jobs: Collection[int]) -> dict[int, Sentence]:
    """Delete the jobs nobody has touched, with the items they brought; answers which were kept and why."""
    kept = {}
    for job in Job.objects.filter(pk__in=jobs):
        touched = (
            Event.objects.filter(job=job.pk).exclude(kind__in=("job_added", "automation_failed")).exists()
        )
        if job.version > 1 or touched:
            kept[job.pk] = say(_("The job “{name}” has been worked on since and was kept."), name=job.name)
            continue
        for kind in item_kinds():
            item_kind(kind).forget_job(job.pk)
        job.delete()
    return kept
