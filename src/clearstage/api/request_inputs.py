"""What callers send about client requests."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.messaging.reminder_plan import ReminderPlan
from clearstage.requests.operations.making import send_request
from clearstage.requests.spec import EntrySpec
from clearstage.requests.templates import MOST_ENTRIES, EntryTemplate, FinishTemplate, RequestSettings

from .fields import Day, Input, Line, Scope, Text

_OWN = ("kind", "scope")


class NewRequest(Input):
    """A client request made by hand: from a template, or from what is written here."""

    ITEM: ClassVar = "request"

    kind: Literal["request"]
    template: Annotated[Line | None, Field(description="The name of a request template")] = None
    title: Line | None = None
    intro: Annotated[Text | None, Field(max_length=5_000)] = None
    due: Annotated[
        str | None,
        StringConstraints(max_length=40),
        Field(description="A date, or counted from today: 10 days"),
    ] = None
    review: bool = True
    finish: FinishTemplate = FinishTemplate()
    entries: Annotated[list[EntryTemplate], Field(max_length=MOST_ENTRIES)] = []
    reminders: ReminderPlan | None = None
    scope: Scope = None

    @model_validator(mode="after")
    def _makes_sense(self) -> NewRequest:
        self.settings()
        return self

    def settings(self) -> RequestSettings:
        return RequestSettings.model_validate(self.model_dump(exclude_defaults=True, exclude=set(_OWN)))

    def make(self, actor: Actor, job: Job) -> int:
        """Make it on the job; answers its number."""
        return send_request(actor, job.pk, self.settings(), scope=self.scope)


class EntryAnswerInput(Input):
    """Files, a text, or why it does not apply; all of it, in place of what was sent before."""

    text: Text = ""
    files: Annotated[
        list[Annotated[str, StringConstraints(max_length=40)]],
        Field(max_length=100, description="Ids of files of the account"),
    ] = []
    not_applicable: Annotated[str, StringConstraints(max_length=500)] = ""


class Seen(Input):
    submissions: Annotated[
        int | None,
        Field(
            ge=0,
            le=1_000_000,
            description="Of the answer that was looked at; refused where another came since",
        ),
    ] = None


class ReturnInput(Seen):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class RequestChanges(Input):
    due: Annotated[Day | None, Field(description="null takes it off")]


class NewEntry(Input):
    """One thing more on a list that is still open."""

    title: Line
    help: Annotated[str, StringConstraints(max_length=2_000)] = ""
    kind: Literal["upload", "text", "either"] = "either"
    required: bool = True
    critical: bool = False
    due: Day | None = None

    def spec(self) -> EntrySpec:
        values: dict[str, Any] = self.model_dump()
        return EntrySpec(**values)
