"""Relative dates: “5 days”, “5 business days”, “2 weeks”, “1 month”, counted from a day in the firm's zone."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from .sentences import Sentence, _, say

FURTHEST = 3660
_SHAPE = re.compile(r"^\s*(\d{1,4})\s+(business day|day|week|month)s?\s*$", re.IGNORECASE)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Offset:
    """So many days, business days, weeks or months after a day."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Offset:
        """Read “5 business days”; raises ValueError where the text is no such thing or further than ten years."""
        match = _SHAPE.match(text)
        if match is None:
            raise ValueError("an offset is a number and “days”, “business days”, “weeks” or “months”")
        offset = cls(int(match[1]), match[2].lower())
        if offset.count * {"day": 1, "business day": 1.5, "week": 7, "month": 31}[offset.unit] > FURTHEST:
            raise ValueError("an offset reaches at most ten years")
        return offset

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def words(self) -> Sentence:
        return say(_("in {count}"), count=str(self))

    def after(self, day: date, holidays: AbstractSet[date] = frozenset()) -> date:
        """The day that lies this far after `day`; business days leave out week-ends and the firm's `holidays`."""
        if self.unit == "day":
            return day + timedelta(days=self.count)
        if self.unit == "week":
            return day + timedelta(weeks=self.count)
        if self.unit == "month":
            years, month = divmod(day.month - 1 + self.count, 12)
            year = day.year + years
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        left = self.count
        while left:
            day += timedelta(days=1)
            if day.weekday() < _SATURDAY and day not in holidays:
                left -= 1
        return day


When = Offset | date


def parse_when(text: str) -> When:
    """Read a fixed ISO date or an offset; raises ValueError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return Offset.parse(text)


def resolve(when: When | None, day: date, holidays: AbstractSet[date] = frozenset()) -> date | None:
    """The date that is meant, counted from `day` where it is relative."""
    return when.after(day, holidays) if isinstance(when, Offset) else when
