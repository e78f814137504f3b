"""Putting messages into the ledger, sending what is due, taking back what is still held."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from clearstage.kernel import clock
from clearstage.kernel.composed import composed
from clearstage.kernel.rows import insert_rows

from .mail import send_mail_delivery
from .models import Delivery

LEASE = timedelta(minutes=1)
MOST_ATTEMPTS = 8
LONGEST_WAIT = timedelta(minutes=10)
"""For how long after the first of them was recorded messages wait for more that go out with them."""
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
    "together",
    "job",
    "event",
    "action",
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent. What goes out `together` with others brings a `part` in its payload (`outbox.mail`).

    With `waits_for_more` those of the same kind that are still held wait for this one (`LONGEST_WAIT`).
    """

    key: str
    kind: str
    to: str
    payload: dict[str, Any]
    not_before: datetime
    job: int | None = None
    event: int | None = None
    action: int | None = None
    together: str = ""
    waits_for_more: bool = False


def put_in_outbox(messages: Sequence[Outgoing]) -> None:
    """Record messages to be sent. A key that is already there is left as it is: the same effect happens once."""
    now = clock.now()
    insert_rows(
        Delivery,
        _COLUMNS,
        [
            (
                each.key, each.kind, each.to, each.payload, Delivery.State.PENDING.value, each.not_before, now, 0, "",
                each.together, each.job, each.event, each.action,
            )
            for each in messages
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for each in messages:
        if each.together and each.waits_for_more:
            _hold_the_others(each)


def _hold_the_others(last: Outgoing) -> None:
    """What is held still goes out with the last of them, whose own time to be taken back is not cut short (M9).

    Where the first of them has waited long enough they go out without it, as one mail.
    """
    now = clock.now()
    held = Delivery.objects.filter(
        together=last.together, to=last.to, state=Delivery.State.PENDING, mail=None, not_before__gt=now
    )
    if not held.filter(created_at__lte=now - LONGEST_WAIT).exists():
        held.filter(not_before__lt=last.not_before).update(not_before=last.not_before)


def take_back(keys: Collection[str]) -> list[Delivery]:
    """Undo messages that have not gone out; answers those that have (or are just being sent)."""
    now = clock.now()
    held = Delivery.objects.filter(key__in=keys, state=Delivery.State.PENDING)
    held.filter(Q(lease_until=None) | Q(lease_until__lt=now)).update(state=Delivery.State.UNDONE)
    return list(Delivery.objects.filter(key__in=keys).exclude(state=Delivery.State.UNDONE).order_by("id"))


def rewrite_held(together: str, rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what is held to go out together, whose payloads `rewrite` takes and answers; not what is being sent."""
    for row in _free().filter(together=together, mail=None):
        payload = rewrite(row.payload)
        if payload != row.payload:
            _free().filter(pk=row.pk, mail=None).update(payload=payload)


def deliver_due(limit: int = 50) -> int:
    """Send what is due; safe in several processes at once. Answers how many mails were sent or given up.

    A message is claimed by a conditional update with a lease, so that a killed worker's claim runs out; its Message-ID
    is made from its key, so that a second attempt is recognised as the same message. What goes out together is claimed
    as one mail under the key of one of them, and stays in that mail whatever happens.
    """
    now = clock.now()
    due = _free().filter(not_before__lte=now)
    done = 0
    for row in list(due.order_by("not_before", "id")[:limit]):
        claimed = _claimed(row)
        if claimed:
            _deliver(claimed)
            done += 1
    return done


def _free() -> QuerySet[Delivery]:
    nobodys = Q(lease_until=None) | Q(lease_until__lt=clock.now())
    return Delivery.objects.filter(nobodys, state=Delivery.State.PENDING)


def _claimed(row: Delivery) -> list[Delivery]:
    """The message with all that are in its mail; none where another process was first."""
    now = clock.now()
    if not row.together:
        return [row] if _free().filter(pk=row.pk).update(lease_until=now + LEASE) else []
    key = row.mail or row.key
    if not _free().filter(pk=row.pk, mail=row.mail).update(lease_until=now + LEASE, mail=key):
        return []
    others = _free().filter(mail=key)
    if row.mail is None:
        others = _free().filter(
            together=row.together, to=row.to, kind=row.kind, mail=None, not_before__lte=now
        )
    others.update(lease_until=now + LEASE, mail=key)
    return _in_mail(key)


@composed
def _in_mail(key: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(mail=key, state=Delivery.State.PENDING).order_by("pk")


def _deliver(deliveries: Sequence[Delivery]) -> None:
    mine = Delivery.objects.filter(pk__in=[each.pk for each in deliveries], state=Delivery.State.PENDING)
    attempts = deliveries[0].attempts + 1
    try:
        send_mail_delivery(deliveries)
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
