"""What a task template holds: all that an automation says of a task it creates itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from clearstage.jobs.kinds import Line, PersonName, Settings, Text, WhenText


class TaskTemplate(Settings):
    title: Annotated[Line, Field(description="What is to be done")]
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
