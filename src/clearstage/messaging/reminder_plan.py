"""When clients are reminded of something: the form that templates and automations share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from clearstage.jobs.kinds import Ref, Settings

Days = Annotated[int, Field(ge=1, le=365, strict=True)]
StatusName = Annotated[str, StringConstraints(min_length=1, max_length=100), Ref("custom_status")]


class ReminderPlan(Settings):
    """`first` days after it was sent, then `every` so many, `at_most` so often; then a custom status may follow."""

    first: Annotated[Days, Field(description="Days until the first reminder")] = 3
    every: Annotated[Days, Field(description="Days between reminders")] = 3
    at_most: Annotated[int, Field(ge=1, le=20, strict=True, description="How many reminders")] = 3
    then_status: Annotated[
        StatusName | None,
        Field(description="The custom status that the job gets when all reminders were in vain"),
    ] = None
