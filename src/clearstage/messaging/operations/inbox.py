"""Members' inboxes: what automations tell them, and failures they can try again (A11)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clearstage.engine.sentences import Sentence, _, say, to_json
from clearstage.kernel import clock
from clearstage.kernel.rows import insert_rows

from ..models import InboxEntry


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for one member's inbox; an event is told to a member once."""

    member: int
    kind: str
    text: Sentence
    job: int | None
    event: int | None
    account: int | None = None


def put_in_inboxes(notices: Sequence[Notice]) -> None:
    """Add entries, within the transaction of what they tell."""
    now = clock.now()
    insert_rows(
        InboxEntry,
        ("member", "kind", "text", "job", "event", "account", "at"),
        [
            (each.member, each.kind, to_json(each.text), each.job, each.event, each.account, now)
            for each in notices
        ],
        ignore_conflicts=True,
    )


def take_out_of_inboxes(events: Collection[int]) -> list[Sentence]:
    """Undo notices that nobody has read; says which have been."""
    entries = InboxEntry.objects.filter(event__in=events, kind="notice")
    entries.filter(read_at=None).delete()
    read = entries.select_related("member").order_by("id")
    return [say(_("{member} has already read the notice."), member=entry.member.name) for entry in read]


def deal_with(kind: str, event: int | None) -> None:
    """What the event asked of several members was done by one of them: nobody has to do it any more."""
    InboxEntry.objects.filter(kind=kind, event=event, done_at=None).update(done_at=clock.now())
