"""The triggers by which the database itself refuses to change or delete what has been recorded (X6).

They stop mistakes and other people's tools. Whoever owns the database can take them away, and the chain shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("events_event", "events_seal")
REFUSAL = "What has been recorded is never changed or deleted"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION clearstage_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL} (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard(connection: BaseDatabaseWrapper) -> None:
    """Refuse UPDATE and DELETE from now on."""
    if connection.vendor == "postgresql":
        statements = [_FUNCTION] + [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION clearstage_append_only()"
            for table in TABLES
        ]
    else:
        statements = [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL} ({table})'); END"
            for table in TABLES
            for verb in ("update", "delete")
        ]
    _run(connection, statements)


def unguard(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "postgresql":
        statements = [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in TABLES]
        statements.append("DROP FUNCTION IF EXISTS clearstage_append_only()")
    else:
        statements = [
            f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table in TABLES for verb in ("update", "delete")
        ]
    _run(connection, statements)


@contextmanager
def unguarded(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers inside the block; they are back whatever happens, since all of it is one transaction."""
    with transaction.atomic(using=connection.alias):
        unguard(connection)
        yield
        guard(connection)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
