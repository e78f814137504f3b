"""P4: what the firm writes by a template is read in the client's language; what the client writes stays his."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from clearstage.chats.models import Chat, Message
from clearstage.chats.operations.messages import post_message
from clearstage.clients.models import Account, Contact
from clearstage.engine.translations import into
from clearstage.jobs.items import waiting_for_clients
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.templates import create_template, edit_template
from clearstage.jobs.portal import to_do
from clearstage.kernel.actor import Actor
from clearstage.outbox.models import Delivery
from tests.portal.conftest import sign_in

BODY = {
    "subject": "Your [JOB_NAME] {is} ready",
    "text": "Dear [ACCOUNT_NAME], please **look**.",
    "tasks": ["Read it", "Pay"],
}
GERMAN = {
    BODY["subject"]: "Ihre [JOB_NAME] {ist} fertig",
    BODY["text"]: "Guten Tag [ACCOUNT_NAME], bitte **ansehen**.",
    "Read it": "Lesen Sie <alles>",
}
PIPELINE = """
pipeline: Return
stages:
  - stage: Ready
    automove: true
    on_entry: [{message: {template: Ready}}]
  - stage: Filed
"""


@pytest.fixture
def chat(make_pipeline: Any, ada: Account, owner_actor: Actor, can_sign_in: Contact) -> Chat:
    """With a client who reads German."""
    Contact.objects.update(language="de")
    create_template(owner_actor, "message", "Ready", BODY, {"de": GERMAN})
    add_jobs(owner_actor, NewJobs([ada.pk], make_pipeline(PIPELINE).pk))
    return Chat.objects.get()


@pytest.fixture
def browser(chat: Chat) -> Client:
    return sign_in("ada@client.test")


def test_what_is_kept_is_the_original_with_its_translations_filled(chat: Chat) -> None:  # T4
    assert chat.title == "Your Return {is} ready"
    assert [task.title for task in chat.tasks.all()] == ["Read it", "Pay"]
    assert chat.translations["de"][chat.title] == "Ihre Return {ist} fertig"
    assert (
        chat.translations["de"]["Dear Ada Okafor, please **look**."]
        == "Guten Tag Ada Okafor, bitte **ansehen**."
    )


def test_the_page_shows_his_language_and_what_is_not_translated_as_it_is(chat: Chat, browser: Client) -> None:
    page = browser.get(f"/portal/messages/cht_{chat.pk}/").content.decode()
    for text in (
        "Ihre Return {ist} fertig",
        "bitte <strong>ansehen</strong>",
        "Lesen Sie &lt;alles&gt;",
        "Pay",
    ):
        assert text in page
    for text in ("Your Return", "please", "Read it"):
        assert text not in page


def test_so_do_the_list_and_to_do(chat: Chat, browser: Client) -> None:
    assert "Ihre Return {ist} fertig" in browser.get("/portal/messages/").content.decode()
    home = browser.get("/portal/").content.decode()
    assert "Bitte erledigen Sie, worum wir in „Ihre Return {ist} fertig“ bitten" in home
    assert [line.title for line in to_do([chat.account_id], "de")] == ["Ihre Return {ist} fertig"]
    assert [line.title for line in to_do([chat.account_id])] == ["Your Return {is} ready"]
    [waiting] = waiting_for_clients([chat.account_id])
    assert into(waiting.title, "de") == "Ihre Return {ist} fertig"


def test_he_is_told_of_it_in_his_language(chat: Chat, owner_actor: Actor) -> None:
    post_message(owner_actor, chat.pk, "One more thing.")
    subjects = [mail.payload["subject"] for mail in Delivery.objects.order_by("pk")]
    assert subjects == ["Sie haben eine neue Nachricht: „Ihre Return {ist} fertig“"] * 2


def test_what_a_client_wrote_is_not_taken_for_the_firms_words(
    chat: Chat, client: Actor, browser: Client
) -> None:
    post_message(client, chat.pk, "Read it")
    assert Message.objects.latest("pk").text == "Read it"
    page = browser.get(f"/portal/messages/cht_{chat.pk}/").content.decode()
    assert page.count("Read it") == 1


def test_a_later_translation_leaves_what_was_made_as_it_is(chat: Chat, owner_actor: Actor) -> None:  # T2
    from clearstage.jobs.models import Template

    edit_template(owner_actor, Template.objects.get().pk, translations={})
    chat.refresh_from_db()
    assert chat.translations["de"]["Read it"] == "Lesen Sie <alles>"
