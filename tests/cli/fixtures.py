"""Fixtures about whole installations; `tests/cli` and `tests/worker` both use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installations import Installation, new_installation


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """Nothing at all yet: no folder, no tables."""
    with new_installation(tmp_path / "empty") as installation:
        yield installation


@pytest.fixture(scope="session")
def with_firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a firm and a sealed record, to be copied; nobody changes it."""
    with new_installation(tmp_path_factory.mktemp("firm") / "data") as installation:
        installation.create_firm()
        installation.python("from clearstage.events.chain import seal_events\nseal_events(look_back=None)")
        yield installation


@pytest.fixture
def firm_installation(with_firm: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation with a firm and its owner."""
    with new_installation(tmp_path / "data", with_firm) as installation:
        yield installation
