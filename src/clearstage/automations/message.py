"""Send message: writes to the client, with things to do. Holds the stage until all of them are ticked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.asking.automation import AskingKind, due_of
from clearstage.asking.making import AskSpec
from clearstage.chats.spec import MAKING, Author, Opening
from clearstage.chats.templates import MOST_TASKS, MessageTemplate
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import Line, Name, Ref, Settings, Text, WhenText, kind
from clearstage.messaging.reminder_plan import ReminderPlan


class MessageSettings(Settings):
    template: Annotated[Name | None, Ref("template:message"), Field(description="A message template")] = None
    subject: Annotated[Line | None, Field(description="What it is about")] = None
    text: Text | None = None
    tasks: Annotated[
        list[Line], Field(max_length=MOST_TASKS, description="What the client is to do; the job waits for it")
    ] = []
    due: Annotated[
        WhenText | None, Field(description="A date, or counted from the entry: 5 business days")
    ] = None
    reminders: Annotated[ReminderPlan | None, Field(description="As long as something is to be done")] = None

    @model_validator(mode="after")
    def _words_or_template(self) -> MessageSettings:
        if self.template is None and (not self.subject or not self.text):
            raise ValueError("a message needs a template, or a subject and a text")
        return self


@kind("message", label=gettext_lazy("Send message"), settings=MessageSettings, holds=True)
class SendMessage(AskingKind[MessageSettings]):
    making = MAKING
    template_kind = "message"

    def says(self, settings: MessageSettings, job: PlannedJob) -> Sentence:
        body = job.facts.template(self.template_kind, settings.template) if settings.template else {}
        merged = _merged(settings, body) if body is not None else None
        subject = job.fill(merged.subject if merged else settings.subject or settings.template or "")
        contacts = [each for each in job.account.facts.contacts if each.login or each.notify]
        names: Any = [contact.name for contact in contacts] or job.account.facts.name
        count = len(merged.tasks) if merged else 0
        words = {
            0: _("Writes “{subject}” to {names}"),
            1: _("Writes “{subject}” to {names}, with 1 thing to do"),
        }.get(count, _("Writes “{subject}” to {names}, with {count} things to do"))
        return say(words, subject=subject, names=names, count=count)

    def spec(self, settings: MessageSettings, job: PlannedJob) -> AskSpec:
        merged = _merged(settings, self.template(settings.template, job) if settings.template else {})
        words = Opening(
            job.fill(merged.text),
            tuple(job.fill(title)[:300] for title in merged.tasks),
            Author(job.facts.firm_name),
        )
        return AskSpec(
            job.fill(merged.subject)[:300], words, reminders=merged.reminders, **due_of(merged.due, job)
        )


def _merged(settings: MessageSettings, body: Mapping[str, Any]) -> MessageTemplate:
    """The template with what the automation sets itself laid over it."""
    own = settings.model_dump(exclude_defaults=True, exclude={"template"})
    return MessageTemplate.model_validate({**body, **own})
