"""What becomes of the jobs of a removed stage (A1) or custom status (S14). Nothing is fired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from clearstage.engine.facts import JobStatus
from clearstage.kernel import clock

from ...document import StageDocument, StatusDocument
from ...models import CustomStatus, Job, Stage
from .matching import Matched


@dataclass(frozen=True, slots=True)
class Leaving:
    """A removed stage or status with the jobs that have to go somewhere; `to` is None for “Active”."""

    row: Stage | CustomStatus
    to: str | None
    jobs: tuple[int, ...]

    def in_words(self) -> str:
        count, name = len(self.jobs), self.row.name
        removed = (
            _t("Stage “{name}” was removed.")
            if isinstance(self.row, Stage)
            else _t("Status “{name}” was removed.")
        )
        if not count:
            return removed.format(name=name)
        if self.to is None:
            went = ngettext("Its {count} job became Active.", "Its {count} jobs became Active.", count)
        else:
            went = ngettext("Its {count} job went to “{to}”.", "Its {count} jobs went to “{to}”.", count)
        return f"{removed.format(name=name)} {went.format(count=count, to=self.to)}"

    def as_values(self) -> dict[str, Any]:
        noun = "stage" if isinstance(self.row, Stage) else "status"
        return {noun: self.row.name, "to": self.to or "Active", "jobs": list(self.jobs)}


def leaving(
    stages: Matched[Stage, StageDocument], statuses: Matched[CustomStatus, StatusDocument]
) -> tuple[list[Leaving], list[str]]:
    """All that is removed, and in sentences which stages cannot be, because nothing says where their jobs go."""
    found, problems = [], []
    for stage, stage_entry in stages.removed:
        jobs = tuple(Job.objects.filter(stage=stage).order_by("pk").values_list("pk", flat=True))
        if jobs and stage_entry is None:
            text = ngettext(
                "“{name}” cannot be removed while {count} job is in it (archived ones count).",
                "“{name}” cannot be removed while {count} jobs are in it (archived ones count).",
                len(jobs),
            )
            remedy = _t("Write “was: {name}” in the stage that takes them over.")
            problems.append(
                f"{text.format(name=stage.name, count=len(jobs))} {remedy.format(name=stage.name)}"
            )
        found.append(Leaving(stage, stage_entry.name if stage_entry else None, jobs))
    for status, status_entry in statuses.removed:
        jobs = tuple(Job.objects.filter(custom_status=status).order_by("pk").values_list("pk", flat=True))
        found.append(Leaving(status, status_entry.name if status_entry else None, jobs))
    return found, problems


def send_on(
    left: Sequence[Leaving], stages: Mapping[str, Stage], statuses: Mapping[str, CustomStatus]
) -> None:
    """Let the jobs go and delete the rows. Stages and statuses are those that stay, by name."""
    now = clock.now()
    for each in left:
        if isinstance(each.row, Stage):
            if each.to is not None:
                Job.objects.filter(stage=each.row).update(
                    stage=stages[each.to],
                    entered_stage_at=now,
                    visit=F("visits") + 1,
                    visits=F("visits") + 1,
                    version=F("version") + 1,
                )
        elif each.jobs:
            _leave_status(each.row, statuses[each.to] if each.to is not None else None)
        each.row.delete()


def _leave_status(status: CustomStatus, to: CustomStatus | None) -> None:
    now, jobs = clock.now(), Job.objects.filter(custom_status=status)
    _restore_client_blocks(status, now)
    if to is None:
        jobs.update(
            status=JobStatus.ACTIVE,
            custom_status=None,
            saved_block=None,
            status_since=now,
            version=F("version") + 1,
        )
    else:
        jobs.update(
            custom_status=to,
            saved_block=None,
            status_since=now,
            status_visit=F("visits") + 1,
            visits=F("visits") + 1,
            version=F("version") + 1,
        )


def _restore_client_blocks(status: CustomStatus, now: datetime) -> None:
    """S15: leaving the status brings back what the client read before, where nothing else has changed it since."""
    columns = ("client_shown", "client_status_id", "client_description", "client_job_name")
    jobs_by_block: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    jobs = Job.objects.filter(custom_status=status, saved_block__isnull=False)
    for pk, saved, *present in jobs.values_list("pk", "saved_block", *columns):
        if saved is not None and present == list(saved["after"]) and present != list(saved["before"]):
            jobs_by_block[tuple(saved["before"])].append(pk)
    for block, pks in jobs_by_block.items():
        values = dict(zip(columns, block, strict=True))
        Job.objects.filter(pk__in=pks).update(client_since=now, **values)
