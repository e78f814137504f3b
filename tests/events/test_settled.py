"""Following events by their ids misses none, though PostgreSQL may show them out of order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.kernel.actor import the_firm
from clearstage.kernel.errors import Refused
from clearstage.kernel.rows import allocate_ids
from clearstage.kernel.settled import settled_up_to


def tell(kind: str) -> int:
    with transaction.atomic():
        return record(the_firm(), Happening(kind))[0]


def tell_slowly(kind: str, told: Signal, go_on: Signal, *, fails: bool = False) -> None:
    with transaction.atomic():
        record(the_firm(), Happening(kind))
        told.set()
        assert go_on.wait(20)
        if fails:
            raise Refused(["not now"])


def follow(since: int) -> list[tuple[int, str]]:
    """What a reader is given who asks for what came after an event."""
    up_to = settled_up_to(Event)
    return list(Event.objects.filter(pk__gt=since, pk__lte=up_to).order_by("pk").values_list("pk", "kind"))


@pytest.mark.django_db
def test_what_was_written_is_there_to_be_followed_at_once() -> None:
    first = tell("first")
    assert settled_up_to(Event) == first
    tell("second")
    assert [kind for _id, kind in follow(first)] == ["second"]


@pytest.mark.only_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_an_event_that_appears_late_is_waited_for(
    in_another_thread: Callable[..., Future[Any]], fails: bool
) -> None:
    allocate_ids({Event: 200})  # far beyond the first block
    since = tell("before")
    told, go_on = Signal(), Signal()
    slow = in_another_thread(lambda: tell_slowly("slow", told, go_on, fails=fails))
    assert told.wait(20)
    tell("quick")
    assert "quick" in Event.objects.values_list("kind", flat=True)
    assert "quick" not in [kind for _id, kind in follow(since)]
    seen = follow(0)
    go_on.set()
    if fails:
        with pytest.raises(Refused):
            slow.result(20)
    else:
        slow.result(20)
    seen += follow(seen[-1][0] if seen else 0)
    kinds = [kind for _id, kind in seen]
    assert kinds == (["before", "quick"] if fails else ["before", "slow", "quick"])


@pytest.mark.only_postgres
@pytest.mark.django_db
def test_holding_ids_costs_no_statement_of_its_own() -> None:
    with CaptureQueriesContext(connection) as queries:
        allocate_ids({Event: 3})
    assert len(queries) == 1


@pytest.mark.only_postgres
@pytest.mark.django_db(transaction=True)
def test_writers_of_events_do_not_wait_for_one_another(
    in_another_thread: Callable[..., Future[Any]],
) -> None:
    told, go_on = Signal(), Signal()
    slow = in_another_thread(tell_slowly, "slow", told, go_on)
    assert told.wait(20)
    assert in_another_thread(tell, "quick").result(20) > 0
    go_on.set()
    slow.result(20)
