"""A client with a letter to answer, at a time when nobody sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from clearstage.clients.models import Contact
from clearstage.jobs import items
from clearstage.kernel import clock, ids
from clearstage.messaging.reminder_plan import ReminderPlan
from clearstage.outbox.models import Delivery
from tests.jobs.conftest import ada, make_job, make_pipeline, tax, to

from .letters import Letters

__all__ = ["Letters", "ada", "make_job", "make_pipeline", "tax", "to"]

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    kind = Letters()
    monkeypatch.setitem(items._kinds, "letter", kind)
    monkeypatch.setitem(ids.PREFIXES, "letter", "ltr")
    return kind


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The test lives on a Wednesday at noon, far from quiet hours."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def prefers() -> Callable[..., None]:
    """`prefers("ada@client.test", notices="daily")`"""

    def set_it(email: str, **fields: Any) -> None:
        assert Contact.objects.filter(email=email).update(**fields) == 1

    return set_it


def mails_to(email: str) -> list[Delivery]:
    return list(Delivery.objects.filter(to=email).order_by("pk"))


PLAN = ReminderPlan(first=2, every=3, at_most=2)
