"""Putting messages into the ledger, sending what is due, taking back what is still held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from clearstage.kernel import clock
from clearstage.kernel.rows import insert_rows

from .mail import send_mail_delivery
from .models import Delivery

LEASE = timedelta(minutes=1)
MOST_ATTEMPTS = 8
_COLUMNS = (
    "key",
    "kind",
    "to",
    "payload",
    "state",
    "not_before",
    "created_at",
    "attempts",
    "error",
    "job",
    "event",
    "action",
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    key: str
    kind: str
    to: str
    payload: dict[str, Any]
    not_before: datetime
    job: int | None = None
    event: int | None = None
    action: int | None = None


def put_in_outbox(messages: Sequence[Outgoing]) -> None:
    """Record messages to be sent. A key that is already there is left as it is: the same effect happens once."""
    now = clock.now()
    insert_rows(
        Delivery,
        _COLUMNS,
        [
            (
                each.key, each.kind, each.to, each.payload, Delivery.State.PENDING.value, each.not_before, now, 0, "",
                each.job, each.event, each.action,
            )
            for each in messages
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def take_back(keys: Collection[str]) -> list[Delivery]:
    """Undo messages that have not gone out; answers those that have (or are just being sent)."""
    now = clock.now()
    held = Delivery.objects.filter(key__in=keys, state=Delivery.State.PENDING)
    held.filter(Q(lease_until=None) | Q(lease_until__lt=now)).update(state=Delivery.State.UNDONE)
    return list(Delivery.objects.filter(key__in=keys).exclude(state=Delivery.State.UNDONE).order_by("id"))


def deliver_due(limit: int = 50) -> int:
    """Send what is due; safe in several processes at once. Answers how many were sent or given up.

    A message is claimed by a conditional update with a lease, so that a killed worker's claim runs out; its Message-ID
    is made from its key, so that a second attempt is recognised as the same message.
    """
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Delivery.objects.filter(free, state=Delivery.State.PENDING, not_before__lte=now)
    done = 0
    for pk in list(due.order_by("not_before", "id").values_list("pk", flat=True)[:limit]):
        claimed = Delivery.objects.filter(free, pk=pk, state=Delivery.State.PENDING).update(
            lease_until=now + LEASE
        )
        if claimed:
            _deliver(Delivery.objects.get(pk=pk))
            done += 1
    return done


def _deliver(delivery: Delivery) -> None:
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING)
    attempts = delivery.attempts + 1
    try:
        send_mail_delivery(delivery)
    except (OSError, ValueError) as error:
        wait = timedelta(seconds=30 * 2**attempts)
        failed = attempts >= MOST_ATTEMPTS
        with transaction.atomic():
            mine.update(
                attempts=attempts,
                lease_until=None,
                not_before=clock.now() + wait,
                error=type(error).__name__,
                state=Delivery.State.FAILED if failed else Delivery.State.PENDING,
            )
        return
    mine.update(state=Delivery.State.SENT, sent_at=clock.now(), attempts=attempts, lease_until=None)


def present_state(delivery: Delivery) -> str:
    """held, due, sent, failed or undone: pending ones are told apart by the clock."""
    if delivery.state != Delivery.State.PENDING:
        return delivery.state
    return "held" if delivery.not_before > clock.now() else "due"
