"""Notify: tells members in their inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import Field

from clearstage.engine.effects import Notify
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun
from clearstage.jobs.kinds import AutomationKind, Line, PersonName, Planned, Settings, kind
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes, take_out_of_inboxes


class NotifySettings(Settings):
    to: Annotated[
        list[PersonName], Field(min_length=1, description="E-mails of members, or roles as role:NAME")
    ]
    text: Line


@kind("notify", label=gettext_lazy("Notify"), settings=NotifySettings)
class NotifyMembers(AutomationKind[NotifySettings]):
    def describe(self, settings: NotifySettings, job: PlannedJob) -> Sentence:
        people, gaps = job.people(settings.to)
        who = [*(person.name for person in people), *gaps]
        return say(_("Notifies {who}: {text}"), who=who, text=job.fill(settings.text))

    def plan(self, settings: NotifySettings, job: PlannedJob) -> Iterable[Notify]:
        people, _gaps = job.people(settings.to)
        if people:
            yield Notify(tuple(person.id for person in people), job.fill(settings.text))

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        put_in_inboxes(
            [
                Notice(
                    member,
                    "notice",
                    say(_("{text}"), text=each.effect.text),
                    each.job.id,
                    run.event_of(each.job),
                )
                for each in effects
                for member in each.effect.members
            ]
        )
        return [{"members": list(each.effect.members), "event": run.event_of(each.job)} for each in effects]

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        return take_out_of_inboxes([each["event"] for each in done])
