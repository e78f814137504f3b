"""The e-mails that clients get, each in the language of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from clearstage.engine.sentences import Sentence, render, say
from clearstage.kernel import clock
from clearstage.kernel.ids import public_id

from .queries import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of several that are told in one e-mail."""

    account_name: str
    text: Sentence
    item: tuple[str, int] | None
    due: date | None


def notice_mail(
    reader: Reader,
    subject: Sentence,
    text: Sentence,
    item: tuple[str, int] | None,
    due: date | None,
    about: str = "",
) -> dict[str, Any]:
    """The payload of the delivery that tells one thing; `about` is the item's title where it may go out with others."""
    with translation.override(reader.language):
        opening, entry = [_greeting(reader)], render(text, _t, reader.language)
        by = _by(due, reader.zone) if due is not None else ""
        closing, title = [], render(subject, _t, reader.language)
        name = render(say("{title}", title=about), str, reader.language)
        if _another(reader.account_name, reader):
            closing = [_t("This is about {account}.").format(account=reader.account_name)]
            title, name = (
                _t("{subject} ({account})").format(subject=each, account=reader.account_name)
                for each in (title, name)
            )
        part = {"opening": opening, "entry": entry, "due": by, "closing": closing, "about": name}
        payload = _payload(reader, title, _paragraphs(part), item)
        return {**payload, "part": part} if about else payload


def redated(payload: dict[str, Any], before: date, due: date | None, zone: str) -> dict[str, Any]:
    """The payload, with another day to see to it by where it named the one `before`."""
    with translation.override(payload["language"]):
        was, by = _by(before, zone), _by(due, zone) if due is not None else ""
    part = payload.get("part")
    if part is None or part["due"] != was:
        return payload
    part = {**part, "due": by}
    return {**payload, "text": "\n\n".join(_paragraphs(part)), "part": part}


def _paragraphs(part: dict[str, Any]) -> list[str]:
    return [*part["opening"], part["entry"], *filter(None, [part["due"]]), *part["closing"]]


def daily_mail(reader: Reader, entries: Sequence[Entry]) -> dict[str, Any]:
    """The payload of the one e-mail a day: everything that waits, each with its own link."""
    with translation.override(reader.language):
        parts = [_greeting(reader), _t("This is new for you:")]
        for entry in entries:
            lines = [entry.account_name] if _another(entry.account_name, reader) else []
            lines.append(render(entry.text, _t, reader.language).replace("\n\n", "\n"))
            if entry.due is not None:
                lines.append(_by(entry.due, reader.zone))
            if entry.item is not None:
                lines.append(address_of(entry.item))
            parts.append("\n".join(lines))
        subject = ngettext("{count} thing from {firm}", "{count} things from {firm}", len(entries))
        return _payload(reader, subject.format(count=len(entries), firm=reader.firm), parts, None)


def address_of(item: tuple[str, int] | None) -> str:
    """Where the portal shows an item, whatever its kind; its first page without one."""
    where = f"items/{public_id(*item)}/" if item is not None else ""
    return f"{settings.BASE_URL}/portal/{where}"


def _payload(
    reader: Reader, subject: str, parts: Sequence[str], item: tuple[str, int] | None
) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "subject": subject,
        "text": "\n\n".join(parts),
        "to_name": reader.name,
        "from_name": reader.firm,
        "firm_name": reader.firm,
        "language": reader.language,
    }
    if reader.may_sign_in:
        payload["link"] = {"label": _t("Open in the client portal"), "address": address_of(item)}
    return payload


def _greeting(reader: Reader) -> str:
    return _t("Hello {name},").format(name=reader.name)


def _by(due: date, zone: str) -> str:
    late = due < clock.today(zone)
    words = _t("It was due on {date}.") if late else _t("Please see to it by {date}.")
    return words.format(date=date_format(due, "DATE_FORMAT"))


def _another(account: str, reader: Reader) -> bool:
    """A person's own account needs no naming to him."""
    return account.strip().casefold() != reader.name.strip().casefold()
