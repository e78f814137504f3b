"""P4: lists of papers in the client's language."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password

from clearstage.clients.models import Contact
from clearstage.engine.sentences import render
from clearstage.jobs.operations.templates import create_template
from clearstage.jobs.portal import to_do
from clearstage.outbox.models import Delivery
from tests.fixtures import PASSWORD
from tests.portal.conftest import sign_in

from .conftest import add_job

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor
    from clearstage.requests.models import ClientRequest

BODY: dict[str, Any] = {
    "title": "Papers for [ACCOUNT_NAME]",
    "intro": "We need **these**.",
    "entries": [{"title": "Wage slip {A}", "help": "From your employer"}, "Bank statement"],
}
GERMAN = {
    "Papers for [ACCOUNT_NAME]": "Unterlagen für [ACCOUNT_NAME]",
    "We need **these**.": "Wir brauchen **diese**.",
    "Wage slip {A}": "Lohnzettel {A}",
    "From your employer": "Von Ihrem Arbeitgeber",
}
PIPELINE = """
pipeline: Papers
stages:
  - {stage: Documents, automove: true, on_entry: [request: {template: Papers}]}
  - {stage: Finished}
"""


@pytest.fixture
def sent(owner_actor: Actor, ada: Account, make_pipeline: Any) -> ClientRequest:
    from clearstage.requests.models import ClientRequest

    Contact.objects.update(language="de", password=make_password(PASSWORD))
    create_template(owner_actor, "request", "Papers", BODY, {"de": GERMAN})
    add_job(owner_actor, ada, make_pipeline(PIPELINE))
    return ClientRequest.objects.get()


def test_the_page_shows_what_is_translated_and_the_rest_as_it_is(sent: ClientRequest) -> None:
    page = unescape(sign_in("ada@client.test").get(f"/portal/requests/{sent.public_id}/").content.decode())
    german = (
        "Unterlagen für Ada Okafor",
        "Wir brauchen <strong>diese</strong>",
        "Lohnzettel {A}",
        "Von Ihrem",
    )
    for text in (*german, "Bank statement"):
        assert text in page
    for text in ("Papers for", "Wage slip", "[ACCOUNT_NAME]"):
        assert text not in page


def test_to_do_and_the_mail_name_things_in_his_language(sent: ClientRequest) -> None:
    [line] = to_do([sent.account_id], "de")
    assert line.title == "Unterlagen für Ada Okafor"
    assert render(line.ask, language="de") == "Upload 2 papers: Lohnzettel {A}, Bank statement"
    assert render(line.ask) == "Upload 2 papers: Wage slip {A}, Bank statement"
    assert "Unterlagen für Ada Okafor" in Delivery.objects.get().payload["subject"]
    assert sent.title == "Papers for Ada Okafor"
