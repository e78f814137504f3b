"""The clients' pages on a phone in languages with long words: nothing is cut, nothing sticks out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password

from clearstage.clients.models import Contact
from clearstage.files.operations.storing import store_file
from clearstage.jobs.models import ClientStatus, LinkedItem
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.templates import create_template
from clearstage.kernel.ids import public_id
from tests.files.samples import PDF
from tests.fixtures import PASSWORD
from tests.jobs.conftest import ada, make_pipeline
from tests.organizers.conftest import BODY

from .looking import PHONE, SCREENS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor

__all__ = ["ada", "make_pipeline"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIPELINE = """
pipeline: Return
stages:
  - stage: Documents
    on_entry:
      - client_status: {show: Waiting for documents}
      - organizer: {template: "1040"}
      - request:
          title: Papers for the return
          due: 5 days
          entries: [W-2, {title: 1099-INT, help: From your bank}, Letter from the bank]
      - message: {subject: A word on your return, text: Please look., tasks: [Read it, Write back]}
"""
CUT = """() => {
  const shown = (each) => each.offsetParent && !each.closest(".visually-hidden, .skip, .cut, [hidden], option");
  const cut = (each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible";
  const out = (each) => { const at = each.getBoundingClientRect(); return at.right > innerWidth + 1 || at.left < -1; };
  return [...document.querySelectorAll("body *")].filter((each) => shown(each) && (cut(each) || out(each)))
    .map((each) => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 60)}`);
}"""


@pytest.fixture
def pages(ada: Account, make_account: Any, make_pipeline: Any, owner_actor: Actor) -> list[str]:
    """Everything a client can look at, with something on it."""
    ClientStatus.objects.create(
        name="Waiting for documents", color="orange", turn="client", description="Please add the papers."
    )
    make_account("Okafor Design LLC", contacts=["ada@client.test"])
    create_template(owner_actor, "organizer", "1040", BODY)
    add_jobs(owner_actor, NewJobs([ada.pk], make_pipeline(PIPELINE).pk))
    Contact.objects.update(password=make_password(PASSWORD), notices="daily")
    store_file(owner_actor, ada.pk, "return.pdf", [PDF], shared=True)
    items = dict(LinkedItem.objects.values_list("kind", "item"))
    organizer = f"organizers/{public_id('organizer', items['organizer'])}/"
    return [
        "", "you/", "you/password/", "documents/", "messages/", "messages/new/",
        f"items/{public_id('chat', items['chat'])}/", f"items/{public_id('request', items['request'])}/",
        organizer, f"{organizer}1/", f"{organizer}2/", f"{organizer}review/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["de", "fr"])
def test_long_words_fit_on_a_phone(
    chromium: Browser, live_server: Any, pages: list[str], language: str
) -> None:
    Contact.objects.update(language=language)
    context = chromium.new_context(base_url=live_server.url, viewport=PHONE, locale=language)
    page = context.new_page()
    SCREENS.mkdir(parents=True, exist_ok=True)
    found = {}

    def look(address: str) -> None:
        answer = page.goto(f"/portal/{address}")
        assert answer is not None
        assert (answer.status, page.locator("html").get_attribute("lang")) == (200, language), address
        name = address.strip("/").replace("/", "-") or "home"
        page.screenshot(path=str(SCREENS / f"{language}-{name}-390.png"), full_page=True)
        if cut := page.evaluate(CUT):
            found[address] = cut

    for address in ("sign-in/link/", "sign-in/"):
        look(address)
    page.fill("#id_email", "ada@client.test")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/portal/")
    for address in pages:
        look(address)
    context.close()
    assert found == {}
