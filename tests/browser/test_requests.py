"""Client requests in a real Chromium, firm and client side by side: a paper goes, comes back and goes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password

from clearstage.clients.models import Account
from clearstage.jobs.models import Job, Template
from tests.fixtures import PASSWORD
from tests.requests.conftest import ada, job, make_pipeline, papers, request_, save

from .looking import PHONE, SCREENS, WIDE, at_rest, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from clearstage.firm.models import Member
    from clearstage.requests.models import ClientRequest

__all__ = ["ada", "job", "make_pipeline", "papers", "request_", "save"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(page: Page, name: str) -> None:
    before = page.viewport_size
    SCREENS.mkdir(parents=True, exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        at_rest(page)
        page.screenshot(path=str(SCREENS / f"{name}-{size['width']}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    axe(page)
    page.set_viewport_size(before)


def as_client(page: Page) -> None:
    page.goto("/portal/sign-in/")
    page.fill("#id_email", "ada@client.test")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/portal/")


@pytest.fixture
def client_page(chromium: Browser, live_server: Any, ada: Account, request_: ClientRequest) -> Any:
    ada.contacts.update(password=make_password(PASSWORD))
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE)
    page = context.new_page()
    as_client(page)
    yield page
    context.close()


def paper(page: Page, n: int) -> Any:
    return page.locator(f"#paper-{n}")


def choose(page: Page, n: int, name: str) -> None:
    """A file of the client's, sent while he looks on."""
    file = {"name": name, "mimeType": "text/plain", "buffer": name.encode()}
    paper(page, n).locator(".upload-drop input").set_input_files([file])
    paper(page, n).locator('.upload-row[data-state="done"]').wait_for()


def test_a_paper_comes_back_and_is_sent_again(
    client_page: Page,
    sign_in: Callable[[Member], Page],
    owner: Member,
    job: Job,
    request_: ClientRequest,
) -> None:
    client_page.get_by_text("Upload 3 papers: W-2, 1099-INT, Mortgage statement").click()
    picture(client_page, "portal-request-new")
    choose(client_page, 1, "W-2 page 1.txt")
    paper(client_page, 1).get_by_role("button", name="Send").press("Enter")
    paper(client_page, 1).get_by_text("Received, being checked").wait_for()
    paper(client_page, 2).get_by_label("Or write your answer here").fill("12.50 from First Bank")
    paper(client_page, 2).get_by_role("button", name="Send").press("Enter")
    paper(client_page, 2).get_by_text("Received, being checked").wait_for()
    paper(client_page, 3).get_by_text("This does not apply to me").press("Enter")
    paper(client_page, 3).get_by_label("Why, in a word").fill("We rent")
    paper(client_page, 3).get_by_role("button", name="Tell us").press("Enter")
    client_page.get_by_text("All received, being checked").wait_for()
    client_page.goto("/portal/")
    client_page.get_by_text("Nothing to do right now").wait_for()

    boss = sign_in(owner)
    boss.goto(f"/jobs/{job.pk}/?open=req_{request_.pk}")
    picture(boss, "job-request")
    boss.reload()  # what looked at the page has left styles on it
    boss.locator(f"#return-{request_.pk}-1 > summary").click()
    boss.get_by_label("Why, for the client to read").first.fill("Page 2 is missing")
    boss.get_by_role("button", name="Return it").first.click()
    boss.locator(f"#ask-{request_.pk}-1.is-returned").wait_for()

    client_page.reload()
    client_page.get_by_text("2 of 3 done, 1 came back").click()
    paper(client_page, 1).get_by_text("Page 2 is missing").wait_for()
    picture(client_page, "portal-request-returned")
    choose(client_page, 1, "W-2 both pages.txt")
    paper(client_page, 1).get_by_role("button", name="Send").press("Enter")
    paper(client_page, 1).get_by_text("Received, being checked").wait_for()

    boss.goto("/requests/")
    picture(boss, "requests-to-check")
    boss.get_by_role("button", name="Accept all 3").click()
    boss.get_by_text("The job is now in Preparation").wait_for()
    boss.get_by_text("Nothing to check").wait_for()
    client_page.reload()
    client_page.get_by_text("All done. Thank you!").wait_for()
    picture(client_page, "portal-request-done")
    assert Job.objects.get(pk=job.pk).stage.name == "Preparation"


def test_the_firm_sees_the_clients_page_with_everything_off(
    sign_in: Callable[[Member], Page], owner: Member, ada: Account, request_: ClientRequest
) -> None:  # P5
    page = sign_in(owner)
    page.goto(f"/as-client/{ada.pk}/{ada.contacts.get().pk}/requests/req_{request_.pk}/")
    assert page.locator("main button:visible:enabled").count() == 0
    picture(page, "portal-request-read-only")


def test_a_template_is_written_with_the_keyboard(sign_in: Callable[[Member], Page], owner: Member) -> None:
    page = sign_in(owner)
    page.goto("/templates/new/request/")
    page.fill("#name", "1040 papers")
    page.fill("#set-title", "Papers for your return")
    page.fill("#set-entries-0-title", "W-2")
    page.get_by_role("button", name="One more").press("Enter")
    page.keyboard.type("1099-INT")
    page.get_by_role("button", name="One more").press("Enter")
    page.keyboard.type("Passport")
    page.locator(".rows-row:visible").nth(2).get_by_role("button", name="Up").press("Enter")
    page.locator(".rows-row:visible").nth(0).get_by_role("button", name="Remove").press("Enter")
    page.locator(".rows-row:visible").nth(0).get_by_text("More").click()
    page.locator(".rows-row:visible").nth(0).get_by_text("Critical").click()
    picture(page, "template-request")
    page.get_by_role("button", name="Add template").press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert Template.objects.get().body["entries"] == [
        {"title": "Passport", "critical": True},
        {"title": "1099-INT"},
    ]


def test_another_due_date_is_set_on_the_jobs_page_and_read_by_the_client(
    client_page: Page, sign_in: Callable[[Member], Page], owner: Member, job: Job, request_: ClientRequest
) -> None:
    boss = sign_in(owner)
    boss.goto(f"/jobs/{job.pk}/?open=req_{request_.pk}")
    boss.locator(f"#due-{request_.pk}-2 > summary").click()
    boss.get_by_label("Due (left empty: with the whole list)").nth(1).fill("")
    picture(boss, "job-request-due")
    boss.reload()
    boss.locator(f"#due-request-{request_.pk}").fill("2031-05-14")
    boss.get_by_role("button", name="Set due date").last.press("Enter")
    boss.get_by_text("Saved").first.wait_for()
    boss.reload()
    boss.locator(f"#due-{request_.pk}-2 > summary").press("Enter")
    boss.locator(f"#day-{request_.pk}-2").fill("")
    boss.locator(f"#due-{request_.pk}-2").get_by_role("button", name="Set due date").press("Enter")
    boss.get_by_text("Saved").first.wait_for()
    client_page.goto("/portal/")
    client_page.get_by_text("14 May 2031").or_(client_page.get_by_text("May 14, 2031")).first.wait_for()
