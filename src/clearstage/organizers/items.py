"""Organizers as items that jobs and clients wait for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from clearstage.asking.items import AskedItems
from clearstage.engine.facts import Brings
from clearstage.engine.sentences import _, say
from clearstage.jobs.items import ClientItem
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.messaging.operations.reminders import stop_reminders

from .answers import missing, progress, shown
from .models import Organizer
from .operations.making import MAKING, ask
from .operations.submitting import brought_by, finish_row, reopened, tag_keys, take_tags_back
from .policies import can_manage_organizers
from .queries import with_answers


class OrganizerItems(AskedItems[Organizer]):
    name = "organizer"
    model = Organizer
    making = MAKING
    icon = "list-check"

    def told(self, rows: list[Organizer]) -> list[Organizer]:
        return with_answers(rows)

    def details(self, row: Organizer) -> dict[str, Any]:
        content, given = row.read(), _given(row)
        done = progress(content, given)
        visible = {question.key for question in shown(content, given)}
        return {
            "template": row.template,
            "intro": content.intro,
            "sections": [
                {
                    "title": section.title,
                    "help": section.help,
                    "questions": [
                        {
                            "key": each.key,
                            "text": each.text,
                            "type": each.type,
                            "required": each.required,
                            "help": each.help,
                            "options": list(each.options),
                            "shown": each.key in visible,
                            "answer": given.get(each.key),
                        }
                        for each in section.questions
                    ],
                }
                for section in content.sections
            ],
            "answers": {key: value for key, value in given.items() if value is not None},
            "prefilled": [each.question for each in row.answers.all() if each.prefilled],
            "progress": {"answered": done.answered, "of": done.of},
            "missing": [each.key for each in missing(content, given)],
            "sealed": row.sealed,
            "submitted_at": row.finished_at,
            "submitted_by": row.submitted_by or None,
        }

    def client_item(self, row: Organizer) -> ClientItem:
        done = progress(row.read(), _given(row))
        hint = say(_("{answered} of {all} answered"), answered=done.answered, all=done.of)
        return ClientItem(
            self.name,
            row.pk,
            row.account_id,
            row.translated(row.title),
            ask(row.translated(row.title)),
            row.answerable,
            row.due,
            hint if row.state == "started" else None,
        )

    def may_wait(self, accounts: Collection[int]) -> list[Organizer]:
        return _answerable_rows(accounts)

    def untouched(self, row: Organizer) -> bool:
        return row.state == "sent" and row.version == 1

    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        """On the client's behalf; `Refused` where a required answer is missing."""
        can_manage_organizers(actor).demand()
        rows = Organizer.objects.select_for_update().filter(pk__in=numbers, state__in=Organizer.OPEN_STATES)
        found = {row.pk: row for row in with_answers(list(rows.order_by("pk")))}
        for number in dict.fromkeys(numbers):
            if row := found.get(number):
                finish_row(actor, row, row.read(), _given(row))
        stop_reminders(self.name, numbers)

    def brings(self, numbers: Collection[int]) -> dict[int, Brings]:
        rows = Organizer.objects.filter(pk__in=numbers, state__in=Organizer.OPEN_STATES)
        keys = tag_keys()
        return {row.pk: _brings(row, keys) for row in with_answers(list(rows))}

    def unfinish(self, numbers: Collection[int]) -> None:
        """With the tags that followed (M9). What was sealed meanwhile stays submitted, and its tags stay."""
        rows = list(Organizer.objects.filter(pk__in=numbers, sealed_at=None, state="submitted"))
        take_tags_back(rows)
        super().unfinish([row.pk for row in rows])

    def reopen_row(self, row: Organizer) -> None:
        fields = {**reopened(row), "version": row.version + 1}
        Organizer.objects.filter(pk=row.pk).update(**fields)


@composed
def _answerable_rows(accounts: Collection[int]) -> QuerySet[Organizer]:
    rows = Organizer.objects.filter(account__in=accounts, state__in=Organizer.ANSWERABLE)
    return rows.order_by("pk")


def _brings(row: Organizer, keys: Mapping[int, str]) -> Brings:
    content, given = row.read(), _given(row)
    needed = _("“{question}” of “{title}” needs an answer.")
    return replace(
        brought_by(content, given, keys),
        says=say(_("Submits “{title}” for the client"), title=row.title),
        problems=tuple(say(needed, question=each.text, title=row.title) for each in missing(content, given)),
    )


def _given(row: Organizer) -> dict[str, Any]:
    return {each.question: each.value for each in row.answers.all()}
