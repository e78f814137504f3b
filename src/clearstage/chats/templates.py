"""What a message template holds: all that an automation says of a message it writes itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clearstage.jobs.kinds import Line, Settings, WhenText
from clearstage.messaging.reminder_plan import ReminderPlan
from clearstage.messaging.templates import Words

MOST_TASKS = 50


class MessageTemplate(Settings):
    subject: Annotated[Line, Field(description="What it is about")]
    text: Words
    tasks: Annotated[
        list[Line], Field(max_length=MOST_TASKS, description="What the client is to do; the job waits for it")
    ] = []
    due: Annotated[
        WhenText | None, Field(description="A date, or counted from the entry: 5 business days")
    ] = None
    reminders: Annotated[ReminderPlan | None, Field(description="As long as something is to be done")] = None
