"""What holds for every test: quick passwords, and an honest word on how much was run."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = ["tests.fixtures"]

RAN = ("passed", "failed", "error", "xfailed", "xpassed")
LONG = ("slow", "chaos", "long")
not_selected = pytest.StashKey[Counter[str]]()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashing is slow on purpose; tests need not wait for it."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A browser's pages are answered beside the test. On SQLite connections wait for one another in a file alone, as an
    installation has it; in memory, whoever comes second is refused."""
    from django.db import connections

    settings = connections.settings["default"]
    if "sqlite" in settings["ENGINE"] and any(
        item.get_closest_marker("browser") for item in request.session.items
    ):
        settings["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests take in lies in a folder of the session."""
    from django.conf import settings
    from django.test import override_settings

    place = settings.STORAGES["files"]
    options = {**place["OPTIONS"], "location": str(tmp_path_factory.mktemp("files"))}
    with override_settings(STORAGES={**settings.STORAGES, "files": {**place, "OPTIONS": options}}):
        yield


def pytest_configure(config: pytest.Config) -> None:
    config.stash[not_selected] = Counter()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage over and over is a tenth of the time tests take."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)  # after `-m`, so that what is left is spread
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [item for item in items if for_another_database(item)]
    if elsewhere:
        items[:] = [item for item in items if item not in set(elsewhere)]
        config.hook.pytest_deselected(items=elsewhere)
    if workers := getattr(config, "workerinput", {}).get("workercount"):
        items[:] = [item for share in shares(items, workers) for item in share]


def shares(items: Sequence[pytest.Item], workers: int) -> list[list[pytest.Item]]:
    """The tests of each process, as `--dist=worksteal` deals them out: what takes long first, file by file, so that
    nothing is waited for in the end while one process has nothing left to do."""
    long = {item: None for item in items if any(map(item.get_closest_marker, LONG))}
    files: dict[str, list[pytest.Item]] = {}
    for item in long:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    begun = [
        [item for file in list(files.values())[worker::workers] for item in file] for worker in range(workers)
    ]
    others = iter([item for item in items if item not in long])
    left, dealt = len(items), []
    for worker, first in enumerate(begun):
        share = left // (workers - worker)
        dealt.append(first + list(islice(others, max(0, share - len(first)))))
        left -= share
    dealt[-1] += others
    return dealt


def for_another_database(item: pytest.Item) -> str | None:
    marks = {"only_postgres": "postgresql", "only_sqlite": "sqlite"}
    wanted = [vendor for mark, vendor in marks.items() if item.get_closest_marker(mark)]
    if not wanted:
        return None
    from django.db import connection

    return None if connection.vendor in wanted else wanted[0]


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        vendor = for_another_database(item)
        item.config.stash[not_selected][f"only for {vendor}" if vendor else "not selected"] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):  # one of several processes: it tells the first what it left out
        config.workeroutput["not_selected"] = dict(config.stash[not_selected])
    elif skipped_reports(config) and os.environ.get("CLEARSTAGE_NO_SKIPS") == "1" and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    # Every process leaves out the same tests.
    counts = getattr(node, "workeroutput", {}).get("not_selected", {})
    node.config.stash[not_selected] |= Counter(counts)


def skipped_reports(config: pytest.Config) -> list[Any]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.option.collectonly:
        return
    ran = {report.nodeid for outcome in RAN for report in terminalreporter.stats.get(outcome, [])}
    skipped = skipped_reports(config)
    left_out = [f"{count} {reason}" for reason, count in sorted(config.stash[not_selected].items())]
    if skipped:
        left_out.append(f"{len(skipped)} skipped")
    left_out += filter(None, os.environ.get("CLEARSTAGE_LEFT_OUT", "").splitlines())
    if skipped and os.environ.get("CLEARSTAGE_NO_SKIPS") == "1":
        terminalreporter.section("skipped, which counts as failed here (CLEARSTAGE_NO_SKIPS=1)", red=True)
        for report in skipped:
            reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.write_line(f"{report.nodeid}: {reason}")
    terminalreporter.write_sep("=", "how much was run")
    terminalreporter.write_line(f"{len(ran)} tests ran; left out: {'; '.join(left_out) or 'nothing'}")
