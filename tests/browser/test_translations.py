"""P4 in a real browser: translating a template and a status, with what a client would read beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.clients.models import Contact
from clearstage.jobs.models import ClientStatus, Template
from clearstage.jobs.operations.client_statuses import create_client_status
from clearstage.jobs.operations.templates import create_template
from tests.jobs.conftest import make_pipeline

from .looking import axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["make_pipeline"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = {
    "subject": "Your papers for [LAST_YEAR]",
    "text": "Dear [CONTACT_NAME],\n\nplease look through the list below and send us what is still missing.",
    "tasks": ["Send the bank statements of [LAST_YEAR]", "Tell us what has changed"],
    "due": "10 days",
}
GERMAN = {
    BODY["subject"]: "Ihre Unterlagen für [LAST_YEAR]",
    "Send the bank statements of [LAST_YEAR]": "Kontoauszüge von [LAST_YEAR] senden",
    "Please call us.": "Bitte rufen Sie uns an.",
}


@pytest.fixture
def papers(owner_actor: Any, make_account: Any, make_pipeline: Any) -> Template:
    make_account("Bauer GmbH", contacts=[{"email": "bert@client.test", "name": "Bert Bauer"}])
    Contact.objects.update(language="de")
    row = create_template(owner_actor, "message", "Papers of the year", BODY, {"de": GERMAN})
    make_pipeline(
        "pipeline: Tax return\nstages: [{stage: Papers, on_entry: [message: {template: Papers of the year}]}]"
    )
    return row


def test_a_template_is_translated_with_what_the_client_will_read_beside_it(
    page: Page, picture: Callable[..., None], papers: Template
) -> None:
    page.goto(f"/templates/{papers.pk}/")
    page.select_option("#account", label="Bauer GmbH")
    page.select_option("#language", "de")
    page.wait_for_selector("#preview >> text=Ihre Unterlagen für")
    picture(page, "template")
    axe(page)
    page.get_by_role("link", name="Deutsch").first.click()
    page.select_option("#account", label="Bauer GmbH")
    field = page.get_by_label("To do 2")
    field.fill("Sagen Sie uns, was [CONTACT_NAME] noch fehlt")
    page.wait_for_selector("#preview >> text=was Bert Bauer noch fehlt")
    picture(page, "template-translation")
    axe(page)
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved.")
    papers.refresh_from_db()
    assert (
        papers.translations["de"]["Tell us what has changed"]
        == "Sagen Sie uns, was [CONTACT_NAME] noch fehlt"
    )
    page.goto("/templates/?kind=message")
    picture(page, "templates-missing")
    axe(page)


def test_a_status_is_translated_in_its_dialog(
    page: Page, picture: Callable[..., None], papers: Template, owner_actor: Any
) -> None:
    status = create_client_status(
        owner_actor, "Waiting for documents", "Please send your papers.", "client", "orange"
    )
    page.goto("/templates/client-statuses/")
    page.click(f"#edit-{status.pk}")
    page.locator("dialog summary", has_text="Deutsch").click()
    page.fill("#id_name_de", "Wartet auf Unterlagen")
    picture(page, "client-status-translation")
    axe(page, "dialog")
    page.get_by_role("button", name="Save").click()
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    assert ClientStatus.objects.get(pk=status.pk).translations == {"de": {"name": "Wartet auf Unterlagen"}}
    picture(page, "client-statuses-translated")
