"""Members' inboxes: what automations tell them, and failures they can try again (A11)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from clearstage.engine.sentences import Sentence, _, say, to_json
from clearstage.kernel import clock
from clearstage.kernel.rows import gather_rows, insert_rows

from ..models import InboxEntry


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for one member's inbox; an event is told to a member once.

    With a `topic` it is counted into his unread entry of that topic, if there is one; `many` (with a gap `{count}`)
    then tells all of them, else the last one stands for them.
    """

    member: int
    kind: str
    text: Sentence
    job: int | None
    event: int | None
    account: int | None = None
    topic: str | None = None
    many: Sentence | None = None


_ENTRY = ("member", "kind", "text", "many", "count", "gathers", "job", "event", "account", "at")


def put_in_inboxes(notices: Sequence[Notice]) -> None:
    """Add entries, within the transaction of what they tell."""
    insert_rows(
        InboxEntry, _ENTRY, [_row(each) for each in notices if each.topic is None], ignore_conflicts=True
    )
    gather_rows(
        InboxEntry,
        _ENTRY,
        [_row(each) for each in notices if each.topic is not None],
        keys=("member", "gathers"),
        counter="count",
        once="event",
    )


def _row(each: Notice) -> tuple[Any, ...]:
    many = to_json(each.many) if each.many is not None else None
    return (
        each.member, each.kind, to_json(each.text), many, 1, each.topic, each.job, each.event, each.account,
        clock.now(),
    )  # fmt: skip


def take_out_of_inboxes(events: Collection[int]) -> list[Sentence]:
    """Undo notices that nobody has read; says which have been."""
    entries = InboxEntry.objects.filter(event__in=events, kind="notice")
    entries.filter(read_at=None).delete()
    read = entries.select_related("member").order_by("id")
    return [say(_("{member} has already read the notice."), member=entry.member.name) for entry in read]


def deal_with(kind: str, event: int | None) -> None:
    """What the event asked of several members was done by one of them: nobody has to do it any more."""
    InboxEntry.objects.filter(kind=kind, event=event, done_at=None).update(done_at=clock.now())
