"""Reading a member's inbox: his own list, which nobody else sees."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor

from .models import InboxEntry

SHOWN = ("open", "unread", "snoozed", "done")
MORNING = time(8)
"""When what was put off until a day comes back."""


def entries_of(actor: Actor) -> QuerySet[InboxEntry]:
    """Everything that was ever told the actor."""
    return InboxEntry.objects.filter(member=actor.member_id)


def entries_shown(actor: Actor, which: str) -> QuerySet[InboxEntry]:
    """Of `SHOWN`: what is open, the unread of these, what is put off until later, what was dealt with."""
    mine = entries_of(actor)
    later = Q(snoozed_until__gt=clock.now())
    if which == "done":
        return mine.exclude(done_at=None).order_by("-done_at", "-pk")
    if which == "snoozed":
        return mine.filter(later, done_at=None).order_by("snoozed_until", "-pk")
    open_ones = mine.filter(done_at=None).exclude(later).order_by("-at", "-pk")
    return open_ones.filter(read_at=None) if which == "unread" else open_ones


def unread_count(actor: Actor) -> int:
    """How much waits to be read; one read of an index."""
    return entries_shown(actor, "unread").count()


def morning_of(day: date) -> datetime:
    """Eight o'clock of a day at the firm."""
    zone = ZoneInfo(firm_row().timezone)
    return datetime.combine(day, MORNING, zone)
