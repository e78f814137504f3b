"""What every page of the firm promises, in a real Chromium: dialogs, refusals, a lost connection, keys, the look.

The answers of commands are given by the test; the pages around them are real.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures import MakeAccount

from .looking import PHONE, SCREENS, WIDE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPENER = """() => {
  for (const [id, verb] of [["open", "hx-get"], ["send", "hx-post"]]) {
    const button = Object.assign(document.createElement("button"), { id, className: "btn", textContent: id });
    button.setAttribute(verb, "/x/");
    button.setAttribute(id === "open" ? "hx-target" : "hx-swap", id === "open" ? "#dialog" : "none");
    document.querySelector(".toolbar").append(button);
    htmx.process(button);
  }
}"""
DIALOG = """
<header class="dialog-head"><h2 id="dialog-title">Move</h2></header>
<form class="dialog-form" hx-post="/x/" hx-target="#dialog">
  <div data-problems></div><div class="dialog-body"><label>Name <input name="name" class="form-control"></label></div>
  <footer class="dialog-foot"><button type="submit" class="btn btn-primary">Move</button></footer>
</form>"""
PROBLEMS = '<div class="problems" role="alert" tabindex="-1"><p>There is nobody to write to.</p></div>'


@pytest.fixture
def answers(page: Page) -> Callable[..., None]:
    """`answers(...)` says what the next POST to /x/ gets; a GET gets the dialog."""
    said: dict[str, Any] = {}

    def respond(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(content_type="text/html", body=DIALOG)
        elif said:
            assert route.request.headers["x-csrftoken"]
            route.fulfill(content_type="text/html", **said)
        else:
            route.abort()

    page.route("**/x/", respond)
    page.evaluate(OPENER)
    return lambda **answer: (said.clear(), said.update(answer))[0]


def test_a_refused_dialog_keeps_what_was_typed_and_a_good_one_closes(
    page: Page, answers: Callable[..., None]
) -> None:
    page.click("#open")
    page.wait_for_selector("#dialog[open] input:focus")
    page.fill("#dialog input", "typed")
    answers(status=409, headers={"X-Clearstage-Problems": "1"}, body=PROBLEMS)
    page.click("#dialog [type=submit]")
    page.wait_for_selector("#dialog .problems:focus")
    assert page.input_value("#dialog input") == "typed"
    page.mouse.click(5, 500)
    assert page.is_visible("#dialog")
    told = {"toast": {"text": "Moved", "tone": "success", "undo": "/x/"}}
    answers(status=204, headers={"HX-Trigger": json.dumps(told)})
    page.click("#dialog [type=submit]")
    page.wait_for_selector("#dialog", state="hidden")
    assert page.evaluate("document.activeElement.id") == "open"
    page.click("#toasts .toast-undo button")


def test_problems_without_a_dialog_open_one(page: Page, answers: Callable[..., None]) -> None:
    answers(status=409, headers={"X-Clearstage-Problems": "1"}, body=PROBLEMS)
    page.click("#send")
    page.wait_for_selector("#dialog[open] .problems")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "send"


@pytest.mark.parametrize(("status", "words"), [(403, "may not"), (404, "not here"), (500, "broke")])
def test_other_refusals_are_toasts(page: Page, answers: Callable[..., None], status: int, words: str) -> None:
    answers(status=status)
    page.click("#send")
    page.wait_for_selector(f"#toasts .toast-note:has-text('{words}')")


def test_without_a_connection_nothing_typed_is_lost(page: Page, answers: Callable[..., None]) -> None:
    page.click("#open")
    page.fill("#dialog input", "typed")
    page.click("#dialog [type=submit]")
    page.wait_for_selector("#offline")
    assert page.input_value("#dialog input") == "typed"
    answers(status=204)
    page.click("#offline button")
    page.wait_for_selector("#dialog", state="hidden")


def test_everything_is_reached_by_keys(page: Page, make_account: MakeAccount) -> None:
    make_account("Søren Kjærgaard")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("home")
    page.wait_for_selector("#found a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").strip() == "Home"


def test_the_theme_follows_the_system_until_one_is_chosen(page: Page) -> None:
    def theme() -> Any:
        return page.evaluate("document.documentElement.dataset.bsTheme")

    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.reload()
    assert theme() == "dark"
    page.click("[data-theme-switch]")
    page.reload()
    assert theme() == "light"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_home_can_be_used_by_everybody(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    SCREENS.mkdir(parents=True, exist_ok=True)
    for name, address in [("home", "/"), ("search", "/search/?q=o"), ("not-here", "/nonsense/")]:
        page.goto(address)
        for size in (WIDE, PHONE):
            page.set_viewport_size(size)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            page.screenshot(path=SCREENS / f"{name}-{size['width']}-{scheme}.png", full_page=True)
