"""Clearstage's tables as text that belongs to no database: one JSON array a row, below a line that names the columns.

What is known about columns comes from models as they were when the rows were written, so that the backup of an older
version is read as what it was and migrated afterwards.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import Any

import orjson
from django.apps.registry import Apps
from django.db import connection, models, transaction
from django.utils.duration import duration_iso_string

from clearstage.kernel.errors import Refused
from clearstage.kernel.rows import insert_rows

AT_A_TIME = 1000
Model = type[models.Model]


def models_in(apps: Apps, labels: set[str]) -> list[Model]:
    """The models that have a table, those that others point to first, as far as there is such an order."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and model._meta.managed and not model._meta.proxy
    }
    pointing = {
        table: sorted(
            {
                other._meta.db_table
                for field in model._meta.concrete_fields
                if (other := _target(field)) is not None
            }
            & set(found) - {table}
        )
        for table, model in sorted(found.items())
    }
    try:
        return [found[table] for table in TopologicalSorter(pointing).static_order()]
    except CycleError:  # constraints wait for the end of the transaction, so the order is no more than tidy
        return [found[table] for table in sorted(found)]


def _target(field: Any) -> Model | None:
    return field.remote_field.model if field.remote_field else None


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside the block is as it was at one moment; nobody else is kept waiting."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # Django would begin IMMEDIATE, which keeps writers out.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def lines_of(model: Model) -> Iterator[bytes]:
    """The table as lines, read little by little: the names of the columns, then the rows."""
    fields = model._meta.concrete_fields
    yield _line([field.column for field in fields])
    rows = model._base_manager.order_by("pk").values_list(*[field.attname for field in fields])
    for row in rows.iterator(chunk_size=AT_A_TIME):
        yield _line(row)


def _line(values: Any) -> bytes:
    return json.dumps(values, default=_as_text, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _as_text(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return str(value)  # decimals, UUIDs


def load(model: Model, lines: Iterable[bytes]) -> int:
    """Insert the rows of a table that is empty; answers how many there were."""
    lines = iter(lines)
    columns = json.loads(next(lines, b"null"))
    fields = {field.column: field for field in model._meta.concrete_fields}
    if not isinstance(columns, list) or set(map(str, columns)) != set(fields):
        raise Refused([f"The table {model._meta.db_table} has other columns in the backup than it has here."])
    chosen = [fields[column] for column in columns]
    names, readers = [field.name for field in chosen], [_reader(field) for field in chosen]
    count = 0
    while chunk := list(islice(lines, AT_A_TIME)):
        rows = [
            [read(value) for read, value in zip(readers, json.loads(line), strict=True)] for line in chunk
        ]
        insert_rows(model, names, rows)
        count += len(rows)
    return count


def _reader(field: Any) -> Callable[[Any], Any]:
    """How a value of the column goes from the text into `insert_rows`."""
    if isinstance(field, models.JSONField):

        def read_json(value: Any) -> Any:
            if value is None and field.null:
                return None
            return orjson.Fragment(json.dumps(value, ensure_ascii=False))

        return read_json
    if isinstance(field, models.DateField):  # dates and times are converted there
        return lambda value: None if value is None else field.to_python(value)
    return lambda value: None if value is None else field.get_db_prep_save(field.to_python(value), connection)


def last_id(model: Model) -> int | None:
    """The largest id that was ever given out, which may be of a row that is no more and is not to be used again."""
    field = model._meta.pk
    if not isinstance(field, models.AutoField | models.BigAutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        else:
            sequence = "pg_get_serial_sequence(%s, %s)::regclass"
            cursor.execute(f"SELECT pg_sequence_last_value({sequence})", [model._meta.db_table, field.column])
        given_out = cursor.fetchone()[0] or 0
    largest = model._base_manager.aggregate(largest=models.Max("pk"))["largest"] or 0
    return max(given_out, largest)


def go_on_after(model: Model, number: int) -> None:
    """The next id that is given out is larger than `number`."""
    table, field = model._meta.db_table, model._meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        else:
            assert field is not None
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, field.column, number])
