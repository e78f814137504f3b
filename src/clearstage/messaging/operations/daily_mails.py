"""One e-mail a day, at eight in the morning, for the contacts who want it so: what was gathered and still waits."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction

from clearstage.clients.models import Contact
from clearstage.engine.sentences import from_json
from clearstage.firm.models import Firm
from clearstage.firm.queries import the_firm_row
from clearstage.jobs.items import ClientItem, client_item_kind
from clearstage.kernel import clock
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import Outgoing, put_in_outbox

from ..models import GatheredNotice
from ..queries import Reader, readers_of
from ..wording import Entry, daily_mail

HOUR = 8
log = logging.getLogger("clearstage.messaging")


def mail_one_day() -> bool:
    """Make the e-mail of one contact, from what was gathered before today's eight o'clock in the firm's zone; answers
    whether there was something to settle.

    A contact gets at most one a day, however often the worker is killed and however many there are: it is written
    with a key of contact and day in the transaction that settles what is in it. One that cannot be made waits for the
    next day and holds up nobody else's; why is logged by its name alone, since it may hold what belongs to clients.
    """
    firm = the_firm_row()
    if firm is None:
        return False
    morning = last_morning(firm)
    ripe = GatheredNotice.objects.filter(settled_by=None, not_before__lt=morning).order_by("pk")
    contact = ripe.values_list("contact_id", flat=True).first()
    if contact is None:
        return False
    local_day = morning.astimezone(ZoneInfo(firm.timezone)).date()
    try:
        with transaction.atomic():
            # One worker at a time for each contact.
            list(Contact.objects.select_for_update().filter(pk=contact).values_list("pk"))
            _settle(contact, list(ripe.filter(contact=contact)), f"daily:{contact}:{local_day.isoformat()}")
    except (OperationalError, InterfaceError):  # the database's fault, which the next attempt may not meet
        raise
    except Exception as error:
        log.error("A daily e-mail cannot be made and waits for a day: %s", type(error).__name__)
        ripe.filter(contact=contact).update(not_before=clock.now())
    return True


def last_morning(firm: Firm) -> datetime:
    """The last time it was eight o'clock at the firm."""
    zone = ZoneInfo(firm.timezone)
    local = clock.now().astimezone(zone)
    morning = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return (morning if morning <= local else morning - timedelta(days=1)).astimezone(UTC)


def _settle(contact: int, rows: Sequence[GatheredNotice], key: str) -> None:
    if Delivery.objects.filter(key=key).exists():  # these came too late for today's
        GatheredNotice.objects.filter(pk__in=[row.pk for row in rows]).update(not_before=clock.now())
        return
    readers = {
        account: reader
        for account, all_of_it in readers_of({row.account_id for row in rows}).items()
        for reader in all_of_it
        if reader.contact == contact
    }
    items = _items(rows)
    waiting = [row for row in rows if row.account_id in readers and _still_worth_telling(row, readers, items)]
    if waiting:
        entries = [_entry(row, readers[row.account_id], items) for row in _last_of_each(waiting)]
        reader = readers[waiting[0].account_id]
        payload = daily_mail(reader, entries)
        put_in_outbox([Outgoing(key, "email", reader.email, payload, clock.now())])
    GatheredNotice.objects.filter(pk__in=[row.pk for row in rows]).update(settled_by=key)


def _items(rows: Sequence[GatheredNotice]) -> dict[tuple[str, int], ClientItem]:
    found: dict[tuple[str, int], ClientItem] = {}
    for name in {row.kind for row in rows if row.kind}:
        kind = client_item_kind(name)
        numbers = {row.item for row in rows if row.kind == name and row.item is not None}
        if kind is not None:
            found |= {(name, number): item for number, item in kind.client_items(numbers).items()}
    return found


def _still_worth_telling(
    row: GatheredNotice, readers: dict[int, Reader], items: dict[tuple[str, int], ClientItem]
) -> bool:
    if row.item is None:
        return True
    item = items.get((row.kind, row.item))
    return item is not None and readers[row.account_id].may_sign_in and (item.waits or not row.until_done)


def _last_of_each(rows: Sequence[GatheredNotice]) -> list[GatheredNotice]:
    """What asks for the same thing twice (sent, then reminded) is told once, and so is what says the same."""
    asking = [row for row in rows if row.item is not None and row.until_done and not row.apart]
    last = {(row.kind, row.item): row.pk for row in asking}
    told_again = {row.pk for row in asking} - set(last.values())
    saying = {(row.kind, row.item, repr(row.text)): row.pk for row in rows if row.item is not None}
    told_again |= {row.pk for row in rows if row.item is not None} - set(saying.values())
    return [row for row in rows if row.pk not in told_again]


def _entry(row: GatheredNotice, reader: Reader, items: dict[tuple[str, int], ClientItem]) -> Entry:
    place = (row.kind, row.item) if row.item is not None else None
    item = items.get(place) if place else None
    due = item.due if item is not None and item.waits else None
    return Entry(reader.account_name, from_json(row.text), place, due)
