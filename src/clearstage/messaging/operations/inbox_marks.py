"""What a member does with the entries of his own inbox. His own list: nobody else sees it, and no event tells of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound

from ..inbox import entries_of, morning_of
from ..models import InboxEntry

LONGEST_SNOOZE = 366
"""Days."""


def mark_read(actor: Actor, entry: int, read: bool = True) -> InboxEntry:
    """Read, or unread again; what happens later is an entry of its own."""
    row = _mine(actor, entry)
    return _changed(row, read_at=(row.read_at or clock.now()) if read else None, gathers=None)


def mark_done(actor: Actor, entry: int, done: bool = True) -> InboxEntry:
    """Dealt with, which counts as read, or open again."""
    row, now = _mine(actor, entry), clock.now()
    if done:
        return _changed(
            row, done_at=row.done_at or now, read_at=row.read_at or now, snoozed_until=None, gathers=None
        )
    return _changed(row, done_at=None)


def snooze(actor: Actor, entry: int, until: date | None) -> InboxEntry:
    """Put off until the morning of a day, when it comes back unread; with None it is back at once.

    Raises `Invalid` for a day that is not to come, or is more than a year off.
    """
    row = _mine(actor, entry)
    if until is None:
        return _changed(row, snoozed_until=None)
    back, now = morning_of(until), clock.now()
    if back <= now or (back - now).days > LONGEST_SNOOZE:
        raise Invalid([("snoozed_until", _t("has to be a day to come, within a year"))])
    return _changed(row, snoozed_until=back, read_at=None, done_at=None, gathers=None)


def mark_all_read(actor: Actor) -> None:
    """All that are open; what is put off comes back unread nonetheless."""
    now = clock.now()
    entries_of(actor).filter(read_at=None, done_at=None).exclude(snoozed_until__gt=now).update(
        read_at=now, gathers=None
    )


def _mine(actor: Actor, entry: int) -> InboxEntry:
    row = entries_of(actor).filter(pk=entry).first()
    if row is None:
        raise NotFound
    return row


def _changed(row: InboxEntry, **values: Any) -> InboxEntry:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        with transaction.atomic():
            InboxEntry.objects.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)
    return row
