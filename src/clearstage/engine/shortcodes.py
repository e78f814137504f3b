"""Shortcodes (T4): `[ACCOUNT_NAME]` and the like, filled once when a text is used, never evaluated, never twice."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Callable
from datetime import date, timedelta

_CODE = re.compile(r"\[([A-Z][A-Z0-9_]{1,40})\]")

NAMES = (
    "ACCOUNT_NAME",
    "ACCOUNT_NUMBER",
    "CONTACT_NAME",
    "CONTACT_FIRST_NAME",
    "CONTACT_EMAIL",
    "JOB_NAME",
    "JOB_DUE",
    "PIPELINE_NAME",
    "STAGE_NAME",
    "FIRM_NAME",
    "MEMBER_NAME",
    "MEMBER_EMAIL",
    "TODAY",
    "CURRENT_DAY",
    "CURRENT_MONTH",
    "CURRENT_MONTH_NAME",
    "CURRENT_QUARTER",
    "CURRENT_YEAR",
    "LAST_DAY",
    "LAST_MONTH",
    "LAST_MONTH_NAME",
    "LAST_MONTH_YEAR",
    "LAST_QUARTER",
    "LAST_QUARTER_YEAR",
    "LAST_YEAR",
    "NEXT_DAY",
    "NEXT_MONTH",
    "NEXT_MONTH_NAME",
    "NEXT_MONTH_YEAR",
    "NEXT_QUARTER",
    "NEXT_QUARTER_YEAR",
    "NEXT_YEAR",
)


def date_values(today: date) -> dict[str, str]:
    """What the date shortcodes stand for on `today` (a day in the firm's zone)."""
    last = today.replace(day=1) - timedelta(days=1)
    following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    quarter = (today.month - 1) // 3 + 1
    last_quarter = (quarter - 2) % 4 + 1
    next_quarter = quarter % 4 + 1
    return {
        "TODAY": today.isoformat(),
        "CURRENT_DAY": today.isoformat(),
        "CURRENT_MONTH": f"{today:%m}",
        "CURRENT_MONTH_NAME": month_name[today.month],
        "CURRENT_QUARTER": f"Q{quarter}",
        "CURRENT_YEAR": str(today.year),
        "LAST_DAY": (today - timedelta(days=1)).isoformat(),
        "LAST_MONTH": f"{last:%m}",
        "LAST_MONTH_NAME": month_name[last.month],
        "LAST_MONTH_YEAR": str(last.year),
        "LAST_QUARTER": f"Q{last_quarter}",
        "LAST_QUARTER_YEAR": str(today.year - (quarter == 1)),
        "LAST_YEAR": str(today.year - 1),
        "NEXT_DAY": (today + timedelta(days=1)).isoformat(),
        "NEXT_MONTH": f"{following:%m}",
        "NEXT_MONTH_NAME": month_name[following.month],
        "NEXT_MONTH_YEAR": str(following.year),
        "NEXT_QUARTER": f"Q{next_quarter}",
        "NEXT_QUARTER_YEAR": str(today.year + (next_quarter == 1)),
        "NEXT_YEAR": str(today.year + 1),
    }


def fill(text: str, value_of: Callable[[str], str | None]) -> str:
    """Put the values in, in one pass: what a value itself contains is not looked at again. Unknown codes stay."""

    def replacement(match: re.Match[str]) -> str:
        value = value_of(match[1])
        return match[0] if value is None else value

    return _CODE.sub(replacement, text)


def unknown_in(text: str) -> list[str]:
    """The codes in a text that stand for nothing, in order: the editor warns about these."""
    return [code for code in _CODE.findall(text) if code not in NAMES]
