"""Coming in by a link: what scanners, replays, other people's links and curious strangers get (P1)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from clearstage.clients.models import LinkRequest
from clearstage.clients.operations.links import ask_for_link, invite_contact
from clearstage.config.logs import WithoutLinks
from clearstage.events.models import Event
from tests.clients.links import delivered, the_link
from tests.fixtures import PASSWORD, MakeAccount
from tests.portal.conftest import sign_in
from tests.portal.test_portal import without_secrets

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.kernel.actor import Actor

NEW = "three words in a row"


@pytest.fixture
def invitation(owner_actor: Actor, contact: Contact) -> str:
    invite_contact(owner_actor, contact.pk)
    return f"/portal/link/{the_link()}"


@pytest.fixture
def link(contact: Contact) -> str:
    ask_for_link(contact.email)
    return f"/portal/link/{the_link()}"


def arrived(address: str, browser: Client | None = None) -> Client:
    browser = browser or Client()
    answer = browser.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/portal/link/")
    return browser


def test_an_invitation_leads_to_a_password_and_in(invitation: str, contact: Contact) -> None:
    browser = arrived(invitation)
    shown = browser.get("/portal/link/")
    assert shown.status_code == 200
    for words in ("Welcome, Ada Okafor", "At least 12 characters"):
        assert words in shown.content.decode()
    answer = browser.post("/portal/link/", {"way": "password", "password": NEW})
    assert answer.headers["Location"] == "/portal/"
    assert browser.get("/portal/").status_code == 200
    assert sign_in(password=NEW).get("/portal/").status_code == 200


def test_a_bad_password_says_why_and_leaves_the_link(invitation: str) -> None:
    browser = arrived(invitation)
    answer = browser.post("/portal/link/", {"way": "password", "password": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.content.decode()
    assert browser.post("/portal/link/", {"way": "password", "password": NEW}).status_code == 302


def test_a_link_that_was_asked_for_signs_in_and_keeps_the_password(link: str) -> None:
    browser = arrived(link)
    assert browser.post("/portal/link/").headers["Location"] == "/portal/"
    assert browser.get("/portal/").status_code == 200
    assert sign_in(password=PASSWORD).get("/portal/").status_code == 200


def test_looking_uses_nothing_up(link: str) -> None:
    for _scanner in range(3):
        scanner = Client()
        assert scanner.head(link).status_code == 302
        assert scanner.get(link, follow=True).status_code == 200
        assert scanner.head("/portal/link/").status_code == 200
        assert scanner.get("/portal/").headers["Location"] == "/portal/sign-in/"
    assert arrived(link).post("/portal/link/").headers["Location"] == "/portal/"


def test_the_address_in_the_mail_takes_no_post(link: str) -> None:
    assert Client().post(link).status_code == 405
    assert arrived(link).post("/portal/link/").status_code == 302


def test_what_a_mail_program_adds_to_an_address_does_no_harm(link: str) -> None:
    for more in (".", "/", ")", ">."):
        assert arrived(link + more).get("/portal/link/").status_code == 200


def test_a_used_link_is_answered_friendly_and_a_new_one_sent(link: str, contact: Contact) -> None:
    assert arrived(link).post("/portal/link/").status_code == 302
    late = arrived(link)
    shown = late.get("/portal/link/")
    assert shown.status_code == 410
    assert "Send me a new one" in shown.content.decode()
    assert contact.email not in shown.content.decode()
    assert late.post("/portal/link/").status_code == 410
    assert late.get("/portal/").headers["Location"] == "/portal/sign-in/"
    assert late.post("/portal/link/again/").headers["Location"] == "/portal/sign-in/link/sent/"
    assert len(delivered()) == 1


def test_a_link_that_never_was_leads_to_the_form(db: None) -> None:
    for token in ("nonsense", "a.b", "%00", "%ED%A0%80", "x" * 3000, "../../x"):
        browser = Client()
        assert browser.get(f"/portal/link/{token}", follow=True).status_code == 410
    assert browser.post("/portal/link/").status_code == 410
    assert browser.post("/portal/link/again/").headers["Location"] == "/portal/sign-in/link/"
    assert Client().get("/portal/link/").status_code == 410


def test_another_persons_link_says_so_and_changes_who_is_signed_in(
    browser: Client, make_account: MakeAccount
) -> None:
    make_account("Brightside LLC", contacts=[{"email": "bo@example.test", "name": "Bo Bright"}])
    ask_for_link("bo@example.test")
    arrived(f"/portal/link/{the_link()}", browser)
    assert "Ada Okafor" in browser.get("/portal/you/").content.decode()
    shown = browser.get("/portal/link/").content.decode()
    assert "You are signed in as Ada Okafor" in shown
    browser.post("/portal/link/")
    you = browser.get("/portal/you/").content.decode()
    assert ("bo@example.test" in you, "ada@example.test" in you) == (True, False)


def test_a_contact_who_was_taken_off_meanwhile_stays_out(invitation: str, contact: Contact) -> None:
    browser = arrived(invitation)
    assert browser.get("/portal/link/").status_code == 200
    contact.account_links.all().delete()
    answer = browser.post("/portal/link/", {"way": "password", "password": NEW})
    assert answer.status_code == 410
    contact.refresh_from_db()
    assert sign_in_fails(contact.email, NEW)
    browser.post("/portal/link/again/")
    assert delivered() == []


def sign_in_fails(email: str, password: str) -> bool:
    return Client().post("/portal/sign-in/", {"email": email, "password": password}).status_code == 422


def test_asking_is_answered_alike_whoever_asks(contact: Contact, account: Account) -> None:
    before = Event.objects.count()
    seen = []
    for email in (contact.email, "nobody@example.test", "Olga@Example.test"):
        browser = Client()
        answer = browser.post("/portal/sign-in/link/", {"email": email})
        page = browser.get(answer.headers["Location"])
        seen.append((answer.status_code, answer.headers["Location"], without_secrets(page.content.decode())))
    assert seen[0] == seen[1] == seen[2]
    assert LinkRequest.objects.count() == 3
    assert Event.objects.count() == before
    assert [message.to for message in delivered()] == [["Ada Okafor <ada@example.test>"]]


def test_asking_costs_the_same_queries_whoever_asks(contact: Contact) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for email in (contact.email, "nobody@example.test"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            Client().post("/portal/sign-in/link/", {"email": email})
        costs.append([each["sql"].split(" WHERE ")[0][:40] for each in queries.captured_queries])
    assert costs[0] == costs[1]


def test_asking_too_often_is_stopped_for_known_and_unknown_alike(contact: Contact) -> None:
    for email in (contact.email, "nobody@example.test"):
        for _try in range(10):
            assert Client().post("/portal/sign-in/link/", {"email": email}).status_code == 302
        answer = Client().post("/portal/sign-in/link/", {"email": email})
        assert answer.status_code == 422
        assert "Too many tries" in answer.content.decode()
    assert LinkRequest.objects.count() == 20


@pytest.mark.parametrize("email", ["", "no address", "a@b\x00c.test", "x" * 300 + "@example.test"])
def test_what_is_no_address_is_said_so(db: None, email: str) -> None:
    assert Client().post("/portal/sign-in/link/", {"email": email}).status_code == 422
    assert not LinkRequest.objects.exists()


def test_a_link_is_in_no_answer_and_in_no_log(link: str) -> None:
    token = link.rpartition("/")[2]
    browser = arrived(link)
    assert token not in browser.get("/portal/link/").content.decode()
    assert browser.get("/portal/link/").headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in browser.get(link).headers["Cache-Control"]
    filters = [each for handler in logging.getLogger().handlers for each in handler.filters]
    assert any(isinstance(each, WithoutLinks) for each in filters)
    refused = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (link,), None)
    assert WithoutLinks().filter(refused)
    assert refused.getMessage() == "Not Found: /portal/link/…"
    logged = logging.LogRecord("x", 30, "", 0, "Not Found: %s", ("/jobs/4711/",), None)
    assert WithoutLinks().filter(logged)
    assert logged.getMessage() == "Not Found: /jobs/4711/"


def test_signing_in_is_recorded_with_its_way(browser: Client, contact: Contact) -> None:
    [event] = Event.objects.filter(kind="contact_signed_in")
    assert (event.actor_kind, event.actor, event.data["how"]) == ("contact", contact.pk, "password")
    contact.refresh_from_db()
    assert contact.signed_in_at is not None
