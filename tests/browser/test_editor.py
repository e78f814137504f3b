"""The pipeline editor and the pages around it in a real Chromium: what a person does there, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.jobs.conftest import ada, make_job, make_pipeline, tax

from .looking import PHONE, SCREENS, WIDE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from clearstage.jobs.models import Pipeline

__all__ = ["ada", "make_job", "make_pipeline", "tax"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(page: Page, tax: Pipeline) -> Page:
    page.goto(reverse("pipeline-edit", args=[tax.pk]))
    return page


def stages(page: Page) -> list[str]:
    return [box.input_value() for box in page.query_selector_all(".stages .owner-name")]


def automations(page: Page, number: int) -> list[str]:
    """In words, without the line breaks of their markup."""
    words = page.query_selector_all(f"#stages-{number} .automation-words")
    return [" ".join((box.text_content() or "").split()) for box in words]


def test_an_automation_is_added_and_saved_and_told_with_its_finding(editor: Page, tax: Pipeline) -> None:
    editor.click("#pick-stages-3")
    editor.click("#dialog button:has-text('Create task')")
    editor.click("#dialog .btn-primary")
    editor.wait_for_selector("#dialog .problems:has-text('A task needs a title')")
    editor.fill("#set-title", "Send the copies to ")
    editor.click("#dialog summary:has-text('Shortcodes')")
    editor.click("[data-insert='[ACCOUNT_NAME]']")
    assert editor.input_value("#set-title") == "Send the copies to [ACCOUNT_NAME]"
    editor.fill("#set-title", "Send the copies to [ACCOUNT_NAME] and [NOBODY]")
    editor.click("#dialog label:has-text('partner (role)')")
    editor.click("#dialog .btn-primary")
    editor.wait_for_selector("#dialog", state="hidden")
    editor.wait_for_selector("#stages-3 .automation-words:has-text('for the partner')")
    assert editor.evaluate("document.activeElement.id") == "pick-stages-3"
    editor.wait_for_selector("#remarks-stages-3-1:has-text('[NOBODY] stands for nothing')")
    assert tax.revisions.count() == 1
    editor.click("#save")
    editor.wait_for_url("**?saved=2")
    assert "Automation “Create task: Send the copies to" in editor.inner_text(".saved-note")
    assert "[NOBODY] stands for nothing" in editor.inner_text("#editor-side")
    assert tax.stages.get(name="Finished").automations.count() == 2


def test_what_is_typed_is_looked_at_without_losing_the_cursor(editor: Page) -> None:
    editor.fill("#stages-0-name", "Papers")
    editor.focus("#stages-1-name")
    editor.wait_for_selector("#editor-bar:has-text('1 change not saved yet')")
    assert editor.evaluate("document.activeElement.id") == "stages-1-name"
    editor.uncheck("[name=stages-2-automove]")
    editor.wait_for_selector("#editor-bar:has-text('2 changes not saved yet')")


def test_stages_are_moved_by_mouse_and_by_keys(editor: Page) -> None:
    editor.focus("#down-stages-0")
    editor.keyboard.press("Enter")
    editor.wait_for_selector("#down-stages-1:focus")
    assert stages(editor)[:2] == ["Foreign income", "Documents"]
    assert "Now in place 2 of 4" in editor.inner_text("#announce")
    drag(editor, "#stages-1 > .owner-head .grip", "#stages-0 > .owner-head")
    editor.wait_for_selector("#stages-0-name[value=Documents]")
    assert "nothing changed" in editor.inner_text("#editor-bar")


def test_an_automation_is_dragged_into_another_stage(editor: Page) -> None:
    moved = automations(editor, 0)[1]
    editor.hover("#stages-0-1")
    drag(editor, "#stages-0-1 .grip", "#stages-1-0")
    editor.wait_for_selector("#stages-1 .automation >> nth=1")
    assert moved in automations(editor, 1)


BEFORE = """([what, where]) => {
  const place = (each) => document.querySelector(each).closest("li");
  return place(what).nextElementSibling === place(where);
}"""


def drag(page: Page, what: str, where: str) -> None:
    """By mouse; the button is let go when the one is seen to lie before the other."""
    start, end = page.locator(what).bounding_box(), page.locator(where).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 12, start["y"] + 2, steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + 4, steps=12)
    page.wait_for_function(BEFORE, arg=[what, where])
    page.mouse.up()


def test_leaving_with_unsaved_changes_asks_and_saving_does_not(editor: Page) -> None:
    asked: list[str] = []
    editor.on("dialog", lambda box: (asked.append(box.type), box.dismiss()))
    editor.click("#down-stages-1")
    editor.wait_for_selector("#editor-bar:has-text('not saved yet')")
    with editor.expect_event("dialog"):
        editor.click(".rail-link[href='/']")
    assert asked == ["beforeunload"]
    editor.click("#up-stages-2")
    editor.wait_for_selector("#editor-bar:has-text('nothing changed')")
    editor.fill("#stages-0-name", "Papers")
    editor.press("#stages-0-name", "Tab")
    editor.click("#save")
    editor.wait_for_url("**?saved=2")
    assert asked == ["beforeunload"]


def test_the_sample_card_follows_the_boxes(editor: Page) -> None:
    assert editor.is_hidden("[data-card=account_number]")
    editor.check("[name=card][value=account_number]")
    assert editor.is_visible("[data-card=account_number]")


def test_a_mistake_in_the_text_leads_to_its_line(page: Page, tax: Pipeline) -> None:
    page.goto(reverse("pipeline-yaml", args=[tax.pk]))
    text = page.input_value("#document").replace("automove: true", "automov: true", 1)
    page.fill("#document", text)
    page.click("[value=plan]")
    page.click(".line-link >> nth=0")
    picked = (
        "(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.querySelector('#document'))"
    )
    assert "automov: true" in page.evaluate(picked)


def test_a_client_a_task_and_a_failure_in_passing(page: Page, make_job: Any) -> None:
    from clearstage.clients.models import AccountContact
    from clearstage.jobs.models import Job

    job: Job = make_job()
    AccountContact.objects.update(notify=False)
    page.goto("/tasks/")
    page.click(".act-complete")
    page.wait_for_selector(".toast-note:has-text('Completed')")
    page.goto("/inbox/")
    page.click("text=Retry")
    page.wait_for_selector(".toast-note[data-tone=danger]:has-text('could not go on')")
    page.goto(reverse("account", args=[job.account_id]))
    page.click("[id^=contact-]")
    page.check("#dialog [name=notify]")
    page.click("#dialog .btn-primary")
    page.wait_for_selector("#account .icon[aria-label='Gets e-mails']")
    page.goto("/inbox/")
    page.click("text=Retry")
    page.wait_for_selector(".toast-note:has-text('is now in Preparation')")
    page.wait_for_selector("text=Nothing waits for you here")


PIPELINE_PAGES = [
    ("editor", "/pipelines/{pipeline}/edit/", None),
    ("editor-automation", "/pipelines/{pipeline}/edit/", "#open-stages-0-1"),
    ("editor-condition", "/pipelines/{pipeline}/edit/", "#when-stages-1"),
    ("pipeline-text", "/pipelines/{pipeline}/yaml/", "[value=plan]"),
    ("pipeline-try", "/pipelines/{pipeline}/try/", None),
    ("pipeline-revisions", "/pipelines/{pipeline}/revisions/?text=1", None),
    ("pipeline-new", "/pipelines/new/?from=us-1040", None),
]
OTHER_PAGES = [
    ("clients", "/clients/", None),
    ("client", "/clients/{account}/", None),
    ("client-edit", "/clients/{account}/", "#edit-account"),
    ("tasks", "/tasks/", None),
    ("inbox", "/inbox/", None),
    ("client-statuses", "/templates/client-statuses/", None),
    ("templates", "/templates/", None),
    ("template-new", "/templates/new/email/", None),
    ("members", "/settings/", None),
    ("firm", "/settings/firm/", None),
    ("tags", "/settings/tags/", None),
]


@pytest.mark.parametrize("pages", [PIPELINE_PAGES, OTHER_PAGES], ids=["pipeline", "other"])
def test_these_pages_can_be_used_by_everybody(page: Page, make_job: Any, pages: Any) -> None:
    """The whole of the rules on a wide and a small screen; of the other theme on the wide one, the colours."""
    job = make_job()
    SCREENS.mkdir(parents=True, exist_ok=True)
    for name, address, button in pages:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(WIDE)
        page.goto(address.format(pipeline=job.pipeline_id, account=job.account_id))
        if button is not None:
            page.click(button)
            page.wait_for_load_state("networkidle")
        look_at(page, f"{name}-1400-light", WIDE, whole=button is None)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        look_at(page, f"{name}-1400-dark", WIDE, ["color-contrast"], whole=button is None)
        look_at(page, f"{name}-390-dark", PHONE, whole=button is None)


def look_at(page: Page, name: str, size: Any, rules: Sequence[str] = (), *, whole: bool) -> None:
    """`whole`: as high as the page is, as what a bar at the bottom happens to cover is no target too small."""
    page.set_viewport_size(size)
    if whole:
        height = page.evaluate("document.documentElement.scrollHeight") + 200
        page.set_viewport_size({**size, "height": height})
    axe(page, rules=rules)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
    page.set_viewport_size(size)
    page.screenshot(path=SCREENS / f"{name}.png")
