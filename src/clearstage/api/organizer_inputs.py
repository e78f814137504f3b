"""What requests say about organizers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.messaging.reminder_plan import ReminderPlan
from clearstage.organizers.operations.making import send_organizer

from . import references
from .fields import Day, Input, Line, Reference, Scope

QuestionKey = Annotated[str, StringConstraints(max_length=60)]
Answers = Annotated[
    dict[QuestionKey, Any],
    Field(max_length=300, description="By the key of the question; null takes an answer back"),
]


class NewOrganizer(Input):
    """An organizer sent by hand."""

    ITEM: ClassVar = "organizer"

    kind: Literal["organizer"]
    template: Reference
    title: Line | None = None
    due: Day | None = None
    reminders: ReminderPlan | None = None
    scope: Scope = None

    def make(self, actor: Actor, job: Job) -> int:
        """Make it on the job; answers its number."""
        template = references.template("organizer", self.template)
        return send_organizer(
            actor,
            job.pk,
            template.name,
            title=self.title,
            due=self.due,
            reminders=self.reminders,
            scope=self.scope,
        )


class Submission(Input):
    answers: Answers = {}


class NewAnswers(Input):
    answers: Answers


class OrganizerChanges(Input):
    due: Day | None
