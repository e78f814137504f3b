"""Following a table by its ids without missing a row.

On PostgreSQL a transaction takes its ids early and shows its rows late: 102 may be there before 101. Whoever reserves
ids of a followed table therefore holds, until his transaction ends, a shared lock that names a number below them; a
reader goes no further than the lowest of these. Writers never wait for one another, nor for readers. SQLite has one
writer at a time, so that its rows appear in order.
"""

from __future__ import annotations

from zlib import crc32

from django.db import connection, models

_BLOCK = 6  # the lock's key has 31 bits: it names blocks of 64 ids
# The sequence is looked at before the locks, which LATERAL sees to: who comes in between takes higher ids.
_SETTLED = """
WITH seen AS MATERIALIZED (
    SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')), 0) AS last
)
SELECT seen.last, holding.lowest FROM seen CROSS JOIN LATERAL (
    SELECT min(objid::bigint) AS lowest FROM pg_locks
    WHERE seen.last IS NOT NULL AND locktype = 'advisory' AND objsubid = 2 AND classid::bigint = %s
    AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS holding
"""


def is_followed(model: type[models.Model]) -> bool:
    """A model says so by `followed = True`."""
    return getattr(model, "followed", False)


def hold_ids(model: type[models.Model]) -> str:
    """SQL (PostgreSQL) that marks, until the transaction ends, from where on the table may get rows out of order."""
    last = f"coalesce(pg_sequence_last_value(pg_get_serial_sequence('{model._meta.db_table}', 'id')), 0)"
    return f"SELECT pg_advisory_xact_lock_shared({_space(model)}, ({last} >> {_BLOCK})::int)"


def settled_up_to(model: type[models.Model]) -> int:
    """The highest id up to which no row will appear any more that a query made from now on does not see.

    Rows of the caller's own transaction count as there.
    """
    if connection.vendor != "postgresql":
        return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)
    with connection.cursor() as cursor:
        cursor.execute(_SETTLED, [model._meta.db_table, _space(model)])
        last, held = cursor.fetchone()
    return int(last) if held is None else min(int(last), int(held) << _BLOCK)


def _space(model: type[models.Model]) -> int:
    return crc32(model._meta.db_table.encode()) & 0x7FFFFFFF
