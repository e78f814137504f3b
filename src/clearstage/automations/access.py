"""Update account access: which members without the right to see all accounts may see this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.clients.operations.access import change_account_access
from clearstage.engine.effects import ChangeAccess
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun, net_change
from clearstage.jobs.kinds import AutomationKind, Needs, PersonName, Planned, Settings, kind


class AccessSettings(Settings):
    replace_by_defaults: Annotated[
        bool, Field(description="Only those who hold a role of the account keep access")
    ] = False
    add: list[PersonName] = []
    remove: list[PersonName] = []

    @model_validator(mode="after")
    def _something_to_do(self) -> AccessSettings:
        if not (self.replace_by_defaults or self.add or self.remove):
            raise ValueError("name members to add or remove, or replace by defaults")
        return self


@kind("access", label=gettext_lazy("Update account access"), settings=AccessSettings)
class UpdateAccess(AutomationKind[AccessSettings]):
    def needs(self, settings: AccessSettings) -> Needs:
        return Needs(access=True)

    def describe(self, settings: AccessSettings, job: PlannedJob) -> Sentence:
        parts = []
        if settings.replace_by_defaults:
            parts.append(say(_("back to those who hold a role of the account")))
        for text, names in ((_("adds {people}"), settings.add), (_("removes {people}"), settings.remove)):
            people, gaps = job.people(names)
            if names:
                parts.append(say(text, people=[*(person.name for person in people), *gaps]))
        return say(_("Changes who may see the account: {changes}"), changes=parts)

    def plan(self, settings: AccessSettings, job: PlannedJob) -> Iterable[ChangeAccess]:
        add = {person.id for person in job.people(settings.add)[0]}
        remove = {person.id for person in job.people(settings.remove)[0]}
        wanted = set(job.account.members)
        if settings.replace_by_defaults:
            wanted = {holder for holders in job.account.facts.roles.values() for holder in holders}
        wanted = (wanted - remove) | add
        present = set(job.account.members)
        yield ChangeAccess(tuple(sorted(wanted - present)), tuple(sorted(present - wanted)))

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        done: list[dict[str, Any] | None] = [
            {
                "account": each.job.account.facts.id,
                "add": list(each.effect.add),
                "remove": list(each.effect.remove),
            }
            for each in effects
        ]
        self._change([each for each in done if each], "add", "remove")
        return done

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        self._change(done, "remove", "add")
        return []

    def _change(self, done: Sequence[dict[str, Any]], gained: str, lost: str) -> None:
        added, removed = net_change(
            (
                [(each["account"], member) for member in each[gained]],
                [(each["account"], member) for member in each[lost]],
            )
            for each in done
        )
        change_account_access(added=added, removed=removed)
