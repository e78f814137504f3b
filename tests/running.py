"""The product as its users start it: real processes on loopback, with a data folder (and database) of their own.

DATABASE_URL    where it is PostgreSQL, a database of the test's own is made beside it and dropped
CLEARSTAGE_BIN  the command to start, where it is not the one beside this Python
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

COMMAND = os.environ.get("CLEARSTAGE_BIN") or str(Path(sys.executable).with_name("clearstage"))
STARTING, ENDING = 60, 20  # seconds


@contextmanager
def own_database(url: str | None) -> Iterator[str | None]:
    """None where the product shall use its default; on PostgreSQL a new database, dropped afterwards."""
    if not url or not url.startswith("postgres"):
        yield None
        return
    import psycopg
    from psycopg import sql

    name = f"clearstage_reference_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def environment(data: Path, database: str | None) -> dict[str, str]:
    """The caller's, without what the test suite has set for itself: mail stays in files of the data folder."""
    kept = {
        key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "EMAIL_URL")
    }
    kept.pop("DATABASE_URL", None)
    return kept | {"CLEARSTAGE_DATA": str(data)} | ({"DATABASE_URL": database} if database else {})


def clearstage(*words: str, env: dict[str, str], says: str | None = None) -> str:
    done = subprocess.run(
        [COMMAND, *words], env=env, input=says, text=True, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, (
        f"clearstage {' '.join(words)} -> {done.returncode}\n{done.stdout}\n{done.stderr}"
    )
    return done.stdout.strip()


def free_port() -> int:
    """One that is given to no connection, since whoever tries again while a server is down would take its place."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def web(env: dict[str, str], log: Path, token: str) -> Iterator[str]:
    """`clearstage web` on a port of its own, ready; ended by its own process id."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start("web", "--host", "127.0.0.1", "--port", str(port), env=env, log=log)
    try:
        wait_until_it_answers(process, url, token, log)
        yield url
    finally:
        end(process)


def start(*words: str, env: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A long-running command, in a process group of its own, its output added to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [COMMAND, *words],
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            start_new_session=True,
        )


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str, token: str, log: Path) -> None:
    until = time.monotonic() + STARTING
    while not answers(url, token):
        assert process.poll() is None, f"clearstage web has ended:\n{log.read_text()[-4000:]}"
        assert time.monotonic() < until, f"clearstage web does not answer:\n{log.read_text()[-4000:]}"
        time.sleep(0.05)


def end(process: subprocess.Popen[bytes]) -> None:
    """Politely, then not."""
    process.terminate()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """-9, with all that the process started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def answers(url: str, token: str) -> bool:
    try:
        response = httpx.get(
            f"{url}/api/v1/members", headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
    except httpx.TransportError:
        return False
    return response.status_code == httpx.codes.OK
