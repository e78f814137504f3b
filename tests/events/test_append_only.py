"""The database itself refuses to change or delete what was recorded (X6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from clearstage.events.append_only import TABLES, unguarded
from clearstage.events.chain import seal_events
from clearstage.events.models import Event, Seal

Happen = Callable[..., list[int]]


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}", "DELETE FROM {} WHERE id > 0"]
)
def test_what_was_recorded_is_never_changed_or_deleted(happen: Happen, table: str, statement: str) -> None:
    happen(3)
    seal_events()
    with pytest.raises(IntegrityError, match="never changed or deleted"):
        run(statement.format(table))
    assert (Event.objects.count(), Seal.objects.count()) == (3, 3)


def test_models_are_refused_as_well(event: Event) -> None:
    seal_events()
    event.kind = "something_else"
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(data={})
    assert Event.objects.get().kind == "tested"


def test_an_error_while_the_guards_are_off_puts_them_back(happen: Happen) -> None:
    happen()

    def fail() -> None:
        with unguarded(connection):
            run("DELETE FROM events_event")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert Event.objects.count() == 1
    with pytest.raises(IntegrityError):
        run("DELETE FROM events_event")


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_tables_and_leaves_the_guards(happen: Happen) -> None:
    happen()
    seal_events()
    call_command("flush", interactive=False, verbosity=0)
    assert (Event.objects.count(), Seal.objects.count()) == (0, 0)
    happen()
    with pytest.raises(IntegrityError):
        run("DELETE FROM events_event")
