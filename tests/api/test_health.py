"""Whether it lives, and whether it can serve."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from clearstage.api import health

from .caller import Caller


@pytest.fixture
def migrated(db: None, settings: Any) -> MigrationRecorder:
    """As if the test's database had been made by migrations, which it is not under `--nomigrations`."""
    settings.MIGRATION_MODULES = {}
    health._known_to_be_migrated.cache_clear()
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        key = (
            "integer PRIMARY KEY AUTOINCREMENT" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
        )
        moment = "datetime" if connection.vendor == "sqlite" else "timestamptz"
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TABLE django_migrations (id {key}, app varchar(255), name varchar(255), applied {moment})"
            )
    for name in MigrationExecutor(connection).loader.graph.nodes:
        if name not in recorder.applied_migrations():
            recorder.record_applied(*name)
    return recorder


def test_a_process_that_answers_lives() -> None:
    answer = Caller(None).get("/health/live")
    assert (answer.status, answer["status"]) == (200, "ok")


def test_ready_with_a_migrated_database(migrated: Any) -> None:
    assert Caller(None).get("/health/ready").json == {"status": "ok"}


def test_not_ready_before_the_database_is_migrated(migrated: MigrationRecorder) -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("access")[0]
    migrated.record_unapplied(*latest)
    answer = Caller(None).get("/health/ready")
    assert (answer.status, answer["status"]) == (503, "not ready")
    migrated.record_applied(*latest)
    assert Caller(None).get("/health/ready").status == 200
