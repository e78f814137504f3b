"""What a request template holds; an automation may hold the same."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from clearstage.jobs.kinds import Line, Name, Ref, Settings, WhenText
from clearstage.messaging.reminder_plan import ReminderPlan

MOST_ENTRIES = 200
Help = Annotated[str, StringConstraints(max_length=2_000), Ref("text")]
Intro = Annotated[str, StringConstraints(max_length=5_000), Ref("text")]


class EntryTemplate(Settings):
    """One thing that is asked for. May be written as a plain text: its title."""

    as_rows = True

    title: Annotated[Line, Field(description="What is asked for")]
    help: Annotated[Help | None, Field(description="What exactly, and where to find it")] = None
    kind: Annotated[Literal["upload", "text", "either"], Field(description="How it may be answered")] = (
        "either"
    )
    required: Annotated[bool, Field(strict=True)] = True
    critical: Annotated[
        bool, Field(strict=True, description="Has to be there in any case, whatever the finishing rule says")
    ] = False
    due: Annotated[WhenText | None, Field(description="A date, or counted from the entry: 5 days")] = None

    @model_validator(mode="before")
    @classmethod
    def _title_alone(cls, value: Any) -> Any:
        return {"title": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _critical_is_required(self) -> EntryTemplate:
        if self.critical and not self.required:
            raise ValueError("what is critical is required, too")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 300}, schema]}


class FinishTemplate(Settings):
    """When it is finished: all that is critical, and so much of the other required ones."""

    critical: Literal["all"] = "all"
    rest_percent: Annotated[
        int, Field(ge=0, le=100, strict=True, description="Per cent of the other required ones, rounded up")
    ] = 100


Title = Annotated[Line, Field(description="What the client calls it")]
Entries = Annotated[
    list[EntryTemplate],
    Field(min_length=1, max_length=MOST_ENTRIES, description="What is asked for, one after the other"),
]
Due = Annotated[WhenText | None, Field(description="A date, or counted from the entry: 10 days")]
Review = Annotated[
    bool, Field(strict=True, description="The firm looks at each thing and accepts or returns it")
]


def demand_required(entries: list[EntryTemplate]) -> None:
    """A list on which nothing is required would never be finished; raises `ValueError`."""
    if not any(entry.required for entry in entries):
        raise ValueError("at least one thing has to be required")


class RequestTemplate(Settings):
    title: Title
    intro: Annotated[Intro | None, Field(description="A few words above the list")] = None
    due: Due = None
    review: Review = True
    finish: FinishTemplate = FinishTemplate()
    entries: Entries
    reminders: ReminderPlan | None = None

    @model_validator(mode="after")
    def _something_is_required(self) -> RequestTemplate:
        demand_required(self.entries)
        return self


class RequestSettings(Settings):
    """A template, or the same written here; due date and reminders may be laid over a template's."""

    template: Annotated[Name | None, Ref("template:request"), Field(description="A request template")] = None
    title: Title | None = None
    intro: Annotated[Intro | None, Field(description="A few words above the list")] = None
    due: Due = None
    review: Review = True
    finish: FinishTemplate = FinishTemplate()
    entries: Annotated[
        list[EntryTemplate],
        Field(max_length=MOST_ENTRIES, description="What is asked for, one after the other"),
    ] = []
    reminders: ReminderPlan | None = None

    @model_validator(mode="after")
    def _template_or_list(self) -> RequestSettings:
        if self.template is None:
            if self.title is None or not self.entries:
                raise ValueError("a request needs a template, or a title and entries")
            self.body()
        elif set(self.stored()) - {"template", "due", "reminders"}:
            raise ValueError("beside a template there may be only due and reminders")
        return self

    def body(self) -> RequestTemplate:
        """What is written here, as a template would hold it."""
        return RequestTemplate.model_validate(self.stored())
