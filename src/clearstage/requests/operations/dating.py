"""Another due date, of the whole list or of one thing on it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from clearstage.asking.operations import Followed, change, change_due, days_told, tell
from clearstage.kernel.actor import Actor

from .listing import still_open
from .standing import about, entries_of, entry_in


def set_due(actor: Actor, request: int, due: date | None) -> Followed:
    """For the client, in reminders still to come, and on the boards. The same again changes nothing (M12)."""
    with transaction.atomic():
        row = still_open(actor, request)
        if row.due != due:
            change_due(actor, row, due)
        return Followed(row, None)


def set_entry_due(actor: Actor, request: int, n: int, due: date | None) -> Followed:
    """Of one thing, which may be wanted sooner than the rest; without a date that of the list holds."""
    with transaction.atomic():
        row = still_open(actor, request)
        entry = entry_in(entries_of(row), n)
        if entry.due != due:
            before, entry.due = entry.due, due
            entry.save(update_fields=["due"])
            change(row)
            tell(actor, row, "request_entry_due_changed", {**about(entry), **days_told(before, due)})
        return Followed(row, None)
