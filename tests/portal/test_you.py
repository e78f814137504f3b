"""What a client changes of himself on his own page, and what is the firm's to change (P2, C12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from clearstage.events.models import Event
from tests.fixtures import PASSWORD, MakeAccount

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member

NOTICES = "/portal/you/notices/"


@pytest.fixture
def second(make_account: MakeAccount, account: Account) -> Account:
    return make_account("Okafor Design LLC", contacts=["ada@example.test"])


def kinds() -> list[str]:
    return list(Event.objects.exclude(kind="contact_signed_in").values_list("kind", flat=True))


def test_he_changes_his_name(browser: Client, contact: Contact) -> None:
    assert browser.post("/portal/you/name/", {"name": " Ada O. "}).status_code == 302
    contact.refresh_from_db()
    assert contact.name == "Ada O."
    assert "Saved" in browser.get("/portal/you/").content.decode()


def test_what_is_said_once_is_said_to_nobody_else_at_the_same_screen(
    browser: Client, contact: Contact, make_account: MakeAccount
) -> None:
    browser.post("/portal/you/name/", {"name": "Ada O."})
    said = browser.cookies["clearstage_said"].value
    assert said
    browser.post("/portal/sign-out/")
    assert browser.cookies["clearstage_said"].value == ""
    browser.cookies["clearstage_said"] = said  # as where he closed the lid and did not sign out
    other = make_account("Brightside LLC", contacts=["ben@example.test"]).contacts.get()
    other.password = contact.password
    other.save(update_fields=["password"])
    browser.post("/portal/sign-in/", {"email": "ben@example.test", "password": PASSWORD})
    answer = browser.get("/portal/you/").content.decode()
    assert "ben@example.test" in answer
    assert "Saved" not in answer


@pytest.mark.parametrize("wrong", ["", "  ", "x" * 201, "Ada\x00", "Ada\nOkafor"])
def test_a_name_that_is_none_is_refused_and_stays_in_the_form(
    browser: Client, contact: Contact, wrong: str
) -> None:
    answer = browser.post("/portal/you/name/", {"name": wrong})
    assert answer.status_code == 422
    assert 'id="name-problem"' in answer.content.decode()
    contact.refresh_from_db()
    assert (contact.name, kinds()) == ("Ada Okafor", [])


def test_his_e_mail_is_not_his_to_change(browser: Client, contact: Contact) -> None:
    browser.post("/portal/you/name/", {"name": "Ada", "email": "other@example.test"})
    browser.post(NOTICES, {"notices": "daily", "email": "other@example.test"})
    contact.refresh_from_db()
    assert contact.email == "ada@example.test"
    assert "Tell us, and we change it for you" in browser.get("/portal/you/").content.decode()


def test_he_chooses_how_he_is_told(browser: Client, contact: Contact) -> None:
    browser.post(NOTICES, {"notices": "daily"})
    contact.refresh_from_db()
    assert (contact.notices, contact.status_notices) == ("daily", False)
    browser.post(NOTICES, {"notices": "none", "status_notices": "on"})
    contact.refresh_from_db()
    assert (contact.notices, contact.status_notices) == ("none", True)
    assert kinds() == ["contact_edited", "contact_edited"]


@pytest.mark.parametrize("wrong", ["", "hourly", "\x00"])
def test_another_way_of_telling_is_refused_whole(
    browser: Client, contact: Contact, second: Account, wrong: str
) -> None:
    assert browser.post(NOTICES, {"notices": wrong, "shown": [str(second.pk)]}).status_code == 422
    assert second.contact_links.get().notify is True
    assert kinds() == []


def test_he_chooses_of_which_accounts_he_is_told(browser: Client, account: Account, second: Account) -> None:
    shown = [str(account.pk), str(second.pk)]
    browser.post(NOTICES, {"notices": "each", "status_notices": "on", "shown": shown, "account": shown[:1]})
    assert [each.contact_links.get().notify for each in (account, second)] == [True, False]
    assert kinds() == ["contact_notify_chosen"]
    before = second.version
    second.refresh_from_db()
    assert second.version == before + 1
    text = browser.get("/portal/you/").content.decode()
    assert f'name="account" value="{second.pk}">' in text
    assert f'name="account" value="{account.pk}" checked>' in text


def test_a_form_that_shows_no_accounts_changes_none(browser: Client, account: Account) -> None:
    browser.post(NOTICES, {"notices": "daily"})
    assert account.contact_links.get().notify is True


def test_other_peoples_accounts_are_left_alone(browser: Client, make_account: MakeAccount) -> None:  # X4
    other = make_account("Brightside LLC", contacts=["bo@example.test"])
    browser.post(NOTICES, {"notices": "each", "shown": [str(other.pk), "nonsense"]})
    assert other.contact_links.get().notify is True


def test_the_firm_sees_it_read_only(owner: Member, account: Account, contact: Contact) -> None:  # P5
    firm = Client()
    firm.force_login(owner)
    text = firm.get(f"/as-client/{account.pk}/{contact.pk}/you/").content.decode()
    form = text[text.index('aria-labelledby="notices"') :]
    form = form[: form.index("</form>")]
    assert form.count("<fieldset disabled>") == form.count("<fieldset")
    assert '<button class="btn btn-primary" disabled>' in form
    assert firm.post(NOTICES, {"notices": "none"}).status_code == 302
    contact.refresh_from_db()
    assert contact.notices == "each"
    whole = firm.get(f"/as-client/{account.pk}/0/you/").content.decode()
    assert 'id="notices"' not in whole
