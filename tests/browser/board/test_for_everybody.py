"""Boards for everybody: colleagues at the same time, both themes, a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import PHONE, axe

from .firm import Firm, board_address, card, column

pytestmark = pytest.mark.browser

Picture = Callable[..., None]
TWO_SECONDS = 2000


def test_what_a_colleague_does_appears_within_two_seconds_and_takes_nothing_away(
    firm: Firm, open_page: Any
) -> None:  # B7
    mine, theirs = (firm.job(firm.account(name), "Plain") for name in ("Mine Here", "Theirs There"))
    page = open_page(board_address(firm, "Plain"), stopped=True)
    card(page, mine).locator(".card-link").focus()
    page.keyboard.press("c")
    page.get_by_label("Description").fill("Half a sentence")
    firm.send("POST", f"/jobs/job_{theirs}/move", json={"stage": "Waiting"})
    firm.send("PATCH", f"/jobs/job_{mine}", json={"priority": "urgent"})
    page.clock.run_for(TWO_SECONDS)
    column(page, "Waiting").locator(f"#card-{theirs}").wait_for()
    assert page.get_by_label("Description").input_value() == "Half a sentence"
    page.clock.run_for(100)
    page.locator("#announce", has_text="Theirs There").wait_for(state="attached")
    assert card(page, mine).locator("text=Urgent").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    card(page, mine).locator("text=Urgent").wait_for()
    firm.send("POST", f"/jobs/job_{theirs}/status", json={"status": "Archived"})
    page.clock.run_for(TWO_SECONDS)
    card(page, theirs).wait_for(state="detached")


def test_the_pages_are_accessible_in_light_and_dark(
    firm: Firm, open_page: Any, picture: Picture
) -> None:  # B6
    job = firm.job(firm.account("Axel Axe"))
    page = open_page(board_address(firm))
    card(page, job).locator(".card-link").focus()
    page.keyboard.press("m")
    page.locator("#dialog").get_by_role("button", name="Preparation").click()
    page.wait_for_selector("#plan")
    in_both_themes(page, picture, "move-dialog", "#dialog")
    for address, name in (
        (board_address(firm), "board"),
        (f"/jobs/{job}/", "job"),
        ("/jobs/", "jobs"),
        ("/pipelines/", "pipelines"),
    ):
        page.goto(address)
        in_both_themes(page, picture, name)


def in_both_themes(page: Any, picture: Picture, name: str, within: str = "body") -> None:
    """All the rules, and of the dark theme the colours, which are all that it changes."""
    axe(page, within)
    picture(page, name)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    axe(page, within, ["color-contrast"])
    picture(page, f"dark-{name}")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def test_on_a_phone_one_column_fills_the_screen(firm: Firm, open_page: Any) -> None:
    firm.job(firm.account("Phil Phone"))
    page = open_page(board_address(firm), viewport=PHONE, has_touch=True)
    axe(page)
    box = column(page, "Documents").bounding_box()
    assert 350 < box["width"] < 390
    page.locator(".column-picker a", has_text="Preparation").click()
    page.wait_for_function(
        "Math.abs(document.querySelectorAll('.column')[2].getBoundingClientRect().left) < 40"
    )
    page.wait_for_selector(".column-picker a[aria-current]:has-text('Preparation')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
