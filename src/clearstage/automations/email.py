"""Send e-mail: to the account's contacts who are to be notified. Refused when there is none (A11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.engine.effects import SendEmail
from clearstage.engine.facts import MemberFacts
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.engine.translations import into, said
from clearstage.jobs.apply import ApplyRun
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
    kind,
)
from clearstage.outbox.operations import Outgoing, put_in_outbox, take_back


class EmailSettings(Settings):
    template: Annotated[Name | None, Ref("template:email"), Field(description="An e-mail template")] = None
    subject: Line | None = None
    text: Text | None = None
    sender: Annotated[
        PersonName | None, Field(description="A member or role whose name it goes out under")
    ] = None
    to: Annotated[
        Literal["account", "contact"],
        Field(description="All contacts to be notified, or only the first of them"),
    ] = "account"

    @model_validator(mode="after")
    def _words_or_template(self) -> EmailSettings:
        if self.template is None and (not self.subject or not self.text):
            raise ValueError("an e-mail needs a template, or a subject and a text")
        return self


@kind("email", label=gettext_lazy("Send e-mail"), settings=EmailSettings)
class SendEmailKind(AutomationKind[EmailSettings]):
    def needs(self, settings: EmailSettings) -> Needs:
        templates = frozenset({("email", settings.template)} if settings.template else ())
        return Needs(templates=templates, contacts=True)

    def describe(self, settings: EmailSettings, job: PlannedJob) -> Sentence:
        subject = job.fill(settings.subject or settings.template or "")
        names = [contact.name for contact in self._recipients(settings, job)]
        if not names:
            return say(_("E-mails “{subject}” to the account's contacts"), subject=subject)
        return say(_("E-mails “{subject}” to {names}"), subject=subject, names=names)

    def plan(self, settings: EmailSettings, job: PlannedJob) -> Iterable[SendEmail]:
        words: Any = settings.model_dump()
        if settings.template is not None:
            body = job.facts.template("email", settings.template)
            if body is None:
                raise Cannot(say(_("there is no e-mail template “{name}” any more"), name=settings.template))
            words = {key: words[key] or body.get(key) for key in ("subject", "text", "sender")}
        recipients = self._recipients(settings, job)
        if not recipients:
            raise Cannot(
                say(
                    _("{account} has no contact who may be notified by e-mail"),
                    account=job.account.facts.name,
                )
            )
        sender = self._sender(words["sender"], job)
        translations = job.facts.translations_of("email", settings.template) if settings.template else {}
        for contact in recipients:
            subject, text = (
                into(said(words[each], translations), contact.language) for each in ("subject", "text")
            )
            yield SendEmail(
                to_name=contact.name,
                to_email=contact.email,
                subject=job.fill(subject, contact.name, contact.email),
                text=job.fill(text, contact.name, contact.email),
                sender=sender.id if sender else None,
                language=contact.language if text != words["text"] else "",
            )

    def _recipients(self, settings: EmailSettings, job: PlannedJob) -> list[Any]:
        notified = [contact for contact in job.account.facts.contacts if contact.notify]
        return notified[:1] if settings.to == "contact" else notified

    def _sender(self, name: str | None, job: PlannedJob) -> MemberFacts | None:
        if name is None:
            return None
        people, gaps = job.people([name])
        if not people:
            raise Cannot(say(_("the e-mail has no sender: {reasons}"), reasons=gaps))
        return people[0]

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        messages = []
        for number, each in enumerate(effects):
            sender = each.job.facts.members.get(each.effect.sender or 0)
            event = run.event_of(each.job)
            payload = {
                "subject": each.effect.subject,
                "text": each.effect.text,
                "to_name": each.effect.to_name,
                "from_name": sender.name if sender else each.job.facts.firm_name,
                "reply_to": sender.email if sender else None,
                "firm_name": each.job.facts.firm_name,
                **({"language": each.effect.language} if each.effect.language else {}),
            }
            key = f"email:{event}:{number}"
            to = each.effect.to_email
            messages.append(
                Outgoing(key, "email", to, payload, run.hold_until, each.job.id, event, run.action)
            )
        put_in_outbox(messages)
        return [{"delivery": message.key, "to": message.to} for message in messages]

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        gone = take_back([each["delivery"] for each in done])
        return [
            say(_("The e-mail to {address} has already gone out."), address=delivery.to) for delivery in gone
        ]
