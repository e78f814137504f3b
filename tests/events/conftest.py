from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from clearstage.events.models import Event


@pytest.fixture
def happen(db: None) -> Callable[..., list[int]]:
    """Records so many events; answers their ids."""
    from clearstage.events.record import Happening, record
    from clearstage.kernel.actor import the_firm

    def happen(count: int = 1, **told: object) -> list[int]:
        return record(
            the_firm(), *[Happening("tested", {"number": number, **told}) for number in range(count)]
        )

    return happen


@pytest.fixture
def event(happen: Callable[..., list[int]]) -> Event:
    from clearstage.events.models import Event

    return Event.objects.get(pk=happen()[0])


@pytest.fixture
def without_guards(db: None) -> Iterator[None]:
    """As somebody who owns the database can have it."""
    from django.db import connection

    from clearstage.events.append_only import guard, unguard

    unguard(connection)
    yield
    guard(connection)
