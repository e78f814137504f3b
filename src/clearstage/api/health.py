"""Whether this process is alive, and whether it can serve: for whoever watches over it. No token is asked for."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest
from django.utils.translation import gettext as _t

from .fields import Answer
from .routing import Answered, Noun

noun = Noun("Health")


class Health(Answer):
    status: Literal["ok", "not ready"]
    problem: str | None = None


@noun.reads("/health/live", Health, summary="Is the process alive?", open=True)
def live(request: HttpRequest) -> Any:
    return {"status": "ok"}


@noun.reads("/health/ready", Health, summary="Can it serve?", open=True, also={503: Health})
def ready(request: HttpRequest) -> Any:
    """200 where the database can be reached and is migrated, otherwise 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        migrated = _is_migrated()
    except DatabaseError:
        return Answered({"status": "not ready", "problem": _t("The database cannot be reached.")}, 503)
    if not migrated:
        return Answered({"status": "not ready", "problem": _t("The database is not migrated.")}, 503)
    return {"status": "ok"}


def _is_migrated() -> bool:
    """Once it is, it stays so for as long as this process runs."""
    if _known_to_be_migrated.cache_info().currsize:
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    return _known_to_be_migrated()


@cache
def _known_to_be_migrated() -> bool:
    return True
