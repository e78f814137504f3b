"""What the automation kinds that ask the client have in common: the base of one file each in `automations`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from django.db.models import Model

from clearstage.engine import dates
from clearstage.engine.effects import MakeItem
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun
from clearstage.jobs.items import item_kind
from clearstage.jobs.kinds import AutomationKind, Needs, Planned, Settings

from .making import AskSpec, Making, NewAsk, make

S = TypeVar("S", bound=Settings)


class AskingKind(AutomationKind[S]):
    """Makes one asking item for each job, tells the clients and sets reminders.

    It cannot run where the account has nobody to ask: no contact who may sign in and none who may be notified (A11).
    Where somebody is told but nobody can sign in yet, it runs and says so.
    """

    making: ClassVar[Making]
    template_kind: ClassVar[str]

    @abstractmethod
    def spec(self, settings: S, job: PlannedJob) -> AskSpec:
        """Pure: what is made, with its texts filled; raises `Cannot`."""

    @abstractmethod
    def says(self, settings: S, job: PlannedJob) -> Sentence:
        """In words, without the due date: “Sends the questionnaire “1040 for 2025””."""

    def needs(self, settings: S) -> Needs:
        template = self.template_of(settings)
        named = frozenset({(self.template_kind, template)} if template else ())
        return Needs(templates=named, contacts=True)

    def template_of(self, settings: S) -> str | None:
        name: str | None = getattr(settings, "template", None)
        return name

    def describe(self, settings: S, job: PlannedJob) -> Sentence:
        text = self.says(settings, job)
        contacts = job.account.facts.contacts
        if contacts and not any(contact.login for contact in contacts):
            return say(
                _("{text} (nobody of {account} can sign in yet)"), text=text, account=job.account.facts.name
            )
        return text

    def plan(self, settings: S, job: PlannedJob) -> Iterable[MakeItem]:
        spec = self.spec(settings, job)
        if not any(contact.login or contact.notify for contact in job.account.facts.contacts):
            raise Cannot(
                say(_("{account} has no contact who could be asked"), account=job.account.facts.name)
            )
        if template := self.template_of(settings):
            spec = replace(spec, translations=job.translations(self.template_kind, template))
        yield MakeItem(self.name, spec, self.making.waits(spec))

    def reserve(self, effects: Sequence[Planned]) -> Mapping[type[Model], int]:
        return {self.making.model: len(effects)}

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        asks = [self._ask(each, run) for each in effects]
        told = make(self.making, asks, hold_until=run.hold_until, action=run.action)
        return [{"item": ask.id, "title": ask.spec.title, "told": told.get(ask.id, [])} for ask in asks]

    def _ask(self, each: Planned, run: ApplyRun) -> NewAsk:
        spec, job = each.effect.spec, each.job
        number = run.new_id(self.making.model)
        run.link(
            job,
            each.scope,
            self.making.model.KIND,
            number,
            holds=each.effect.holds,
            made_by=each.made_by,
            due=spec.due,
        )
        return NewAsk(number, job.account.facts.id, spec, each.made_by, job.id, run.event_of(job))

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        return item_kind(self.making.model.KIND).remove_untouched(done)[1]

    def template(self, name: str, job: PlannedJob) -> Mapping[str, Any]:
        """The body of a template of the kind's; raises `Cannot` where it is gone (A11)."""
        body = job.facts.template(self.template_kind, name)
        if body is None:
            raise Cannot(say(_("there is no template “{name}” any more"), name=name))
        return body


def due_of(when: str | None, job: PlannedJob) -> dict[str, Any]:
    """The two dates of an `AskSpec`: as written and as counted from today."""
    written = dates.parse_when(when) if when else None
    return {"due_as": written, "due": job.day(written)}
