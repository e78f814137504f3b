"""The product, started as its users start it, against the rule book: random operations over HTTP.

CLEARSTAGE_RANDOM_OPERATIONS  how many (100), by the firm and by its clients, who are asked for things
CLEARSTAGE_RANDOM_SEED        which ones: the first part's seed, the next ones follow it (by chance; printed)

Many are done in parts of at most 5,000, of which each starts a product of its own. What it starts, and on which
database: see tests/running.py.
"""

import os
import re
import secrets
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from functools import partial
from math import ceil
from pathlib import Path

import pytest

from tests.running import clearstage, end, environment, own_database, start, web

from .asking_driver import AskingDriver
from .asking_product import AskingProduct
from .firm import OWNER
from .portal import Portal

OPERATIONS = int(os.environ.get("CLEARSTAGE_RANDOM_OPERATIONS", "100"))
PARTS = ceil(OPERATIONS / 5000)
WITHIN = 60  # seconds: the invitations


def letters(env: dict[str, str], folder: Path, emails: list[str]) -> dict[str, str]:
    """Let the worker deliver until there is a letter with a link for each; afterwards no mail goes out any more."""
    worker = start("worker", env=env, log=folder / "worker.log")
    until, found = time.monotonic() + WITHIN, dict[str, str]()
    try:
        while found.keys() < set(emails):
            assert time.monotonic() < until, f"invitations for {emails}, but only for {found}"
            time.sleep(0.1)
            for letter in (folder / "data" / "mail").glob("*.eml"):
                mail = message_from_bytes(letter.read_bytes(), policy=default)
                body = mail.get_body(("plain",))
                link = re.search(r"/portal/link/(\S+)", body.get_content() if body else "")
                if link:
                    found[mail["To"].addresses[0].addr_spec] = link[1]
    finally:
        end(worker)
    return found


@pytest.fixture
def product(tmp_path: Path) -> Iterator[AskingProduct]:
    (tmp_path / "data").mkdir()
    log = tmp_path / "web.log"
    with own_database(os.environ.get("DATABASE_URL")) as database:
        env = environment(tmp_path / "data", database)
        password = secrets.token_urlsafe(24) + "\n"
        clearstage(
            "firm", "create", "Reference firm", "--owner", OWNER, "--password-stdin", env=env, says=password
        )
        token = clearstage("token", "create", "--member", OWNER, "--scope", "write", env=env)
        with web(env, log, token) as url:
            product = AskingProduct(
                url, token, letters=partial(letters, env, tmp_path), browse=partial(Portal, url)
            )
            yield product
            product.http.close()
        print(
            f"the end of {log}:\n{log.read_text(errors='replace')[-4000:]}"
        )  # which pytest shows after a failure


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_random_operations(product: AskingProduct, part: int, capsys: pytest.CaptureFixture[str]) -> None:
    operations = (OPERATIONS + part - 1) // PARTS  # together all of them
    seed = int(os.environ.get("CLEARSTAGE_RANDOM_SEED") or secrets.randbelow(10**6)) + part - 1
    with capsys.disabled():
        print(f"\n{operations} random operations, CLEARSTAGE_RANDOM_SEED={seed}", flush=True)
    driver = AskingDriver(product, seed, check_all_every=300)
    started = time.monotonic()
    driver.run(operations)
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(f"{operations / seconds:.0f} operations and {product.requests / seconds:.0f} requests a second")
    assert driver.number == operations
