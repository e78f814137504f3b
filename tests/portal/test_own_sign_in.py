"""How a client changes his ways in, on his own page; and that nobody else does, least of all by the read-only view."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from clearstage.clients.models import Passkey
from clearstage.clients.operations.links import ask_for_link
from clearstage.events.models import Event
from clearstage.kernel import clock
from tests.clients.authenticator import Authenticator
from tests.clients.links import the_link
from tests.fixtures import PASSWORD
from tests.portal.conftest import sign_in

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member

NEW = "three words in a row"
LATER = timedelta(minutes=16)
CHANGES = [
    "you/password/",
    "you/passkeys/",
    "you/passkeys/options/",
    "you/passkeys/1/remove/",
    "you/sign-out-everywhere/",
]


@pytest.fixture(autouse=True)
def at_home(settings: Any) -> None:
    settings.BASE_URL = "http://localhost"


def is_in(browser: Client) -> bool:
    return browser.get("/portal/").status_code == 200


def page(browser: Client, address: str = "/portal/you/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def add_passkey(browser: Client, phone: Authenticator, name: str = "Phone") -> Any:
    options = json.loads(browser.post("/portal/you/passkeys/options/").content)
    return browser.post("/portal/you/passkeys/", {"name": name, "answer": phone.create(options)})


def come_in(phone: Authenticator, **lies: Any) -> tuple[Client, Any]:
    browser = Client()
    options = json.loads(browser.post("/portal/sign-in/passkey/options/").content)
    return browser, browser.post("/portal/sign-in/passkey/", {"answer": phone.get(options, **lies)})


def test_right_after_signing_in_the_password_is_changed_without_the_old_one(
    browser: Client, contact: Contact
) -> None:
    elsewhere = sign_in()
    assert "Present password" not in page(browser, "/portal/you/password/")
    assert browser.post("/portal/you/password/", {"password": NEW}).headers["Location"] == "/portal/you/"
    assert "Your new password counts from now on" in page(browser)
    assert (is_in(browser), is_in(elsewhere)) == (True, False)
    assert is_in(sign_in(password=NEW))


def test_later_the_present_password_is_asked_for(browser: Client, contact: Contact) -> None:
    with clock.at(clock.now() + LATER):
        assert "Present password" in page(browser, "/portal/you/password/")
        for given in (
            {"password": NEW},
            {"password": NEW, "present": "wrong"},
            {"present": PASSWORD, "password": "short"},
        ):
            assert browser.post("/portal/you/password/", given).status_code == 422
        contact.refresh_from_db()
        assert check_password(PASSWORD, contact.password)
        assert (
            browser.post("/portal/you/password/", {"password": NEW, "present": PASSWORD}).status_code == 302
        )
    contact.refresh_from_db()
    assert check_password(NEW, contact.password)


def test_guessing_the_present_password_is_slowed_down(browser: Client) -> None:
    with clock.at(clock.now() + LATER):
        for _try in range(10):
            browser.post("/portal/you/password/", {"password": NEW, "present": "wrong"})
        answer = browser.post("/portal/you/password/", {"password": NEW, "present": PASSWORD})
    assert "Too many tries" in answer.content.decode()


def test_who_came_by_a_link_and_has_no_password_chooses_one(contact: Contact) -> None:
    contact.password = make_password(None)
    contact.save(update_fields=["password"])
    ask_for_link(contact.email)
    browser = Client()
    browser.get(f"/portal/link/{the_link()}")
    browser.post("/portal/link/")
    assert "Choose a password" in page(browser)
    with clock.at(clock.now() + LATER):
        assert "/portal/you/password/" not in page(browser)
        assert browser.post("/portal/you/password/", {"password": NEW, "present": ""}).status_code == 422
    assert browser.post("/portal/you/password/", {"password": NEW}).status_code == 302


def test_a_passkey_is_added_signs_in_and_is_removed(browser: Client, contact: Contact) -> None:
    phone = Authenticator()
    assert add_passkey(browser, phone, "<b>Phone</b>").headers["Location"] == "/portal/you/"
    shown = page(browser)
    assert "&lt;b&gt;Phone&lt;/b&gt;" in shown
    assert "<b>Phone" not in shown
    other, answer = come_in(phone)
    assert answer.headers["Location"] == "/portal/"
    assert "last used" in page(other)
    assert other.post(f"/portal/you/passkeys/{Passkey.objects.get().pk}/remove/").status_code == 302
    assert "The passkey is removed" in page(other)
    assert come_in(phone)[1].status_code == 422


def test_an_answer_is_good_for_its_own_session_purpose_and_hour_and_once(browser: Client) -> None:
    phone = Authenticator()
    add_passkey(browser, phone)
    first, second = Client(), Client()
    options = json.loads(first.post("/portal/sign-in/passkey/options/").content)
    second.post("/portal/sign-in/passkey/options/")
    answer = {"answer": phone.get(options)}
    assert second.post("/portal/sign-in/passkey/", answer).status_code == 422
    assert Client().post("/portal/sign-in/passkey/", answer).status_code == 422
    assert browser.post("/portal/you/passkeys/", {**answer, "name": "x"}).status_code == 409
    with clock.at(clock.now() + timedelta(hours=1)):
        assert first.post("/portal/sign-in/passkey/", answer).status_code == 422
    assert first.post("/portal/sign-in/passkey/", answer).status_code == 422
    assert not is_in(first)
    options = json.loads(first.post("/portal/sign-in/passkey/options/").content)
    assert first.post("/portal/sign-in/passkey/", {"answer": phone.get(options)}).status_code == 302


def test_what_is_wrong_with_a_passkey_is_told_in_the_same_words(browser: Client, contact: Contact) -> None:
    phone = Authenticator()
    add_passkey(browser, phone)
    texts = {come_in(Authenticator())[1].content.decode().count("That did not work")}
    texts.add(come_in(phone, flags=1)[1].content.decode().count("That did not work"))
    contact.account_links.update(login=False)
    texts.add(come_in(phone)[1].content.decode().count("That did not work"))
    assert len(texts) == 1


def test_trying_passkeys_is_slowed_down(browser: Client) -> None:
    phone = Authenticator()
    add_passkey(browser, phone)
    for _try in range(10):
        assert come_in(Authenticator())[1].status_code == 422
    assert "Too many tries" in come_in(phone)[1].content.decode()


def test_passkeys_are_changed_right_after_signing_in_alone(browser: Client) -> None:
    phone = Authenticator()
    add_passkey(browser, phone)
    number = Passkey.objects.get().pk
    with clock.at(clock.now() + LATER):
        shown = page(browser)
        assert "please sign in once more" in shown
        assert "/remove/" not in shown
        assert browser.post("/portal/you/passkeys/options/").status_code == 403
        assert browser.post("/portal/you/passkeys/", {"name": "x", "answer": "{}"}).status_code == 403
        assert browser.post(f"/portal/you/passkeys/{number}/remove/").status_code == 403
    assert Passkey.objects.count() == 1


def test_another_clients_passkey_does_not_exist(browser: Client, make_account: Any) -> None:  # X4
    make_account("Brightside LLC", contacts=["bo@example.test"])
    of_bo = Passkey.objects.create(
        contact=make_account("B", contacts=["bo@example.test"]).contacts.get(),
        name="Bo's", credential="AAAA", public_key="", created_at=clock.now(),
    )  # fmt: skip
    assert "Bo&#x27;s" not in page(browser)
    answers = [browser.post(f"/portal/you/passkeys/{number}/remove/") for number in (of_bo.pk, 4711)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert Passkey.objects.count() == 1


def test_signing_out_everywhere_ends_all_sessions(browser: Client, contact: Contact) -> None:
    elsewhere = sign_in()
    assert browser.post("/portal/you/sign-out-everywhere/").headers["Location"] == "/portal/sign-in/"
    assert (is_in(browser), is_in(elsewhere)) == (False, False)
    assert is_in(sign_in())


def test_a_new_address_ends_the_sessions(browser: Client, contact: Contact) -> None:
    contact.email = "ada.new@example.test"
    contact.save(update_fields=["email"])
    assert not is_in(browser)


@pytest.mark.parametrize("address", CHANGES)
def test_nothing_is_changed_by_strangers_or_by_looking(db: None, browser: Client, address: str) -> None:
    before = Event.objects.count()
    assert Client().post(f"/portal/{address}").headers["Location"] == "/portal/sign-in/"
    assert browser.get(f"/portal/{address}").status_code == (200 if address == "you/password/" else 405)
    assert Event.objects.count() == before


def test_the_read_only_view_shows_the_page_without_any_of_it(
    owner: Member, account: Account, contact: Contact
) -> None:
    Passkey.objects.create(
        contact=contact, name="My phone", credential="AAAA", public_key="", created_at=clock.now()
    )
    watching = Client()
    watching.force_login(owner)
    below = f"/as-client/{account.pk}/{contact.pk}/"
    shown = page(watching, f"{below}you/")
    assert "ada@example.test" in shown
    for hidden in ("How you sign in", "My phone", "passkey", "/portal/you/password/", "everywhere"):
        assert hidden not in shown, hidden
    for address in CHANGES:
        assert watching.get(below + address).status_code == 404
        assert watching.post(below + address).status_code == 404


def test_where_passkeys_cannot_be_made_none_are_offered(browser: Client, settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert "passkey" not in page(Client(), "/portal/sign-in/")
    assert "passkeys.js" not in page(browser)
    assert Client().post("/portal/sign-in/passkey/options/").status_code == 409
