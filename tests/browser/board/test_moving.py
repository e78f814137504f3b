"""Moving jobs in a real Chromium on a real server: drag, dialog, undo, keys, many at once, no JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import axe

from .firm import Firm, board_address, card, column, drag, walk_to

pytestmark = pytest.mark.browser

Picture = Callable[..., None]


def test_a_card_is_dragged_confirmed_moved_and_undone(
    firm: Firm, open_page: Any, picture: Picture
) -> None:  # M1, M2, M9
    job = firm.job(firm.account("Ada Okafor"))
    page = open_page(board_address(firm))
    drag(page, job, "Preparation")
    page.wait_for_selector("#dialog[open] #plan")
    page.keyboard.press("Escape")
    page.wait_for_selector("#dialog", state="hidden")
    assert column(page, "Documents").locator(f"#card-{job}").count() == 1
    assert firm.stage_of(job) == "Documents"
    drag(page, job, "Preparation")
    page.click("#plan-submit")
    page.wait_for_selector("text=Moved to Preparation · 5 things done")
    column(page, "Preparation").locator(f"#card-{job}", has_text="In progress").wait_for()
    assert firm.stage_of(job) == "Preparation"
    picture(page, "moved-toast", both=False)
    page.get_by_role("button", name="Undo").click()
    column(page, "Documents").locator(f"#card-{job}", has_text="Waiting for documents").wait_for()
    assert firm.stage_of(job) == "Documents"


def test_where_nothing_else_happens_the_drag_moves_at_once(firm: Firm, open_page: Any) -> None:
    job = firm.job(firm.account("Quick Mover"), "Plain")
    page = open_page(board_address(firm, "Plain"))
    drag(page, job, "Closed")
    page.wait_for_selector("text=Moved to Closed")
    assert page.locator("#dialog[open]").count() == 0
    assert firm.stage_of(job) == "Closed"
    drag(page, job, "Open")
    column(page, "Open").locator(f"#card-{job}").wait_for()


def test_a_move_by_keyboard_alone(firm: Firm, open_page: Any) -> None:  # B6
    job = firm.job(firm.account("Kay Board"), "Plain")
    page = open_page(board_address(firm, "Plain"))
    walk_to(page, "Kay Board")
    page.keyboard.press("m")
    page.wait_for_selector("#dialog[open] .pick-row:focus")
    assert page.evaluate("document.activeElement.innerText.trim()") == "Waiting"
    page.keyboard.press("Enter")
    column(page, "Waiting").locator(f"#card-{job}").wait_for()
    assert firm.stage_of(job) == "Waiting"
    page.wait_for_function("document.activeElement.textContent === 'Kay Board'")
    for key, heading in (("s", "Status"), ("c", "What the client sees"), ("a", "Who works on it")):
        page.keyboard.press(key)
        page.wait_for_selector(f"#dialog[open] >> text={heading}")
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.textContent === 'Kay Board'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/jobs/{job}/")
    page.wait_for_selector("#drawer[open]")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{board_address(firm, 'Plain')}")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open] >> text=Walk the cards")


def test_a_plan_is_read_changed_and_confirmed_by_keyboard_alone(firm: Firm, open_page: Any) -> None:  # B6, M2
    job = firm.job(firm.account("Kim Keys"))
    page = open_page(board_address(firm))
    walk_to(page, "Kim Keys")
    page.keyboard.press("m")
    page.wait_for_selector("#dialog[open] .pick-row:focus")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".pick-row:focus:has-text('Preparation')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#plan-submit:focus")
    while not page.evaluate("document.activeElement.id").startswith("run-email"):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.closest('#dialog') !== null")
    page.keyboard.press("Space")
    page.wait_for_selector("#plan .plan-line.is-off:has(:focus)")
    while page.evaluate("document.activeElement.id") != "plan-submit":
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#dialog') !== null")
    page.keyboard.press("Enter")
    column(page, "Preparation").locator(f"#card-{job}").wait_for()
    page.wait_for_selector("text=Moved to Preparation · 4 things done")
    page.wait_for_function("document.activeElement.textContent === 'Kim Keys'")


def test_unticking_shows_the_plan_anew_before_it_is_confirmed(firm: Firm, open_page: Any) -> None:  # M2
    job = firm.job(firm.account("Una Ticked"))
    page = open_page(board_address(firm))
    drag(page, job, "Preparation")
    page.wait_for_selector("#plan")
    page.get_by_label("Creates the task “Prepare the return”").uncheck()
    page.wait_for_selector("#plan .plan-line.is-off")
    assert page.get_by_text("Then it waits for").count() == 0
    assert page.evaluate("document.activeElement.id").startswith("run-task")
    page.click("#plan-submit")
    page.wait_for_selector("text=Moved to Preparation · 4 things done")


def test_nothing_on_the_board_moves_when_a_card_is_pointed_at_or_chosen(firm: Firm, open_page: Any) -> None:
    names = (
        "Halyard Coffee Roasters",
        "Halyard Wharf",
        "Halyard and the Castellano Brothers Catering Company",
    )
    jobs = [firm.job(firm.account(name), "Plain") for name in names]
    page = open_page(f"{board_address(firm, 'Plain')}?q=Halyard")

    def places() -> Any:
        parts = "[...document.querySelectorAll('.job-card, .card-link')]"
        return page.evaluate(f"{parts}.map(each => [each.offsetTop, each.offsetLeft, each.offsetHeight])")

    before = places()
    assert len(before) == 6
    for job in jobs:
        card(page, job).hover()
        assert places() == before
    card(page, jobs[0]).hover()
    card(page, jobs[0]).locator(".card-pick").check()
    assert places() == before


def test_many_are_chosen_and_moved_together(firm: Firm, open_page: Any, picture: Picture) -> None:  # M5, A12
    jobs = [firm.job(firm.account(f"Bulk{letter} Client", contact=letter != "C")) for letter in "ABC"]
    page = open_page(f"{board_address(firm)}?q=Bulk")
    for job in jobs:
        card(page, job).hover()
        card(page, job).locator(".card-pick").check()
    assert page.locator("[data-chosen]").inner_text() == "3 chosen"
    picture(page, "selection")
    page.locator("#selection").get_by_role("button", name="Move").click()
    page.locator("#dialog").get_by_role("button", name="Preparation").click()
    page.wait_for_selector("text=One job cannot go and stays where it is")
    picture(page, "move-many")
    axe(page, "#dialog")
    page.click("#plan-submit")
    page.wait_for_selector("text=2 jobs moved to Preparation")
    assert [firm.stage_of(job) for job in jobs] == ["Preparation", "Preparation", "Documents"]
    assert page.locator(".card-pick:checked").count() == 0


def test_without_javascript_the_board_is_filtered_and_a_job_moved_all_the_same(
    firm: Firm, open_page: Any
) -> None:
    job, other = (firm.job(firm.account(name)) for name in ("Noel Script", "Other Reader"))
    page = open_page(board_address(firm), java_script_enabled=False)
    card(page, other).wait_for()
    page.get_by_label("Client or job").fill("Noel")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**?q=Noel*")
    assert card(page, other).count() == 0
    card(page, job).hover()
    card(page, job).locator(".card-menu").click()
    page.get_by_role("link", name="Move").click()
    page.get_by_role("button", name="Preparation").click()
    page.get_by_role("button", name="Move", exact=False).last.click()
    page.wait_for_selector("text=Moved to Preparation · 5 things done")
    assert firm.stage_of(job) == "Preparation"
