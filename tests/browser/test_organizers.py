"""A questionnaire in a real Chromium: written by the firm, answered on a phone as one types, submitted, read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from clearstage.jobs.operations.templates import edit_template
from tests.files.samples import PDF
from tests.jobs.conftest import ada, make_pipeline
from tests.organizers.conftest import Sent, client, given, job_of, returns, sent, stage_of, template

from .looking import PHONE, WIDE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from clearstage.clients.models import Account
    from clearstage.organizers.models import Organizer

__all__ = ["ada", "client", "make_pipeline", "returns", "sent", "template"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def organizer(sent: Sent) -> Organizer:
    return sent()


@pytest.fixture
def as_ada(chromium: Browser, live_server: Any, ada: Account) -> Iterator[Callable[..., Page]]:
    """Ada's browser, signed in to the portal; what breaks on the console fails the test."""
    from django.contrib.auth.hashers import make_password

    from tests.fixtures import PASSWORD
    from tests.portal.conftest import sign_in

    broken: list[str] = []
    contexts = []
    ada.contacts.update(password=make_password(PASSWORD))

    def start(viewport: Any = PHONE, **more: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport=viewport, **more)
        contexts.append(context)
        cookies = sign_in("ada@client.test").cookies
        context.add_cookies(
            [{"name": name, "value": kept.value, "url": live_server.url} for name, kept in cookies.items()]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: "Content Security" in said.text and broken.append(said.text))
        return page

    yield start
    for context in contexts:
        context.close()
    assert broken == []


def at(organizer: Organizer, rest: str = "") -> str:
    return f"/portal/organizers/org_{organizer.pk}/{rest}"


def test_answers_are_saved_as_one_types_and_submitted(
    as_ada: Callable[..., Page], organizer: Organizer, picture: Callable[..., None]
) -> None:
    page = as_ada()
    page.goto(at(organizer))
    picture(page, "organizer-cover")
    page.get_by_role("link", name="Begin").click()
    page.get_by_role("textbox", name="What is your job?").fill("Baker")
    page.get_by_text("Saved", exact=True).wait_for()
    assert given(organizer) == {"what_is_your_job": "Baker"}
    assert page.get_by_text("When did you move?").is_hidden()
    page.get_by_label("Yes").check()
    page.get_by_text("When did you move?").wait_for()
    page.get_by_text("2 of 4 answered").wait_for()
    page.locator("[name=a-when_did_you_move]").fill("2025-05-04")
    page.get_by_text("3 of 4 answered").wait_for()
    picture(page, "organizer-section")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Income").wait_for()
    page.locator("#q-income_from_abroad").get_by_label("Yes").check()
    page.get_by_label("Canada").check()
    amount = page.locator("[name=a-how_much]")
    amount.fill("much")
    page.get_by_text("Has to be a number such as").wait_for()
    picture(page, "organizer-wrong")
    amount.fill("$1,250.50")
    page.get_by_text("Saved", exact=True).wait_for()
    assert given(organizer)["how_much"] == "1250.50"
    page.get_by_role("button", name="Look it over").click()
    page.get_by_text("Everything we need is there").wait_for()
    picture(page, "organizer-review")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Thank you").wait_for()
    picture(page, "organizer-done")
    assert stage_of(organizer) == "Foreign income"
    page.goto(at(organizer))
    picture(page, "organizer-submitted")


def test_what_one_device_saves_another_does_not_undo(
    as_ada: Callable[..., Page], organizer: Organizer
) -> None:
    phone, desk = as_ada(), as_ada(WIDE)
    for page in (phone, desk):
        page.goto(at(organizer, "1/"))
    phone.get_by_role("textbox", name="What is your job?").fill("Cook")
    phone.get_by_text("Saved", exact=True).wait_for()
    desk.get_by_label("No", exact=True).check()
    desk.get_by_text("Saved", exact=True).wait_for()
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("heading", name="Income").wait_for()
    assert given(organizer) == {"what_is_your_job": "Cook", "moved": False}


def test_without_a_connection_it_is_said_and_tried_again(
    as_ada: Callable[..., Page], organizer: Organizer
) -> None:
    page = as_ada()
    page.goto(at(organizer, "1/"))
    page.context.set_offline(True)
    page.get_by_role("textbox", name="What is your job?").fill("Baker")
    page.get_by_text("Not saved yet").wait_for()
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.context.set_offline(False)
    page.get_by_text("Saved", exact=True).wait_for()
    assert given(organizer) == {"what_is_your_job": "Baker"}


def test_what_is_typed_last_arrives_though_the_page_is_left_at_once(
    as_ada: Callable[..., Page], organizer: Organizer
) -> None:
    page = as_ada()
    page.goto(at(organizer, "1/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for job in ("Baker", "Cook", "Smith"):
        page.goto(at(organizer, "1/"))
        page.get_by_role("textbox", name="What is your job?").fill(job)
        page.goto("/portal/")
        for _attempt in range(50):
            if given(organizer) == {"what_is_your_job": job}:
                break
            page.wait_for_timeout(100)
        assert given(organizer) == {"what_is_your_job": job}


def test_what_is_typed_last_arrives_though_another_app_comes_to_the_front(
    as_ada: Callable[..., Page], organizer: Organizer
) -> None:
    page = as_ada()
    page.goto(at(organizer, "1/"))
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # what waits for a pause waits for ever
    page.get_by_role("textbox", name="What is your job?").fill("Baker")
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    page.get_by_text("Saved", exact=True).wait_for()
    assert given(organizer) == {"what_is_your_job": "Baker"}


def test_without_a_script_the_form_is_an_ordinary_one(
    as_ada: Callable[..., Page], organizer: Organizer
) -> None:
    page = as_ada(java_script_enabled=False)
    page.goto(at(organizer, "1/"))
    page.get_by_role("textbox", name="What is your job?").fill("Baker")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Thank you").wait_for()
    assert stage_of(organizer) == "Preparation"


def test_gaps_lead_to_their_questions(
    as_ada: Callable[..., Page], organizer: Organizer, picture: Callable[..., None]
) -> None:
    page = as_ada()
    page.goto(at(organizer, "review/"))
    assert page.get_by_role("button", name="Submit").is_disabled()
    picture(page, "organizer-gaps")
    page.get_by_role("link", name="What is your job?").click()
    page.get_by_role("heading", name="About you").wait_for()


def test_the_firm_reads_and_answers_it_on_the_job(
    page: Page, organizer: Organizer, client: Any, picture: Callable[..., None]
) -> None:
    from clearstage.organizers.operations.answering import save_answers

    save_answers(client, organizer.pk, {"what_is_your_job": "Baker"})
    job = job_of(organizer)
    page.goto(reverse("job", args=[job.pk]) + f"?open=org_{organizer.pk}")
    page.get_by_text("still missing").first.wait_for()
    picture(page, "organizer-on-job")
    page.get_by_role("link", name="Answer for the client").click()
    page.locator("#q-moved").get_by_label("No", exact=True).check()
    page.get_by_text("Saved", exact=True).wait_for()
    picture(page, "organizer-for-client")
    page.get_by_role("button", name="Submit for the client").click()
    page.get_by_text("The job is now in Preparation").wait_for()
    assert stage_of(organizer) == "Preparation"


def test_a_questionnaire_is_written_with_the_keyboard(page: Page, picture: Callable[..., None]) -> None:
    from clearstage.jobs.models import Template

    page.goto("/templates/new/organizer/")
    page.get_by_label("Name of the template").fill("Yearly")
    page.get_by_label("Question", exact=True).fill("Did you move?")
    page.get_by_label("Answered by").select_option("yes_no")
    page.locator("#preview .q-pill").first.wait_for()
    add = page.get_by_role("button", name="Add a question")
    add.focus()
    add.press("Enter")
    second = page.locator("#s0-q1-text")
    second.wait_for()
    page.wait_for_function("document.activeElement.id === 's0-q1-text'")
    page.keyboard.type("When?")
    page.route("**/templates/new/organizer/", lambda _held: None)
    with page.expect_request(lambda request: request.method == "POST"):
        page.locator("#s0-q1-type").select_option("date")
    page.locator("#s0-q1 summary").press("Enter")
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.unroute("**/templates/new/organizer/")
    page.wait_for_function("document.activeElement.id === 's0-q1-more'")
    page.locator("#s0-q1-if").select_option("s0-q0")
    page.locator("#s0-q1").get_by_label("Yes").check()
    page.locator("#preview").get_by_text("only shown on its condition").wait_for()
    picture(page, "organizer-editor")
    page.get_by_role("button", name="Add questionnaire").press("Enter")
    page.get_by_text("Saved. What was sent").wait_for()
    [first, when] = Template.objects.get().body["sections"][0]["questions"]
    assert when["shown_if"] == {"question": first["key"], "is": "yes"}


def test_the_editor_of_a_long_one(page: Page, template: Any, picture: Callable[..., None]) -> None:
    page.goto(reverse("template-edit", args=[template.pk]))
    page.get_by_text("What the client finds").wait_for()
    picture(page, "organizer-editor-long")


def saved(page: Page, organizer: Organizer, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the answers are so."""
    for _try in range(100):
        if holds(given(organizer)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(given(organizer))


@pytest.fixture
def with_papers(template: Any, sent: Sent, owner_actor: Any) -> Organizer:
    """A questionnaire that asks for a paper and nothing else."""
    question = {"text": "Last year's return", "key": "return", "type": "file", "required": True}
    body = {"title": "Papers", "sections": [{"title": "Papers", "questions": [question]}]}
    edit_template(owner_actor, template.pk, body=body)
    return sent()


def test_a_file_is_an_answer_that_the_firm_gets(
    as_ada: Callable[..., Page], page: Page, with_papers: Organizer, picture: Callable[..., None]
) -> None:
    ours = as_ada()
    ours.goto(at(with_papers, "1/"))
    ours.get_by_role("button", name="Look it over").click()
    assert ours.get_by_role("button", name="Submit").is_disabled()
    ours.goto(at(with_papers, "1/"))
    papers = [
        {"name": name, "mimeType": "application/pdf", "buffer": PDF} for name in ("return.pdf", "wrong.pdf")
    ]
    ours.locator("#q-return .upload-drop input").set_input_files(papers)  # type: ignore[arg-type]
    ours.locator('#q-return .upload-row[data-state="done"]').nth(1).wait_for()
    saved(ours, with_papers, lambda answers: len(answers.get("return", [])) == 2)
    ours.reload()
    ours.locator("#q-return").get_by_text("wrong.pdf").wait_for()
    picture(ours, "organizer-file")
    ours.locator("#q-return label", has_text="wrong.pdf").locator("input").uncheck()
    saved(ours, with_papers, lambda answers: len(answers["return"]) == 1)
    ours.get_by_role("button", name="Look it over").click()
    ours.get_by_text("return.pdf").wait_for()
    assert ours.get_by_text("wrong.pdf").count() == 0
    picture(ours, "organizer-file-review")
    ours.get_by_role("button", name="Submit").click()
    ours.get_by_text("Thank you").wait_for()

    page.goto(reverse("job", args=[job_of(with_papers).pk]) + f"?open=org_{with_papers.pk}")
    with page.expect_download() as download:
        page.get_by_role("link", name="return.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    picture(page, "organizer-file-on-job")
