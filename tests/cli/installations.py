"""Installations of their own, driven from outside through real processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = (
    os.environ.get("DATABASE_URL", "") if os.environ.get("DATABASE_URL", "").startswith("postgres") else ""
)
OWNER = "ada@example.com"
PASSWORD = "correct horse battery"


@dataclass
class Installation:
    """A data folder and a database. What it starts and leaves running is ended with the test."""

    folder: Path
    database_url: str = ""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLEARSTAGE_")}
        for name in ("DATABASE_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"):
            kept.pop(name, None)
        if self.database_url:
            kept["DATABASE_URL"] = self.database_url
        return kept | {"CLEARSTAGE_DATA": str(self.folder), "HOME": str(self.home)} | more

    @property
    def home(self) -> Path:
        """Where nothing is to be written."""
        return self.folder.parent / "home"

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "clearstage.cli.main", *arguments],
            input=stdin, text=True, capture_output=True, cwd=ROOT, timeout=120, check=False,
            env=self.environment(**environment),
        )  # fmt: skip

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Its output is in the file `output`, of all that was started."""
        with self.output.open("a") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "clearstage.cli.main", *arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
                env=self.environment(**environment),
            )  # fmt: skip
        self.started.append(process)
        return process

    def python_in_background(self, code: str) -> subprocess.Popen[str]:
        """The same, left running; what it says is in `output`."""
        with self.output.open("a") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", f"import django; django.setup()\n{code}"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
                env=self.environment(DJANGO_SETTINGS_MODULE="clearstage.config.settings"),
            )  # fmt: skip
        self.started.append(process)
        return process

    @property
    def output(self) -> Path:
        logs = Path(os.environ.get("CLEARSTAGE_LOGS") or self.folder.parent)
        return logs / f"{self.folder.parent.name}-{self.folder.name}-{os.getpid()}.log"

    def python(self, code: str) -> str:
        """Run a few lines of Python inside the installation; answers what they print."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            text=True, capture_output=True, cwd=ROOT, timeout=120, check=False,
            env=self.environment(DJANGO_SETTINGS_MODULE="clearstage.config.settings"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into its database, or change it, without starting a process; values (moments in UTC) stand for `?`."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                done = connection.execute(statement.replace("?", "%s"), values)
                return done.fetchall() if done.description else []
        texts = [f"{each:%Y-%m-%d %H:%M:%S}" if isinstance(each, datetime) else each for each in values]
        file = self.folder / "clearstage.sqlite3"
        with contextlib.closing(sqlite3.connect(file, timeout=30)) as database, database:
            return database.execute(statement, texts).fetchall()

    def create_firm(self) -> None:
        done = self.run(
            "firm", "create", "Ada & Co", "--owner", OWNER, "--password-stdin", stdin=PASSWORD + "\n"
        )
        assert done.returncode == 0, done.stderr

    def end_leases(self) -> None:
        """What a worker took and did not finish is anybody's now."""
        statement = "UPDATE outbox_delivery SET lease_until = ? WHERE state = 'pending'"
        self.sql(statement, datetime.now(UTC))

    def mails(self) -> list[Path]:
        return list((self.folder / "mail").glob("*.eml"))

    def end(self) -> None:
        for process in self.started:
            below = descendants(process.pid)
            if process.poll() is None:
                process.kill()
            for pid in below:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait(timeout=20)


@contextlib.contextmanager
def new_installation(
    folder: Path, template: Installation | None = None, *, sqlite: bool = False
) -> Iterator[Installation]:
    """An installation on the database that is tested on, empty or a copy of another one."""
    folder.parent.mkdir(exist_ok=True)
    if template and template.folder.exists():
        shutil.copytree(template.folder, folder)
    url = "" if sqlite else POSTGRES
    with (
        database_like(url, template.database_url if template else "")
        if url
        else contextlib.nullcontext("") as own
    ):
        installation = Installation(folder, own)
        try:
            yield installation
        finally:
            installation.end()


@contextlib.contextmanager
def database_like(url: str, template: str = "") -> Iterator[str]:
    """A PostgreSQL database beside the one of the address."""
    name = f"clearstage_{secrets.token_hex(6)}"
    copied = f' TEMPLATE "{urlsplit(template).path.strip("/")}"' if template else ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def wait_until(condition: Callable[[], object], seconds: float = 30, why: Callable[[], str] = str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"It did not come to pass within {seconds} seconds. {why()}"
        time.sleep(0.02)


def descendants(pid: int) -> list[int]:
    """The processes below one, all generations."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            text = status.read_text()
            parents[int(status.parent.name)] = int(text.rpartition(")")[2].split()[1])
    found = [child for child, parent in parents.items() if parent == pid]
    for child in found:
        found += [below for below, parent in parents.items() if parent == child]
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is more than a dead one whose parent has not looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
