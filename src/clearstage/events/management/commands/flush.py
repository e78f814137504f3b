from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from clearstage.events.append_only import unguarded


class Command(flush.Command):
    """Django's `flush`, which empties a whole database: what tests with real transactions end with.

    PostgreSQL truncates, which no row trigger sees. SQLite deletes, which the triggers on the record refuse.
    """

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor != "sqlite":
            return super().handle(**options)
        with unguarded(connection):
            return super().handle(**options)
