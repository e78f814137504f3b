"""The one clock. Everything that needs the time asks here, so that tests and the demo firm can live at another time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_elsewhen: ContextVar[datetime | None] = ContextVar("elsewhen", default=None)


def now() -> datetime:
    """The present moment, in UTC."""
    return _elsewhen.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The present day in a time zone (the firm's)."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live at another moment inside the block."""
    token = _elsewhen.set(moment)
    try:
        yield
    finally:
        _elsewhen.reset(token)
