"""The chain over the events: what was changed, taken away or slipped in afterwards is noticed (X6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection, transaction

from clearstage.events.chain import LOOK_BACK, MOST_PROBLEMS, canonical, seal_events, verify_chain
from clearstage.events.models import Event, Seal
from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor, the_firm

Happen = Callable[..., list[int]]


def run(statement: str, *values: Any) -> None:
    """As somebody would who has the database itself; foreign keys do not stop him either."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def problems() -> list[str]:
    return verify_chain().problems


def test_events_are_sealed_in_order_each_once(happen: Happen) -> None:
    ids = happen(7)
    assert seal_events(limit=3) == 3
    assert seal_events(limit=3) == 3
    assert seal_events(limit=3) == 1
    assert seal_events(limit=3) == 0
    assert list(Seal.objects.order_by("id").values_list("id", "event")) == list(enumerate(ids, start=1))


def test_a_chain_as_it_was_written_holds(happen: Happen) -> None:
    assert problems() == []
    happen(20, text="Grüße, “quotes” \u2028 and 😀")
    seal_events(limit=7)
    seal_events()
    found = verify_chain()
    assert (found.events, found.seals, found.problems) == (20, 20, [])
    assert found.head == Seal.objects.get(pk=20).hash


def test_the_form_that_is_hashed_never_changes() -> None:
    at = datetime(2026, 3, 1, 13, 30, 5, 70, tzinfo=timezone(timedelta(hours=2)))
    event = {
        "id": 5,
        "at": at,
        "kind": "job_moved",
        "cause": None,
        "on_behalf": "",
        "data": {"b": [1.5, 2.0], "a": "é"},
    }
    expected = (
        '{"at":"2026-03-01T11:30:05.000070+00:00","data":{"a":"é","b":[1.5,2]},'
        '"id":5,"kind":"job_moved","on_behalf":""}'
    )
    assert canonical(event) == expected.encode()


def test_a_seal_covers_the_one_before(happen: Happen) -> None:
    happen(2)
    seal_events()
    first, second = (canonical(event) for event in Event.objects.order_by("id").values())
    assert list(Seal.objects.order_by("id").values_list("hash", flat=True)) == [
        (one := sha256(first).hexdigest()),
        sha256(one.encode() + second).hexdigest(),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1e16, 10**16), (-0.0, 0), (2.0, 2), (1e300, 10**300), (-1e20, -(10**20)), ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ([1.0, {"x": 3.0}], [1, {"x": 3}]),
    ],
)  # fmt: skip
def test_one_number_in_two_spellings_is_hashed_alike(one: Any, other: Any) -> None:
    assert canonical({"data": {"value": one}}) == canonical({"data": {"value": other}})


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), ("1", 1), (None, ""), ([], {}), (0.1, 0.2)]
)
def test_different_values_are_hashed_differently(one: Any, other: Any) -> None:
    assert canonical({"data": {"value": one}}) != canonical({"data": {"value": other}})


def test_what_goes_in_and_what_comes_out_are_hashed_alike(db: None) -> None:
    told = {
        "numbers": [
            0.1,
            -0.0,
            1e16,
            1e-7,
            123456789012,
            2**53,
            5e-324,
            1.7976931348623157e308,
            1e22,
            100.0,
            3.14,
        ],
        "texts": ["", "ä", "a\u0301", "😀", "\u2028", "\\", '"', "</script>", "\t"],
        "nested": {"z": {"b": None, "a": [[], {}, [None, True, False]]}, "aa": 1, "Z": 2, "é": 3, "b": 4},
    }
    at = datetime(2026, 11, 21, 1, 2, 3, 999999, tzinfo=UTC)
    actor = Actor("member", 2**40, "Ünal", via="web")
    with clock.at(at):
        record(
            actor,
            Happening("tested", told, job=1, account=2, cause=3, action=4, revision=5, on_behalf="Carl"),
        )
    row = Event.objects.values().get()
    columns = {"id": row["id"], "at": at, "kind": "tested", "actor_kind": "member", "actor": 2**40}
    columns |= {"actor_name": "Ünal", "on_behalf": "Carl", "via": "web", "job": 1, "account": 2, "cause": 3}
    assert canonical(row) == canonical(columns | {"action": 4, "revision": 5, "data": told})


def test_a_column_that_a_later_version_adds_leaves_older_seals_as_they_are(event: Event) -> None:
    row = Event.objects.values().get()
    assert canonical(row | {"later": None}) == canonical(row)
    assert canonical(row | {"later": "x"}) != canonical(row)


def test_an_event_that_appears_late_is_sealed_when_it_is_seen(happen: Happen) -> None:
    happen(3)
    late = happen()[0] + 1
    record(the_firm(), Happening("tested", id=late + 1))
    seal_events()
    record(the_firm(), Happening("tested", id=late))
    assert seal_events() == 1
    assert Seal.objects.order_by("-id").values_list("event", flat=True).first() == late
    assert problems() == []


def test_an_event_that_appears_very_late_is_left_to_the_look_at_all_of_them(happen: Happen) -> None:
    last = happen()[0] + LOOK_BACK + 10
    record(the_firm(), Happening("tested", id=last))
    seal_events()
    record(the_firm(), Happening("tested", id=last - LOOK_BACK - 1))
    assert seal_events() == 0
    assert seal_events(look_back=None) == 1
    assert problems() == []


CHANGES = {
    "id": "7000", "at": "'2020-01-01 00:00:00.000000+00:00'", "kind": "'job_moved'", "actor_kind": "'member'",
    "actor": "1", "actor_name": "'Mallory'", "on_behalf": "'Carl'", "via": "'web'", "cause": "1",
    "action": "1", "job": "1", "account": "1", "revision": "1", "data": """'{"number": 99}'""",
}  # fmt: skip


def test_every_column_is_covered() -> None:
    assert set(CHANGES) == {field.name for field in Event._meta.concrete_fields}


@pytest.mark.parametrize("column", sorted(set(CHANGES) - {"id"}))
def test_a_changed_event_is_reported_and_it_alone(happen: Happen, without_guards: None, column: str) -> None:
    ids = happen(5)
    seal_events()
    run(f"UPDATE events_event SET {column} = {CHANGES[column]} WHERE id = %s", ids[2])
    assert problems() == [f"Event {ids[2]} does not match seal 3: it or the seal before it was changed."]


def test_a_changed_seal_is_reported(happen: Happen, without_guards: None) -> None:
    happen(5)
    seal_events()
    run("UPDATE events_seal SET hash = %s WHERE id = 3", "0" * 64)
    assert [problem.split(":")[0] for problem in problems()] == [
        f"Event {event} does not match seal {seal}"
        for seal, event in Seal.objects.filter(id__in=[3, 4]).order_by("id").values_list("id", "event")
    ]


def test_an_event_that_is_gone_is_reported(happen: Happen, without_guards: None) -> None:
    ids = happen(5)
    seal_events()
    with connection.constraint_checks_disabled():
        sink = transaction.savepoint()
        run("UPDATE events_seal SET event_id = 7000 WHERE id = 3")
        assert problems()[0] == "Event 7000 is missing; its seal 3 is still there."
        transaction.savepoint_rollback(sink)
    run("DELETE FROM events_seal WHERE id = 3")
    run("DELETE FROM events_event WHERE id = %s", ids[2])
    assert problems() == [
        "Seal 3 is missing.",
        f"Event {ids[3]} does not match seal 4: it or the seal before it was changed.",
    ]


def test_an_event_that_was_slipped_in_is_reported(happen: Happen, without_guards: None) -> None:
    ids = happen(3)
    seal_events()
    with clock.at(clock.now() - timedelta(hours=1)):
        record(the_firm(), Happening("tested", id=ids[-1] + 1))
    assert problems() == [
        f"No seal yet on 1 older event(s), the first is {ids[-1] + 1}. Is a worker running?"
    ]


def test_an_event_that_nobody_has_sealed_for_a_minute_is_reported(happen: Happen) -> None:
    ids = happen(2)
    assert problems() == []
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert problems() == [f"No seal yet on 2 older event(s), the first is {ids[0]}. Is a worker running?"]
        seal_events()
        assert problems() == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize(
    "change", ["data = '{'", "at = 'yesterday'", "data = '\"\\ud800\"'", "actor = 'x'", "data = 'NaN'"]
)
def test_an_event_that_was_made_unreadable_is_reported(
    happen: Happen, without_guards: None, change: str
) -> None:
    ids = happen(3)
    seal_events()
    run("PRAGMA ignore_check_constraints = ON")
    run(f"UPDATE events_event SET {change} WHERE id = {ids[1]}")
    run("PRAGMA ignore_check_constraints = OFF")
    assert problems() == [f"Event {ids[1]} does not match seal 2: it or the seal before it was changed."]


def test_of_very_many_problems_the_first_are_told(happen: Happen, without_guards: None) -> None:
    happen(MOST_PROBLEMS + 50)
    seal_events()
    run("UPDATE events_event SET via = 'web'")
    assert len(problems()) == MOST_PROBLEMS + 1
    assert problems()[-1] == "… and 50 more."


def test_a_long_chain_is_sealed_and_verified_little_by_little(
    happen: Happen, django_assert_max_num_queries: Any
) -> None:
    happen(1600)
    with django_assert_max_num_queries(10):
        assert seal_events(limit=2000) == 1600
    with django_assert_max_num_queries(14):
        assert verify_chain().seals == 1600
