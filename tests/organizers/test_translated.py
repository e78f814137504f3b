"""P4: questionnaires in the client's language. Answers are the options themselves, whatever they are called."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from clearstage.clients.models import Account, Contact
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.templates import create_template
from clearstage.jobs.portal import to_do
from clearstage.kernel.actor import Actor
from clearstage.organizers.forms import form_of
from clearstage.organizers.models import Organizer
from clearstage.outbox.models import Delivery
from tests.fixtures import PASSWORD
from tests.portal.conftest import sign_in
from tests.web.plain_forms import PlainForm

from .conftest import PIPELINE

BODY: dict[str, Any] = {
    "intro": "Dear [CONTACT_FIRST_NAME], {please} answer.",
    "sections": [
        {
            "title": "About you",
            "help": "Only [LAST_YEAR] counts.",
            "questions": [
                {
                    "text": "Where did you live?", "key": "where", "type": "one_of", "help": "Most of the year",
                    "options": ["At home", "Abroad"],
                },
                {"text": "What did you have?", "key": "had", "type": "several_of", "options": ["Wages", "Rents"]},
                {
                    "text": "Since when abroad?", "key": "since", "type": "short_text",
                    "shown_if": {"question": "where", "is": "Abroad"},
                },
            ],
        }
    ],
}  # fmt: skip
GERMAN = {
    "1040": "Einkommensteuer",
    "Dear [CONTACT_FIRST_NAME], {please} answer.": "Hallo [CONTACT_FIRST_NAME], {bitte} antworten.",
    "About you": "Über Sie",
    "Only [LAST_YEAR] counts.": "Nur [LAST_YEAR] zählt.",
    "Where did you live?": "Wo haben Sie gewohnt?",
    "Most of the year": "Den größten Teil des Jahres",
    "At home": "Zu Hause",
    "Abroad": "Im Ausland",
    "Wages": "Lohn",
    "Since when abroad?": "Seit wann im Ausland?",
}


@pytest.fixture
def sent(owner_actor: Actor, ada: Account, make_pipeline: Any) -> Organizer:
    """To a client who reads German; without a title of its own, so that the template's name stands above it."""
    Contact.objects.update(language="de", password=make_password(PASSWORD))
    create_template(owner_actor, "organizer", "1040", BODY, {"de": GERMAN})
    add_jobs(owner_actor, NewJobs([ada.pk], make_pipeline(PIPELINE).pk))
    return Organizer.objects.get()


@pytest.fixture
def browser(sent: Organizer) -> Client:
    return sign_in("ada@client.test")


def page(browser: Client, sent: Organizer, more: str = "") -> str:
    return unescape(browser.get(f"/portal/organizers/org_{sent.pk}/{more}").content.decode())


def test_everything_the_firm_wrote_is_in_his_language(sent: Organizer, browser: Client) -> None:
    first, section = page(browser, sent), page(browser, sent, "1/")
    for text in ("Einkommensteuer", "Hallo Ada, {bitte} antworten.", "Über Sie"):
        assert text in first
    for text in (
        "Einkommensteuer",
        "zählt.",
        "Wo haben Sie gewohnt?",
        "Den größten",
        "Zu Hause",
        "Lohn",
        "Rents",
    ):
        assert text in section
    assert "Where did you live?" not in section
    assert "[LAST_YEAR]" not in section  # T4


def test_an_answer_is_kept_as_the_option_and_read_by_its_label(sent: Organizer, browser: Client) -> None:
    address = f"/portal/organizers/org_{sent.pk}/1/"
    form = PlainForm(browser, browser.get(address), f"{address}save/")
    form.fill("a-where", "Abroad").fill("a-had", "Wages", "Rents").press()
    given = dict(sent.answers.values_list("question", "value"))
    assert (given["where"], given["had"]) == ("Abroad", ["Wages", "Rents"])
    assert "Seit wann im Ausland?" in page(browser, sent, "1/")
    review = page(browser, sent, "review/")
    assert "Im Ausland" in review
    assert "Lohn, Rents" in review
    assert "Abroad" not in review


def test_the_firm_reads_the_original(sent: Organizer, browser: Client) -> None:
    part = form_of(Organizer.objects.get(pk=sent.pk)).parts[0]
    assert (part.title, part.fields[0].text) == ("About you", "Where did you live?")
    assert part.fields[0].options == [("At home", "At home"), ("Abroad", "Abroad")]
    assert sent.title == "1040"


def test_to_do_and_the_mail_name_it_in_his_language(sent: Organizer) -> None:
    [line] = to_do([sent.account_id], "de")
    assert line.title == "Einkommensteuer"
    assert (
        Delivery.objects.get().payload["subject"] == "Bitte beantworten Sie den Fragebogen „Einkommensteuer“"
    )
