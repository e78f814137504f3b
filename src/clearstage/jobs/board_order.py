"""The orders in which a column shows its cards (B1), and the place in an order from which the next cards are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower

from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import LARGEST
from clearstage.kernel.text import flaw_in

from .models import Job

NEVER = date.max
URGENT_FIRST = [name for name, _label in reversed(Job.PRIORITIES)]


@dataclass(frozen=True, slots=True)
class Order:
    """What cards are put in order by, and how that is read from an address; among equals the newest job is first."""

    by: Any
    read: Callable[[str], Any]
    descending: bool = False


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _text(text: str) -> str:
    if flaw_in(text):
        raise ValueError
    return text


def _rank(text: str) -> int:
    return range(len(URGENT_FIRST))[int(text[:2])]


TIME = "time"
ORDERS = {
    TIME: Order(F("entered_stage_at"), _moment, descending=True),
    "due": Order(Coalesce("due", Value(NEVER)), date.fromisoformat),
    "account": Order(Lower("account__name"), _text),
    "priority": Order(
        Case(
            *[When(priority=name, then=rank) for rank, name in enumerate(URGENT_FIRST)],
            default=len(URGENT_FIRST) - 1,
            output_field=IntegerField(),
        ),
        _rank,
    ),
}
"""By time in stage (newest first), by due date (without one last), by client, by priority (urgent first)."""


def in_order(jobs: QuerySet[Job], order: str) -> QuerySet[Job]:
    """Each job comes with what it is ordered by, as `place`."""
    found = ORDERS[order]
    return jobs.annotate(place=found.by).order_by("-place" if found.descending else "place", "-pk")


def place_words(job: Job) -> str:
    """What `in_order` ordered the job by, as text that `behind` can be asked with; empty for a job from elsewhere."""
    place: Any = getattr(job, "place", "")
    return place.isoformat() if isinstance(place, date) else str(place)


def behind(jobs: QuerySet[Job], order: str, after: str) -> QuerySet[Job]:
    """Those that come after the place `after`: `place_words` and the job's number, with a tilde between.

    Raises `NotFound` where there can be no such place.
    """
    found = ORDERS[order]
    words, _tilde, number = after.rpartition("~")
    try:
        place, pk = found.read(words), int(number)
    except (ValueError, IndexError):
        raise NotFound from None
    if not 0 < pk <= LARGEST:
        raise NotFound
    beyond = Q(place__lt=place) if found.descending else Q(place__gt=place)
    return jobs.annotate(place=found.by).filter(beyond | Q(place=place, pk__lt=pk))
