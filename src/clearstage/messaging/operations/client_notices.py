"""Telling clients: one e-mail for each event and contact, in the contact's language, with a link to the very thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clearstage.engine.sentences import Sentence, _, say, to_json
from clearstage.firm.queries import firm_row
from clearstage.kernel.rows import insert_rows
from clearstage.outbox.operations import Outgoing, put_in_outbox, rewrite_held, take_back

from ..models import GatheredNotice
from ..queries import Reader, readers_of
from ..wording import notice_mail, redated

_GATHERED = (
    "key", "contact", "account", "subject", "text", "kind", "item", "until_done", "apart", "event",
    "action", "not_before",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClientNotice:
    """Something the contacts of an account are told; never anything internal (S13).

    `key` is made from its cause, so that the same effect is told once; with the contact it is the delivery's key.
    `item` is (kind, number); without one the link leads to the portal's first page. Contacts who want one e-mail a day
    hear of it only if the item still waits for them then, unless `until_done` is False. `of_status` marks a change of
    the client-facing status, which contacts may decline (C12).

    What is told of one item while it is held goes out in one mail, where it says what it is `about`: the item's title.
    `apart` marks what stands beside what was told of the item before, and does not take its place in the daily mail;
    what is held still waits for it.
    """

    key: str
    account: int
    subject: Sentence
    text: Sentence
    item: tuple[str, int] | None = None
    job: int | None = None
    event: int | None = None
    action: int | None = None
    due: date | None = None
    until_done: bool = True
    of_status: bool = False
    about: str = ""
    apart: bool = False


def tell_clients(notices: Sequence[ClientNotice], *, hold_until: datetime) -> list[str]:
    """Tell each contact who is to be notified and wants to be; within the transaction of what is told.

    Held until `hold_until` as other messages are (M9), for `take_back_notices` to take back under the keys that are
    answered. What is about an item reaches those alone who can sign in and see to it.
    """
    if not notices:
        return []
    readers = readers_of({each.account for each in notices})
    told = [
        (notice, reader, f"{notice.key}:{reader.contact}")
        for notice in notices
        for reader in readers.get(notice.account, ())
        if _concerns(notice, reader)
    ]
    put_in_outbox(
        [
            _message(notice, reader, key, hold_until)
            for notice, reader, key in told
            if reader.notices == "each"
        ]
    )
    _gather([each for each in told if each[1].notices == "daily"], hold_until)
    return [key for _notice, _reader, key in told]


def take_back_notices(keys: Collection[str]) -> list[Sentence]:
    """Undo notices that have not gone out; says which have."""
    gathered = GatheredNotice.objects.filter(key__in=keys)
    gathered.filter(settled_by=None).delete()
    gone = [delivery.to for delivery in take_back(keys)]
    gone += gathered.order_by("pk").values_list("contact__email", flat=True)
    return [say(_("The e-mail to {address} has already gone out."), address=address) for address in gone]


def redate_notices(item: tuple[str, int], before: date, due: date | None) -> None:
    """What is still held tells the day that the item is due by now."""
    kind, number = item
    zone = firm_row().timezone
    rewrite_held(f"{kind}:{number}", lambda payload: redated(payload, before, due, zone))


def _concerns(notice: ClientNotice, reader: Reader) -> bool:
    if notice.item is not None and not reader.may_sign_in:
        return False
    return reader.status_notices or not notice.of_status


def _message(notice: ClientNotice, reader: Reader, key: str, hold_until: datetime) -> Outgoing:
    payload = notice_mail(reader, notice.subject, notice.text, notice.item, notice.due, notice.about)
    kind, item = notice.item or ("", 0)
    together = f"{kind}:{item}" if notice.about and item else ""
    return Outgoing(
        key,
        "email",
        reader.email,
        payload,
        hold_until,
        notice.job,
        notice.event,
        notice.action,
        together,
        notice.apart,
    )


def _gather(told: Sequence[tuple[ClientNotice, Reader, str]], hold_until: datetime) -> None:
    rows = []
    for notice, reader, key in told:
        kind, item = notice.item or ("", None)
        rows.append(
            (
                key, reader.contact, notice.account, to_json(notice.subject), to_json(notice.text), kind, item,
                notice.until_done, notice.apart, notice.event, notice.action, hold_until,
            )
        )  # fmt: skip
    insert_rows(GatheredNotice, _GATHERED, rows, ignore_conflicts=True)
