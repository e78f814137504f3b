"""Update job: priority, dates (fixed or counted from the entry), name and description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.utils.translation import gettext_lazy
from pydantic import model_validator

from clearstage.engine import dates
from clearstage.engine.effects import UpdateJob
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import AutomationKind, Line, Settings, Text, WhenText, kind


class UpdateJobSettings(Settings):
    priority: Literal["low", "medium", "high", "urgent"] | None = None
    start: WhenText | None = None
    due: WhenText | None = None
    name: Line | None = None
    description: Text | None = None

    @model_validator(mode="after")
    def _something_to_do(self) -> UpdateJobSettings:
        if not self.model_dump(exclude_none=True):
            raise ValueError("name at least one of priority, start, due, name and description")
        return self


def _in_words(when: str) -> Sentence | str:
    meant = dates.parse_when(when)
    if isinstance(meant, dates.Offset):
        return say(_("{count} after arrival"), count=str(meant))
    return meant.isoformat()


@kind("update_job", label=gettext_lazy("Update job"), settings=UpdateJobSettings)
class ChangeJob(AutomationKind[UpdateJobSettings]):
    def describe(self, settings: UpdateJobSettings, job: PlannedJob) -> Sentence:
        parts = []
        if settings.priority:
            parts.append(say(_("priority to {priority}"), priority=settings.priority))
        if settings.start:
            parts.append(say(_("start to {when}"), when=_in_words(settings.start)))
        if settings.due:
            parts.append(say(_("due date to {when}"), when=_in_words(settings.due)))
        if settings.name:
            parts.append(say(_("name to “{name}”"), name=job.fill(settings.name)))
        if settings.description is not None:
            parts.append(say(_("description")))
        return say(_("Sets the job's {changes}"), changes=parts)

    def plan(self, settings: UpdateJobSettings, job: PlannedJob) -> Iterable[UpdateJob]:
        start = dates.parse_when(settings.start) if settings.start else None
        due = dates.parse_when(settings.due) if settings.due else None
        yield UpdateJob(
            priority=settings.priority,
            name=job.fill(settings.name)[:200] if settings.name else None,
            description=job.fill(settings.description) if settings.description is not None else None,
            start=job.day(start),
            due=job.day(due),
            start_as=start,
            due_as=due,
        )
