"""A firm on a real server, with two pipelines, and pages of it that are signed in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.looking import WIDE
from tests.jobs.conftest import TAX
from tests.running import clearstage, environment, own_database, web

from .firm import OWNER, PASSWORD, Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PLAIN = """
pipeline: Plain
stages: [{stage: Open}, {stage: Waiting}, {stage: Closed}]
"""


@pytest.fixture(scope="package")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    folder = tmp_path_factory.mktemp("board")
    with own_database(os.environ.get("DATABASE_URL")) as database:
        env = environment(folder / "data", database)
        words = ("firm", "create", "Lindqvist & Partners", "--owner", OWNER, "--password-stdin")
        clearstage(*words, env=env, says=PASSWORD)
        token = clearstage("token", "create", "--member", OWNER, "--scope", "write", env=env)
        with web(env, folder / "web.log", token) as url:
            found = Firm(url, token)
            found.send("POST", "/tags", json={"name": "foreign"})
            found.send("POST", "/tags", json={"name": "returning"})
            found.pipeline(TAX)
            found.pipeline(PLAIN)
            yield found


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, firm: Firm) -> Any:
    """What a browser keeps once the owner has signed in."""
    context = chromium.new_context(base_url=firm.url)
    page = context.new_page()
    page.goto("/sign-in/?next=/jobs/")
    page.fill("#id_email", OWNER)
    page.fill("#id_password", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url("**/jobs/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def open_page(chromium: Browser, firm: Firm, signed_in: Any) -> Iterator[Callable[..., Page]]:
    """`open_page(address, …)`: signed in. A message on the console that nobody expected fails the test."""
    broken: list[str] = []
    contexts = []

    def start(address: str, viewport: Any = None, *, stopped: bool = False, **more: Any) -> Page:
        """`stopped`: the page's clock stands still until the test runs it on."""
        context = chromium.new_context(
            base_url=firm.url, viewport=viewport or WIDE, storage_state=signed_in, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: message.type == "error" and broken.append(message.text))
        if stopped:
            page.clock.install()
        page.goto(address)
        if stopped:
            page.clock.pause_at(page.evaluate("Date.now()") + 1000)
        return page

    yield start
    for context in contexts:
        context.close()
    # 409 and 422 are answers, and the browser says so on its console.
    assert [text for text in broken if not re.search(r"status of (409|412|422)", text)] == []
