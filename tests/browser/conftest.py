"""One Chromium for all browser tests of a process, and pages of a firm that runs in it.

CHROMIUM says where the browser is; pictures are under build/screens/, for a person to look at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .looking import PHONE, SCREENS, WIDE, at_rest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from clearstage.firm.models import Member


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop in this thread; the database does not.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def sign_in(chromium: Browser, live_server: Any) -> Iterator[Callable[[Member], Page]]:
    """`sign_in(member)`: at home. An error of a script, or something the security policy forbids, fails the test."""
    broken: list[str] = []
    contexts = []

    def start(member: Member) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport=WIDE)
        contexts.append(context)
        context.add_cookies([{**each, "url": live_server.url} for each in cookies_of(member)])
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: "Content Security" in said.text and broken.append(said.text))
        page.goto("/")
        return page

    yield start
    for context in contexts:
        context.close()
    assert broken == []


def cookies_of(member: Member) -> list[Any]:
    from django.test import Client

    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return [{"name": name, "value": kept.value} for name, kept in client.cookies.items()]


@pytest.fixture
def page(sign_in: Callable[[Member], Page], owner: Member) -> Page:
    """The owner's home."""
    return sign_in(owner)


@pytest.fixture
def picture() -> Callable[..., None]:
    SCREENS.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, *, both: bool = True) -> None:
        """At 1400 and at 390 pixels; the page is left as wide as it was."""
        before = page.viewport_size
        for size in (WIDE, PHONE) if both else (before,):
            page.set_viewport_size(size)
            at_rest(page)
            page.screenshot(path=str(SCREENS / f"{name}-{size['width']}.png"), caret="initial")
        page.set_viewport_size(before)

    return take
