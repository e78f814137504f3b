"""Submitting: by the client, or by the firm for him. Tags follow the answers, then the jobs are judged (L6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _t

from clearstage.asking.operations import (
    Followed,
    change,
    happenings,
    locked,
    settle,
    tell,
    tell_the_firm,
    unsettle,
)
from clearstage.clients.models import AccountTag, Tag
from clearstage.clients.operations.tags import change_account_tags
from clearstage.engine.conditions import tag_key
from clearstage.engine.facts import Brings
from clearstage.engine.sentences import _, say
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.jobs.kinds import kind_named
from clearstage.jobs.operations.automove import preview_finishing
from clearstage.jobs.operations.outcome import Outcome
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused
from clearstage.kernel.rows import allocate_ids

from ..answers import for_conditions, missing, tag_changes
from ..content import Content
from ..models import Answer, Organizer
from ..policies import can_answer, can_manage_organizers
from ..queries import visible_organizer
from .answering import checked_answers, demand_answerable, store


def submit_organizer(actor: Actor, organizer: int, answers: Mapping[str, Any] | None = None) -> Followed:
    """Submitted, with these answers beside those that were saved before. Submitting it again changes nothing (M12).

    Raises `Refused` with each required question that has no answer; then nothing at all is kept.
    """
    with transaction.atomic():
        row = locked(Organizer, actor, organizer)
        can_answer(actor).demand()
        content = row.read()
        if row.state == "submitted":
            _demand_the_same(actor, row, content, answers or {})
            return Followed(row, None)
        demand_answerable(row)
        given = store(actor, row, content, answers or {}, {}).given
        event = finish_row(actor, row, content, given)
        if actor.kind == "contact":
            text = say(_("{who} submitted the questionnaire “{title}”"), who=actor.name, title=row.title)
            tell_the_firm(actor, row, event, text)
        return Followed(row, settle(actor, row, event))


def finish_row(actor: Actor, row: Organizer, content: Content, given: Mapping[str, Any]) -> int:
    """The row is submitted and its tags are changed; its links and jobs are the caller's. Answers the event."""
    demand_complete(row, content, given)
    if any(each.prefilled for each in row.answers.all()):
        Answer.objects.filter(organizer=row).update(prefilled=False)
    change(row, state="submitted", finished_at=clock.now(), submitted_by=actor.name[:200])
    told = happenings(row, [("organizer_submitted", {})])
    tagged = _change_tags(actor, row, content, given)
    if tagged is not None:
        ids = allocate_ids({Event: len(told) + 1})[Event]
        tagged.cause = ids[0]
        told.append(tagged)
        for each, number in zip(told, ids, strict=True):
            each.id = number
    return record(actor, *told)[0]


def preview_submitting(actor: Actor, organizer: int, answers: Mapping[str, Any] | None = None) -> Outcome:
    """What would follow for its jobs, with the tags and answers that it would bring (F1, L6); nothing is done."""
    row = visible_organizer(actor, organizer)
    can_answer(actor).demand()
    if row.state != "submitted":
        demand_answerable(row)
    content = row.read()
    given = given_answers(row) | checked_answers(actor, row, content, answers or {})
    demand_complete(row, content, given)
    return preview_finishing(actor, "organizer", row.pk, brought_by(content, given, tag_keys()))


def tag_keys() -> dict[int, str]:
    """By which key conditions know each tag."""
    return {pk: tag_key(name) for pk, name in Tag.objects.values_list("pk", "name")}


def brought_by(content: Content, given: Mapping[str, Any], keys: Mapping[int, str]) -> Brings:
    """What submitting these answers brings along (L6)."""
    add, remove = tag_changes(content, given)
    return Brings(
        frozenset(keys[tag] for tag in add if tag in keys),
        frozenset(keys[tag] for tag in remove if tag in keys),
        for_conditions(content, given),
    )


def unsubmit_organizer(actor: Actor, organizer: int) -> Organizer:
    """The client may answer again, what was submitted or archived alike; no job and no tag goes back (L8)."""
    with transaction.atomic():
        row = locked(Organizer, actor, organizer)
        can_manage_organizers(actor).demand()
        if row.sealed:
            raise Refused([_t("“{title}” is sealed; it is never changed again.").format(title=row.title)])
        if row.answerable:
            return row
        change(row, **reopened(row))
        tell(actor, row, "organizer_reopened")
        unsettle(row)
        return row


def reopened(row: Organizer) -> dict[str, Any]:
    """The fields of an organizer that waits for the client again."""
    begun = row.answers.filter(prefilled=False).exists()
    return {"state": "started" if begun else "sent", "finished_at": None, "submitted_by": ""}


def given_answers(row: Organizer) -> dict[str, Any]:
    """The answers that were saved, by question."""
    return dict(Answer.objects.filter(organizer=row).values_list("question", "value"))


def demand_complete(row: Organizer, content: Content, given: Mapping[str, Any]) -> None:
    gaps = missing(content, given)
    if gaps:
        text = _t("“{question}” needs an answer.")
        raise Refused([text.format(question=each.text) for each in gaps], missing=[each.key for each in gaps])


def _demand_the_same(actor: Actor, row: Organizer, content: Content, answers: Mapping[str, Any]) -> None:
    given = given_answers(row)
    wanted = checked_answers(actor, row, content, answers)
    if any(given.get(key) != value for key, value in wanted.items()):
        demand_answerable(row)


def _change_tags(
    actor: Actor, row: Organizer, content: Content, given: Mapping[str, Any]
) -> Happening | None:
    """With the firm's authority, whoever submits (X3); tags that were deleted meanwhile are left out.

    Answers what is to be recorded of it, if anything changed.
    """
    add, remove = tag_changes(content, given)
    if not (add or remove):
        return None
    put_on = Exists(AccountTag.objects.filter(tag=OuterRef("pk"), account=row.account_id))
    found = Tag.objects.filter(pk__in=[*add, *remove]).annotate(present=put_on)
    tags = {pk: (name, present) for pk, name, present in found.values_list("pk", "name", "present")}
    added = [tag for tag in add if tag in tags and not tags[tag][1]]
    removed = [tag for tag in remove if tag in tags and tags[tag][1]]
    if not (added or removed):
        return None
    change_account_tags(
        added=[(row.account_id, tag) for tag in added], removed=[(row.account_id, tag) for tag in removed]
    )
    data = {
        "item": row.pk,
        "title": row.title,
        "add": [tags[tag][0] for tag in added],
        "remove": [tags[tag][0] for tag in removed],
        "done": [{"by": "tags", "account": row.account_id, "add": added, "remove": removed}],
    }
    behalf = actor.name if actor.kind != "firm" else ""
    return Happening(
        "organizer_changed_tags", data, account=row.account_id, on_behalf=behalf, by=actor.for_the_firm()
    )


def take_tags_back(rows: Collection[Organizer]) -> None:
    """Undo: what the present submission of each has changed, tag by tag, so that later changes by hand survive (M9)."""
    since = {row.pk: row.finished_at for row in rows if row.finished_at is not None}
    kind = kind_named("tags")
    if not since or kind is None:
        return
    accounts = {row.account_id for row in rows}
    events = Event.objects.filter(account__in=accounts, kind="organizer_changed_tags").order_by("-pk")
    kind.undo(
        [
            each
            for event in events.filter(at__gte=min(since.values()))
            if event.data["item"] in since and event.at >= since[event.data["item"]]
            for each in event.data.get("done", ())
        ]
    )
