"""Jobs added and worked on in a real Chromium on a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import axe

from .firm import Firm, board_address, card, column

pytestmark = pytest.mark.browser

Picture = Callable[..., None]


def test_a_status_is_made_on_the_card_and_given(firm: Firm, open_page: Any, picture: Picture) -> None:  # S5
    job = firm.job(firm.account("Stan Status"))
    page = open_page(f"{board_address(firm)}?q=Stan")
    card(page, job).locator(".card-link").focus()
    page.keyboard.press("s")
    picture(page, "status", both=False)
    page.get_by_role("link", name="New status…").click()
    page.get_by_label("Name").first.fill("Waiting for the broker")
    page.select_option("#more", "task")
    page.get_by_role("button", name="Add automation").click()
    page.get_by_label("Title").fill("Call the broker")
    picture(page, "new-status")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_selector("text=Creates the task “Call the broker”")
    page.click("#plan-submit")
    card(page, job).locator(".card-status", has_text="Waiting for the broker").wait_for()


def test_jobs_are_added_with_their_plan_in_view(firm: Firm, open_page: Any, picture: Picture) -> None:  # M10
    firm.account("Nora Newcomer")
    page = open_page(board_address(firm))
    page.click("#add-jobs")
    page.fill("#find", "newco")
    page.locator("#found-accounts button", has_text="Nora Newcomer").click()
    page.wait_for_selector("#plan >> text=Collect the papers of Nora Newcomer")
    picture(page, "add-jobs")
    axe(page, "#dialog")
    page.fill("#add-name", "Return of [ACCOUNT_NAME]")
    page.keyboard.press("Tab")
    page.wait_for_selector("#plan >> text=Return of Nora Newcomer")
    page.get_by_role("button", name="Add one job").click()
    page.wait_for_selector("text=1 job added")
    column(page, "Documents").locator(".card-item", has_text="Nora Newcomer").wait_for()


def test_a_job_is_worked_on_in_its_drawer(firm: Firm, open_page: Any, picture: Picture) -> None:  # B4
    job = firm.job(firm.account("Jo Drawer"))
    page = open_page(board_address(firm))
    card(page, job).locator(".card-link").click()
    page.wait_for_selector("#drawer[open] #job")
    page.get_by_role("link", name="Task", exact=True).click()
    page.get_by_label("What is to be done").fill("Ask the bank")
    page.get_by_label("Checklist").fill("Write\nCall")
    page.locator("#dialog").get_by_role("button", name="Add").click()
    page.locator("#drawer .item", has_text="Ask the bank").locator("summary").click()
    page.get_by_role("button", name="Call").click()
    page.wait_for_selector(".check.is-done")
    assert page.locator("#drawer .item-more[open]").count() == 1
    picture(page, "job-drawer")
    axe(page, "#drawer")
    page.get_by_role("button", name="Complete “Ask the bank”").click()
    page.wait_for_selector(".toast-text >> text=Completed")
    page.get_by_role("button", name="Complete “Collect the papers of Jo Drawer”").click()
    page.wait_for_selector("text=The job is now in Preparation")
    page.locator(".toast-note", has_text="The job is now in").get_by_role("button", name="Undo").click()
    page.wait_for_selector("#drawer[open] #job-stage >> text=Documents")
    page.get_by_role("button", name="Complete “Collect the papers of Jo Drawer”").click()
    page.wait_for_selector("#drawer[open] #job-stage >> text=Preparation")
    assert page.locator("#job-stage").inner_text().strip() == "Preparation"
    page.get_by_role("link", name="History").click()
    page.wait_for_selector("#drawer .history >> text=Prepare the return")
    page.keyboard.press("Escape")
    column(page, "Preparation").locator(f"#card-{job}").wait_for()
    page.goto(f"/jobs/{job}/history/")
    picture(page, "job-history")
    axe(page)


def test_tags_are_changed_on_the_card_by_keys_and_undone(
    firm: Firm, open_page: Any, picture: Picture
) -> None:  # B3
    job = firm.job(firm.account("Tag Tester", tags=("foreign",)))
    page = open_page(f"{board_address(firm)}?q=Tester")
    card(page, job).locator(".card-tags").press("Enter")
    page.get_by_role("checkbox", name="foreign").uncheck()
    page.get_by_role("checkbox", name="returning").check()
    picture(page, "card-tags")
    axe(page, "#dialog")
    page.keyboard.press("Enter")
    card(page, job).locator(".card-tags", has_text="returning").wait_for()
    assert "foreign" not in card(page, job).inner_text()
    page.get_by_role("button", name="Undo").click()
    card(page, job).locator(".card-tags", has_text="foreign").wait_for()
