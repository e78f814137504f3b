"""What requests say to begin a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from django.utils.translation import gettext as _t
from pydantic import AliasChoices, Field, StringConstraints

from clearstage.chats.operations.beginning import NewChat as Beginning
from clearstage.chats.operations.beginning import begin_on_job
from clearstage.files.queries import chosen_files
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.messaging.reminder_plan import ReminderPlan

from .fields import Day, Input, Line, Scope, Text

FileIds = Annotated[
    list[Annotated[str, StringConstraints(max_length=60)]],
    Field(max_length=50, description="Ids of files of the account; sharing them takes “manage documents”"),
]


class ChatInput(Input):
    subject: Line
    text: Text
    tasks: Annotated[list[Line], Field(max_length=50, description="What the client is to do")] = []
    due: Day | None = None
    reminders: ReminderPlan | None = None
    files: FileIds = []

    def beginning(self, actor: Actor, account: int) -> Beginning:
        files = file_numbers(actor, account, self.files)
        return Beginning(self.subject, self.text, tuple(self.tasks), self.due, self.reminders, files)


class NewChat(ChatInput):
    """A conversation begun by hand; `title` is another word for its subject."""

    ITEM: ClassVar = "chat"

    kind: Literal["chat", "message"]
    subject: Annotated[Line, Field(validation_alias=AliasChoices("subject", "title"))]
    scope: Scope = None

    def make(self, actor: Actor, job: Job) -> int:
        """Make it on the job; answers its number."""
        return begin_on_job(actor, job.pk, self.beginning(actor, job.account_id), scope=self.scope)


def file_numbers(actor: Actor, account: int, ids: Sequence[str]) -> list[int]:
    try:
        return [file.pk for file in chosen_files(actor, account, ids)]
    except NotFound:
        message = _t("there is no such file of this account")
        raise Invalid([("files", message)]) from None
