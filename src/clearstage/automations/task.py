"""Create task: gives somebody something to do. Holds the stage until the task is completed or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from django.db.models import Model
from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.engine import dates
from clearstage.engine.effects import MakeItem
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun
from clearstage.jobs.items import item_kind
from clearstage.jobs.kinds import (
    AutomationKind,
    Line,
    Name,
    Needs,
    PersonName,
    Planned,
    Ref,
    Settings,
    Text,
    WhenText,
    kind,
)
from clearstage.work.models import Task
from clearstage.work.operations.making import NewTask, insert_tasks
from clearstage.work.spec import TaskSpec


class TaskSettings(Settings):
    template: Annotated[
        Name | None, Ref("template:task"), Field(description="A task template to start from")
    ] = None
    title: Annotated[Line | None, Field(description="What is to be done")] = None
    description: Annotated[Text | None, Field(description="How it is to be done")] = None
    assignees: Annotated[
        list[PersonName], Field(description="E-mails of members, or roles as role:NAME")
    ] = []
    priority: Literal["low", "medium", "high", "urgent"] | None = None
    start: Annotated[WhenText | None, Field(description="A date, or counted from the entry: 2 days")] = None
    due: Annotated[
        WhenText | None, Field(description="A date, or counted from the entry: 5 business days")
    ] = None
    checklist: list[Line] = []

    @model_validator(mode="after")
    def _title_or_template(self) -> TaskSettings:
        if self.title is None and self.template is None:
            raise ValueError("a task needs a title or a template")
        return self


@kind("task", label=gettext_lazy("Create task"), settings=TaskSettings, holds=True)
class CreateTask(AutomationKind[TaskSettings]):
    def needs(self, settings: TaskSettings) -> Needs:
        return Needs(templates=frozenset({("task", settings.template)} if settings.template else ()))

    def describe(self, settings: TaskSettings, job: PlannedJob) -> Sentence:
        merged = self._merged(settings, job) or settings
        title = job.fill(merged.title or settings.template or "")
        people, gaps = job.people(merged.assignees)
        who: Any = [person.name for person in people]
        due = dates.parse_when(merged.due) if merged.due else None
        when = due.words() if isinstance(due, dates.Offset) else str(due) if due else None
        if who and when:
            text = say(_("Creates the task “{title}” for {who}, due {when}"), title=title, who=who, when=when)
        elif who:
            text = say(_("Creates the task “{title}” for {who}"), title=title, who=who)
        elif when:
            text = say(_("Creates the task “{title}”, due {when}"), title=title, when=when)
        else:
            text = say(_("Creates the task “{title}”"), title=title)
        return say(_("{task} ({gaps})"), task=text, gaps=gaps) if gaps else text

    def plan(self, settings: TaskSettings, job: PlannedJob) -> Iterable[MakeItem]:
        merged = self._merged(settings, job)
        if merged is None:
            raise Cannot(say(_("there is no task template “{name}” any more"), name=settings.template))
        start = dates.parse_when(merged.start) if merged.start else None
        due = dates.parse_when(merged.due) if merged.due else None
        people, _gaps = job.people(merged.assignees)
        spec = TaskSpec(
            title=job.fill(merged.title or "")[:300],
            description=job.fill(merged.description or ""),
            assignees=tuple(person.id for person in people),
            priority=merged.priority or "medium",
            start=job.day(start),
            due=job.day(due),
            start_as=start,
            due_as=due,
            checklist=tuple(job.fill(entry) for entry in merged.checklist),
        )
        yield MakeItem("task", spec, self.holds)

    def _merged(self, settings: TaskSettings, job: PlannedJob) -> TaskSettings | None:
        """The template with what the automation sets itself laid over it; None where the template is gone."""
        if settings.template is None:
            return settings
        body = job.facts.template("task", settings.template)
        if body is None:
            return None
        return TaskSettings.model_validate(
            {**body, **settings.model_dump(exclude_defaults=True, exclude={"template"})}
        )

    def reserve(self, effects: Sequence[Planned]) -> Mapping[type[Model], int]:
        return {Task: len(effects)}

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        made = []
        for each in effects:
            spec: TaskSpec = each.effect.spec
            number = run.new_id(Task)
            made.append(NewTask(number, each.job.account.facts.id, each.job.id, spec, each.made_by))
            run.link(
                each.job,
                each.scope,
                "task",
                number,
                holds=each.effect.holds,
                made_by=each.made_by,
                due=spec.due,
            )
        insert_tasks(made)
        return [{"item": task.id, "title": task.spec.title} for task in made]

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        return item_kind("task").remove_untouched(done)[1]
