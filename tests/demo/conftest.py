"""The demo firm, loaded once for all tests of a file: a rollback takes it away again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from clearstage.kernel import clock

BASE_URL = "http://demo.test:8000"
NOW = datetime(2026, 11, 18, 19, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Loaded:
    folder: Path
    sign_ins: list[dict[str, Any]]
    complaints: list[str]
    now: datetime

    def of(self, role: str) -> list[dict[str, Any]]:
        return [each for each in self.sign_ins if each["role"] == role]


class Listening(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


def load_at(folder: Path, now: datetime) -> Loaded:
    from clearstage.demo.load import load_demo

    listening, logger = Listening(), logging.getLogger("clearstage.demo")
    logger.addHandler(listening)
    try:
        with clock.at(now):
            return Loaded(folder, load_demo(folder, BASE_URL), listening.heard, now)
    finally:
        logger.removeHandler(listening)


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """A Wednesday afternoon; the clock stays there for the tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        loaded = load_at(tmp_path_factory.mktemp("demo"), NOW)
        with clock.at(NOW):
            yield loaded
        transaction.set_rollback(True)
