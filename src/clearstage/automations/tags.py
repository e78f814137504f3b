"""Update account tags: adds, removes, or clears all and then adds. Conditions of all the account's jobs see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.clients.models import Tag
from clearstage.clients.operations.tags import change_account_tags
from clearstage.engine.conditions import tag_key
from clearstage.engine.effects import ChangeTags
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun, net_change
from clearstage.jobs.kinds import AutomationKind, Needs, Planned, Settings, TagName, kind


class TagSettings(Settings):
    clear: Annotated[bool, Field(description="Take all tags off first")] = False
    add: list[TagName] = []
    remove: list[TagName] = []

    @model_validator(mode="after")
    def _something_to_do(self) -> TagSettings:
        if not (self.clear or self.add or self.remove):
            raise ValueError("name tags to add or remove, or clear them")
        if {tag_key(name) for name in self.add} & {tag_key(name) for name in self.remove}:
            raise ValueError("a tag cannot be both added and removed")
        return self


@kind("tags", label=gettext_lazy("Update account tags"), settings=TagSettings)
class UpdateTags(AutomationKind[TagSettings]):
    def needs(self, settings: TagSettings) -> Needs:
        return Needs(tags=True)

    def describe(self, settings: TagSettings, job: PlannedJob) -> Sentence:
        parts = []
        if settings.clear:
            parts.append(say(_("takes all tags off")))
        if settings.remove:
            parts.append(say(_("takes off {tags}"), tags=settings.remove))
        if settings.add:
            parts.append(say(_("adds {tags}"), tags=settings.add))
        return say(_("Changes the account's tags: {changes}"), changes=parts)

    def plan(self, settings: TagSettings, job: PlannedJob) -> Iterable[ChangeTags]:
        add = [tag_key(name) for name in settings.add]
        gone = [name for name in settings.add if tag_key(name) not in job.facts.tags]
        if gone:
            raise Cannot(say(_("there is no tag {names} any more"), names=gone))
        present = job.account.tags
        remove = (
            present - set(add) if settings.clear else present & {tag_key(name) for name in settings.remove}
        )
        yield ChangeTags(tuple(key for key in add if key not in present), tuple(sorted(remove)))

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        done: list[dict[str, Any] | None] = []
        for each in effects:
            tags = each.job.facts.tags
            done.append(
                {
                    "account": each.job.account.facts.id,
                    "add": [tags[key].id for key in each.effect.add],
                    "remove": [tags[key].id for key in each.effect.remove if key in tags],
                }
                if each.effect.add or each.effect.remove
                else None
            )
        self._change([each for each in done if each], "add", "remove")
        return done

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        """A tag that was deleted since stays deleted."""
        there = set(Tag.objects.values_list("pk", flat=True))
        known = [{**each, "remove": [tag for tag in each["remove"] if tag in there]} for each in done]
        self._change(known, "remove", "add")
        return []

    def _change(self, done: Sequence[dict[str, Any]], gained: str, lost: str) -> None:
        """A later stage of the same run may take off again what an earlier one put on."""
        added, removed = net_change(
            ([(each["account"], tag) for tag in each[gained]], [(each["account"], tag) for tag in each[lost]])
            for each in done
        )
        change_account_tags(added=added, removed=removed)
