"""The hash chain over the events (X6): who changes, takes away or slips in an event afterwards is noticed.

The worker seals events in order, so that writers never queue for one row. A seal's hash covers the hash before it and
all columns of its event, in a form that is the same on both databases, so that a backup verifies wherever it is
restored. What it cannot show by itself is that the newest events were cut off together with their seals; for that,
`Verified.head` has to be written down elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from clearstage.kernel import clock
from clearstage.kernel.rows import insert_rows

from .models import Event, Seal

COLUMNS = tuple(field.name for field in Event._meta.concrete_fields)
LOOK_BACK = 10_000
PATIENCE = timedelta(minutes=1)
MOST_PROBLEMS = 100
_AT_A_TIME = 500
_LOCK = 7_234_101_001
_LARGEST_EXACT = 2**53


def canonical(event: Mapping[str, Any]) -> bytes:
    """An event as JSON with its names in order, without spaces, times in UTC with microseconds.

    Empty columns are left out, so that a column of a later version leaves the seals of older events as they are.
    """
    present = {
        name: value if isinstance(value, int) else _plain(value)
        for name, value in event.items()
        if value is not None
    }
    text = json.dumps(present, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def _plain(value: Any) -> Any:
    """Times as text, and each number in the one way that both databases give back.

    PostgreSQL keeps the numbers of a JSON document as decimals: 1e16 comes back as an integer, -0.0 as 0.0.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST_EXACT:
        try:
            return int(float(value))
        except OverflowError:
            return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def link_hash(previous: str, event: bytes) -> str:
    return sha256(previous.encode() + event).hexdigest()


def seal_events(limit: int = _AT_A_TIME, look_back: int | None = LOOK_BACK) -> int:
    """Seal the oldest events that have no seal yet; answers how many. Safe in several processes at once.

    On PostgreSQL an event may appear after others with higher ids were sealed, when its transaction took long: it is
    sealed when it is seen. `look_back` says how many ids back from the newest seal are looked at, None means all.
    """
    if not _unsealed(look_back).exists():
        return 0
    with transaction.atomic():
        _keep_others_out()
        last = Seal.objects.order_by("-id").values_list("id", "hash").first()
        number, previous = last or (0, "")
        seals = []
        for event in _unsealed(look_back).order_by("id").values(*COLUMNS)[:limit]:
            number, previous = number + 1, link_hash(previous, canonical(event))
            seals.append((number, event["id"], previous))
        insert_rows(Seal, ("id", "event", "hash"), seals)
    return len(seals)


def _keep_others_out() -> None:
    """Until the end of the transaction nobody else seals. On SQLite it began IMMEDIATE, which is enough."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _unsealed(look_back: int | None = None) -> QuerySet[Event]:
    events = Event.objects.filter(~Exists(Seal.objects.filter(event=OuterRef("pk"))))
    if look_back is None:
        return events
    newest = Seal.objects.aggregate(newest=Max("event"))["newest"] or 0
    return events.filter(pk__gt=newest - look_back)


@dataclass(frozen=True, slots=True)
class Verified:
    """How the chain was found. `problems` are sentences, one for each break; `head` is the hash of the newest seal."""

    events: int
    seals: int
    problems: list[str]
    head: str = ""


class _Problems(list[str]):
    """The first hundred, and how many more there were."""

    more = 0

    def add(self, sentence: str) -> None:
        if len(self) < MOST_PROBLEMS:
            self.append(sentence)
        else:
            self.more += 1

    def told(self) -> list[str]:
        return [*self, f"… and {self.more} more."] if self.more else list(self)


def verify_chain() -> Verified:
    """Compute the whole chain again and compare, in constant memory."""
    problems = _Problems()
    number, count, previous = 0, 0, ""
    while seals := list(
        Seal.objects.filter(pk__gt=number).order_by("id").values_list("id", "event_id", "hash")[:_AT_A_TIME]
    ):
        events = _read_events([event for _, event, _ in seals])
        for seal, event, stored in seals:
            if seal != number + 1:
                problems.add(_gap(number + 1, seal - 1))
            if event not in events:
                problems.add(f"Event {event} is missing; its seal {seal} is still there.")
            elif (found := events[event]) is None or link_hash(previous, found) != stored:
                problems.add(
                    f"Event {event} does not match seal {seal}: it or the seal before it was changed."
                )
            number, previous = seal, stored
        count += len(seals)
    overdue = _unsealed().filter(at__lt=clock.now() - PATIENCE)
    if first := overdue.order_by("id").values_list("id", flat=True).first():
        problems.add(
            f"No seal yet on {overdue.count()} older event(s), the first is {first}. Is a worker running?"
        )
    return Verified(Event.objects.count(), count, problems.told(), previous)


def _gap(first: int, last: int) -> str:
    return f"Seal {first} is missing." if first == last else f"Seals {first} to {last} are missing."


def _read_events(ids: Sequence[int]) -> dict[int, bytes | None]:
    """The events in canonical form by id, None for one that was changed into something that cannot be read at all."""
    try:
        return {event["id"]: canonical(event) for event in Event.objects.filter(pk__in=ids).values(*COLUMNS)}
    except (ValueError, TypeError, AttributeError, RecursionError):
        if len(ids) == 1:
            return {ids[0]: None}
        return {pk: event for each in ids for pk, event in _read_events([each]).items()}
