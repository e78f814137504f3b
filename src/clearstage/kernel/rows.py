"""Many rows at once, for the hot tables only (jobs, items, links, events, deliveries).

Building model instances for a move of a thousand jobs costs a multiple of writing them. This helper writes tuples by
`executemany`, which SQLite runs as one prepared statement and psycopg as one pipeline, with the few conversions that
SQLite needs and the models' own column names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models

from .settled import hold_ids, is_followed

Row = Sequence[Any]


def _compact(value: Any) -> str:
    return orjson.dumps(value).decode()


def allocate_ids(counts: dict[type[models.Model], int]) -> dict[type[models.Model], range]:
    """Reserve consecutive ids for rows that will be inserted in this transaction: one query for all tables.

    On SQLite the open IMMEDIATE transaction is what keeps others out; on PostgreSQL the sequences are moved on.
    """
    wanted = {model: count for model, count in counts.items() if count}
    if not wanted:
        return {model: range(0) for model in counts}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            last = dict(cursor.fetchall())
            first = {model: (last.get(model._meta.db_table) or 0) + 1 for model in wanted}
            found = {model: range(first[model], first[model] + count) for model, count in wanted.items()}
        else:
            parts = [_reserving(model, count) for model, count in wanted.items()]
            cursor.execute(f"SELECT {', '.join(parts)}")
            found = dict(zip(wanted, cursor.fetchone(), strict=True))
    return {model: found.get(model, range(0)) for model in counts}


def _reserving(model: type[models.Model], count: int) -> str:
    """Ids of a followed table are drawn behind its lock: the rows of `held` are there only after it is taken."""
    series = f"generate_series(1, {int(count)})"
    held = f"WITH held AS MATERIALIZED ({hold_ids(model)}) " if is_followed(model) else ""
    source = f"held, {series}" if held else series
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    return f"({held}SELECT array_agg(nextval({sequence})) FROM {source})"


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Row], *, ignore_conflicts: bool = False
) -> int:
    """Insert `rows`, each with one value per field name in `names`, in one statement; answers how many went in."""
    if not rows:
        return 0
    columns = ", ".join(f'"{_field(model, name).column}"' for name in names)
    gaps = ", ".join(["%s"] * len(names))
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({gaps}){tail}'
    with connection.cursor() as cursor:
        cursor.executemany(statement, _converted(model, names, rows))
        return int(cursor.rowcount)


def gather_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    keys: Sequence[str],
    counter: str,
    once: str,
) -> None:
    """Insert `rows` in one statement; one whose `keys` (a unique constraint) are there is counted into that row.

    That row takes over its values, and its `counter` grows by that of the new one; what has the same value of `once`
    is there and changes nothing.
    """
    if not rows:
        return
    table = f'"{model._meta.db_table}"'
    columns, unique = ([f'"{_field(model, name).column}"' for name in given] for given in (names, keys))
    counted, told = (f'"{_field(model, name).column}"' for name in (counter, once))
    taken = [f"{column} = excluded.{column}" for column in columns if column != counted]
    statement = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(names))}) "
        f"ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {', '.join(taken)}, "
        f"{counted} = {table}.{counted} + excluded.{counted} WHERE {table}.{told} <> excluded.{told}"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, _converted(model, names, rows))


def update_rows(
    model: type[models.Model], names: Sequence[str], keys: Sequence[str], rows: Sequence[Row]
) -> int:
    """Update one row per tuple: first the new values of `names`, then the values of `keys` that find it.

    Returns how many rows were found, so that a caller with a version among the keys notices who came first (M13).
    """
    if not rows:
        return 0
    changes = ", ".join(f'"{_field(model, name).column}" = %s' for name in names)
    found = " AND ".join(f'"{_field(model, name).column}" = %s' for name in keys)
    statement = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {found}'
    with connection.cursor() as cursor:
        cursor.executemany(statement, _converted(model, [*names, *keys], rows))
        return int(cursor.rowcount)


@lru_cache(maxsize=64)
def _sqlite_moment(moment: datetime) -> str:
    """Rows of one command share their moments, so the same few are converted over and over."""
    return str(connection.ops.adapt_datetimefield_value(moment))


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _converted(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> list[Row]:
    converters = _converters(model, tuple(names), connection.vendor)
    if not converters:
        return list(rows)
    converted: list[Row] = []
    for row in rows:
        values = list(row)
        for position, convert in converters:
            if values[position] is not None:
                values[position] = convert(values[position])
        converted.append(values)
    return converted


@lru_cache(maxsize=256)
def _converters(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> list[tuple[int, Callable[[Any], Any]]]:
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(names):
        field = _field(model, name)
        if isinstance(field, models.JSONField):
            found.append((position, _compact))
        elif vendor == "sqlite" and isinstance(field, models.DateTimeField):
            found.append((position, _sqlite_moment))
        elif vendor == "sqlite" and isinstance(field, models.DateField):
            found.append((position, str))
    return found


def delete_rows(model: type[models.Model], keys: Sequence[str], rows: Sequence[Row]) -> None:
    """Delete the row that each tuple of `keys` values names, where it is there."""
    if not rows:
        return
    found = " AND ".join(f'"{_field(model, name).column}" = %s' for name in keys)
    with connection.cursor() as cursor:
        cursor.executemany(
            f'DELETE FROM "{model._meta.db_table}" WHERE {found}', _converted(model, keys, rows)
        )
