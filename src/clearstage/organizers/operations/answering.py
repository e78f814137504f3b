"""Answering: saved question by question, as the client types, on every device; by the firm on his behalf as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.operations import change, locked, tell
from clearstage.events.record import Happening, record
from clearstage.files.models import File
from clearstage.firm.idempotency import fingerprint_of
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused, Stale
from clearstage.kernel.ids import number_of
from clearstage.kernel.text import flaw_in

from ..content import Content
from ..models import Answer, Organizer
from ..policies import can_answer
from ..queries import with_answers
from ..values import BadAnswer, checked


@dataclass(frozen=True, slots=True)
class Saved:
    """The organizer, and the questions whose answers are other ones now."""

    organizer: Organizer
    keys: list[str] = field(default_factory=list)


def save_answers(
    actor: Actor,
    organizer: int,
    answers: Mapping[str, Any],
    *,
    seen: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Saved:
    """Save the answers that are sent and no others; an empty one takes an answer back.

    `seen` says for a form as a whole what stood in it when it was drawn, by `mark_of`: what was not touched there is
    not saved, so that an old page does not undo what another device did. Raises `Invalid` with the place of each answer
    that does not fit, `Refused` where the organizer takes none any more, `Stale` for another `version`.
    """
    with transaction.atomic():
        row = locked(Organizer, actor, organizer)
        can_answer(actor).demand()
        if version is not None and row.version != version:
            raise Stale(_t("This questionnaire was changed in the meantime. Nothing was saved."))
        demand_answerable(row)
        kept = store(actor, row, row.read(), answers, seen or {})
        if kept.changed:
            _begin(actor, row)
        return Saved(row, list(kept.changed))


def demand_answerable(row: Organizer) -> None:
    """Raises `Refused` with the reason why nothing is taken."""
    if row.sealed:
        raise Refused([_t("“{title}” is sealed; it is never changed again.").format(title=row.title)])
    if row.state == "archived":
        raise Refused([_t("“{title}” is archived; nobody answers it any more.").format(title=row.title)])
    if row.state == "submitted":
        raise Refused([_t("“{title}” is submitted already.").format(title=row.title)])


def mark_of(value: Any) -> str:
    """Stands for an answer in a form, to see whether it was touched."""
    return fingerprint_of(repr(value))[:16]


@dataclass(frozen=True, slots=True)
class Kept:
    """Answers by question: those that are other ones now, and all of them."""

    changed: Mapping[str, Any]
    given: Mapping[str, Any]


def store(
    actor: Actor, row: Organizer, content: Content, answers: Mapping[str, Any], seen: Mapping[str, str]
) -> Kept:
    """Part of a command that holds the organizer: keep these answers, and say so in its history."""
    wanted = checked_answers(actor, row, content, answers)
    with_answers([row])
    present = {each.question: each for each in row.answers.all()}
    changed, confirmed = {}, []
    for key, value in wanted.items():
        before = present.get(key)
        kept = before.value if before else None
        if key in seen and mark_of(value) == seen[key] != mark_of(kept):
            continue
        if value != kept:
            changed[key] = value
        elif before is not None and before.prefilled:
            confirmed.append(before.pk)
    if confirmed:
        Answer.objects.filter(pk__in=confirmed).update(prefilled=False)
    if changed:
        _write(actor, row, changed)
        data = {"item": row.pk, "title": row.title, "questions": list(changed)}
        record(actor, Happening("organizer_answered", data, account=row.account_id))
    return Kept(changed, {key: each.value for key, each in present.items()} | changed)


def _write(actor: Actor, row: Organizer, changed: Mapping[str, Any]) -> None:
    now = clock.now()
    who: dict[str, Any] = {
        "by_contact_id": actor.id if actor.kind == "contact" else None,
        "by_member_id": actor.member_id,
        "by_name": actor.name[:200],
        "at": now,
        "via": actor.via,
        "prefilled": False,
    }
    Answer.objects.bulk_create(
        [Answer(organizer=row, question=key, value=value, **who) for key, value in changed.items()],
        update_conflicts=True,
        unique_fields=["organizer", "question"],
        update_fields=["value", *who],
    )


def _begin(actor: Actor, row: Organizer) -> None:
    if row.state == "sent":
        change(row, state="started")
        tell(actor, row, "organizer_started")
    else:
        change(row)


def checked_answers(
    actor: Actor, row: Organizer, content: Content, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """As they are kept; raises `Invalid` with everything that does not fit."""
    wanted: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for key, value in answers.items():
        question = content.by_key.get(key)
        if question is None:
            where = key if isinstance(key, str) and not flaw_in(key) else "?"
            problems.append((f"answers.{where[:60]}", _t("there is no such question")))
            continue
        try:
            wanted[key] = checked(question, value)
        except BadAnswer as bad:
            problems.append((f"answers.{key}", str(bad)))
    problems += _missing_files(actor, row, content, wanted)
    if problems:
        raise Invalid(problems)
    return wanted


def _missing_files(
    actor: Actor, row: Organizer, content: Content, wanted: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Files hang here by their ids; they have to be the account's and open to whoever names them (X4)."""
    named = {
        key: [number_of("file", each) or 0 for each in value]
        for key, value in wanted.items()
        if value is not None and content.by_key[key].type == "file"
    }
    if not named:
        return []
    numbers = {number for some in named.values() for number in some}
    visible = File.objects.visible_to(actor).filter(account=row.account_id, binned_at=None, pk__in=numbers)
    there = set(visible.values_list("pk", flat=True))
    return [
        (f"answers.{key}", _t("there is no such file of this account"))
        for key, some in named.items()
        if not there.issuperset(some)
    ]
