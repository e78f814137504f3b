"""The firm's settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks

from ..models import Firm
from ..policies import can_edit_firm

FIELDS = (
    "name", "timezone", "undo_minutes", "hold_minutes", "holidays", "quiet_from", "quiet_to", "quiet_days",
    "tell_client_status", "clients_begin_chats",
)  # fmt: skip
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LONGEST_UNDO, LONGEST_HOLD, MOST_HOLIDAYS = 1440, 60, 1000


def edit_firm(actor: Actor, changes: Mapping[str, Any]) -> Firm:
    """Change name, time zone, the graces for undo and for messages (minutes, M9) and the holidays (ISO dates).

    Also when clients are not reminded (`quiet_from` and `quiet_to` as 20:00, `quiet_days` for weekends and holidays),
    whether they are mailed their new status (C12), and whether they may begin conversations.
    """
    can_edit_firm(actor).demand()
    checks = Checks()
    checks.storable({field: changes[field] for field in ("name", "timezone") if field in changes})
    checked = _checked(checks, changes)
    checks.demand()
    with transaction.atomic():
        row = Firm.objects.select_for_update().get(pk=Firm.ONLY)
        changed = {field: value for field, value in checked.items() if getattr(row, field) != value}
        if not changed:
            return row
        told = {field: [getattr(row, field), value] for field, value in changed.items()}
        for field, value in changed.items():
            setattr(row, field, value)
        row.save(update_fields=list(changed))
        record(actor, Happening("firm_edited", {"changes": told}))
        return row


def checked_timezone(checks: Checks, name: object) -> str:
    """A time zone's name as the zone data knows it."""
    text = checks.line("timezone", name, 60)
    try:
        ZoneInfo(text or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        checks.wrong("timezone", _t("there is no time zone “{name}”").format(name=text))
    return text


def _checked(checks: Checks, changes: Mapping[str, Any]) -> dict[str, Any]:
    checks.only(changes, FIELDS)
    found: dict[str, Any] = {}
    if "name" in changes:
        found["name"] = checks.line("name", changes["name"])
    if "timezone" in changes:
        found["timezone"] = checked_timezone(checks, changes["timezone"])
    if "undo_minutes" in changes:
        found["undo_minutes"] = checks.number("undo_minutes", changes["undo_minutes"], 0, LONGEST_UNDO)
    if "hold_minutes" in changes:
        found["hold_minutes"] = checks.number("hold_minutes", changes["hold_minutes"], 0, LONGEST_HOLD)
    for field in ("quiet_from", "quiet_to"):
        if field in changes:
            found[field] = _hour(checks, field, changes[field])
    for field in ("quiet_days", "tell_client_status", "clients_begin_chats"):
        if field in changes:
            found[field] = checks.flag(field, changes[field])
    if "holidays" in changes:
        found["holidays"] = _holidays(checks, changes["holidays"])
    return found


def _hour(checks: Checks, where: str, value: object) -> str:
    if not isinstance(value, str) or not _HOUR.fullmatch(value):
        checks.wrong(where, _t("has to be a time like 20:00"))
        return ""
    return value


def _holidays(checks: Checks, days: object) -> list[str]:
    if not isinstance(days, list | tuple) or len(days) > MOST_HOLIDAYS:
        checks.wrong("holidays", _t("has to be a list of at most {most} dates").format(most=MOST_HOLIDAYS))
        return []
    found = set()
    for position, day in enumerate(days):
        try:
            found.add((day if isinstance(day, date) else date.fromisoformat(day)).isoformat())
        except (TypeError, ValueError):
            checks.wrong(f"holidays[{position}]", _t("has to be a date like 2026-12-24"))
    return sorted(found)
