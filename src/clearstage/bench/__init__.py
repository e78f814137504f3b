"""The benchmark suite: what the product does, in figures, on a database of its own.

`clearstage bench [--jobs N] [--json FILE]` starts `clearstage.bench.suite` in a process of its own with a data folder
(and, on PostgreSQL, a database) that is made for the run and thrown away after it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

SMALLEST = 100


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("bench", help="measure this machine: moves, boards, portal, API, memory")
    parser.add_argument("--jobs", type=int, default=1000, metavar="N", help="jobs in the bulk move (1000)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the suite in a process of its own; answers its exit status."""
    if not SMALLEST <= args.jobs <= 1000:
        print(
            f"clearstage bench: --jobs takes {SMALLEST} to 1000, the most that one command moves",
            file=sys.stderr,
        )
        return 2
    words = [sys.executable, "-m", "clearstage.bench.suite", "--jobs", str(args.jobs)]
    if args.json:
        words += ["--json", os.path.abspath(args.json)]
    with tempfile.TemporaryDirectory(prefix="clearstage-bench-") as folder, _database() as url:
        environment = {**os.environ, "CLEARSTAGE_DATA": folder, "DATABASE_URL": url, "EMAIL_URL": ""}
        return subprocess.run(words, env=environment, check=False).returncode


@contextmanager
def _database() -> Iterator[str]:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    import psycopg
    from psycopg import sql

    name = sql.Identifier(made := f"clearstage_bench_{secrets.token_hex(6)}")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield urlsplit(url)._replace(path=f"/{made}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
