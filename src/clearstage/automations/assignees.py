"""Update job assignees: adds, removes or replaces; members by e-mail or by role."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.engine.effects import ChangeAssignees
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import AutomationKind, PersonName, Settings, kind


class AssigneeSettings(Settings):
    add: list[PersonName] = []
    remove: list[PersonName] = []
    replace: Annotated[
        list[PersonName] | None, Field(description="Exactly these; an empty list unassigns everybody")
    ] = None

    @model_validator(mode="after")
    def _something_to_do(self) -> AssigneeSettings:
        if self.replace is None and not (self.add or self.remove):
            raise ValueError("name members or roles to add, remove or replace")
        if self.replace is not None and (self.add or self.remove):
            raise ValueError("replace goes without add and remove")
        return self


@kind("assignees", label=gettext_lazy("Update job assignees"), settings=AssigneeSettings)
class UpdateAssignees(AutomationKind[AssigneeSettings]):
    def describe(self, settings: AssigneeSettings, job: PlannedJob) -> Sentence:
        if settings.replace == []:
            return say(_("Unassigns everybody"))
        parts = []
        for text, names in (
            (_("assigns only {people}"), settings.replace),
            (_("assigns {people}"), settings.add),
            (_("unassigns {people}"), settings.remove),
        ):
            if names:
                people, gaps = job.people(names)
                parts.append(say(text, people=[*(person.name for person in people), *gaps]))
        return say(_("Changes who is assigned: {changes}"), changes=parts)

    def plan(self, settings: AssigneeSettings, job: PlannedJob) -> Iterable[ChangeAssignees]:
        if settings.replace is not None:
            yield ChangeAssignees(frozenset(person.id for person in job.people(settings.replace)[0]))
            return
        remove = {person.id for person in job.people(settings.remove)[0]}
        add = {person.id for person in job.people(settings.add)[0]}
        yield ChangeAssignees((job.assignees - remove) | add)
