"""A stretch of code in which the database itself refuses every write, whatever the code tries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_only() -> Iterator[None]:
    """Inside the block a write raises `django.db.DatabaseError`; reading goes on as ever.

    On PostgreSQL the block is one transaction that reads one state. On SQLite it opens none (one that may write is
    refused, too), so the block must not use `transaction.atomic`.
    """
    if connection.vendor == "sqlite":
        with _sqlite_reads_only():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            yield


@contextmanager
def _sqlite_reads_only() -> Iterator[None]:
    connection.ensure_connection()
    guarded = connection.connection
    guarded.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        # Not by Django's cursor: it asks nothing of the database after an error inside a transaction.
        guarded.execute("PRAGMA query_only = OFF")
