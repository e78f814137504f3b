"""The read-only view (P5): what the client sees, nothing that can be changed, and a record that somebody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.db import DatabaseError
from django.test import Client

from tests.fixtures import MakeAccount, MakeMember
from tests.portal.conftest import MakeJob
from tests.portal.test_portal import without_secrets

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member


def signed_in(member: Member) -> Client:
    browser = Client()
    browser.force_login(member)
    return browser


@pytest.fixture
def member(make_member: MakeMember, account: Account) -> Member:
    """An employee who sees the account and has the right."""
    from clearstage.clients.models import AccountAccess

    member = make_member("viv@example.test", "Viv Viewer", rights=["view as client"])
    AccountAccess.objects.create(account=account, member=member)
    return member


def address(account: Account, contact: Contact | None) -> str:
    return f"/as-client/{account.pk}/{contact.pk if contact else 0}/"


def test_the_member_sees_what_the_contact_sees(
    member: Member, browser: Client, account: Account, contact: Contact, make_job: MakeJob
) -> None:
    make_job(account, client_job_name="Your 2025 tax return")
    seen = signed_in(member).get(address(account, contact)).content.decode()
    own = browser.get("/portal/").content.decode()
    assert section(seen) == section(own)
    assert "You see what Ada Okafor sees. Nothing can be changed." in seen


def test_the_account_as_a_whole_can_be_seen(member: Member, account: Account, make_job: MakeJob) -> None:
    make_job(account, "Payroll 2025")
    text = signed_in(member).get(address(account, None)).content.decode()
    assert "Payroll 2025" in text
    assert "You see what the clients of Ada Okafor see." in text


def test_only_the_account_one_came_from_is_shown(
    member: Member, account: Account, contact: Contact, make_account: MakeAccount, make_job: MakeJob
) -> None:  # X4
    second = make_account("Okafor Design LLC", contacts=[contact.email])
    make_job(second, "Secret of another account")
    text = signed_in(member).get(address(account, contact)).content.decode()
    assert "Secret of another account" not in text
    assert "Okafor Design" not in text
    assert signed_in(member).get(address(account, contact) + f"?account={second.pk}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("page", ["", "you/"])
def test_no_other_method_is_answered(
    member: Member, account: Account, contact: Contact, method: str, page: str
) -> None:
    answer = getattr(signed_in(member), method)(address(account, contact) + page)
    assert answer.status_code == 405


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["", "you/"])
def test_a_write_while_the_page_is_made_is_refused_by_the_database(
    member: Member, account: Account, contact: Contact, page: str
) -> None:
    from clearstage.clients.models import Contact as Contacts
    from clearstage.portal import showing

    def changing(*arguments: object, **named: object) -> object:
        Contacts.objects.update(name="changed")
        raise AssertionError("the write went through")

    with mock.patch.object(showing, "render", changing), pytest.raises(DatabaseError):
        signed_in(member).get(address(account, contact) + page)
    assert Contacts.objects.get(pk=contact.pk).name == "Ada Okafor"


def test_reading_goes_on_and_writing_comes_back_afterwards(account: Account) -> None:
    from clearstage.kernel.readonly import read_only

    with read_only():
        account.refresh_from_db()
    account.name = "Ada O."
    account.save(update_fields=["name"])
    account.refresh_from_db()
    assert account.name == "Ada O."


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_inside_the_guard_and_everything_after_it(account: Account) -> None:
    from clearstage.clients.models import Account as Accounts
    from clearstage.kernel.readonly import read_only

    with pytest.raises(DatabaseError), read_only():
        Accounts.objects.create(name="Never", created_at=account.created_at)
    assert not Accounts.objects.filter(name="Never").exists()
    Accounts.objects.create(name="Later", created_at=account.created_at)


def test_looking_is_recorded_before_anything_is_seen(
    member: Member, account: Account, contact: Contact
) -> None:
    from clearstage.events.models import Event

    browser = signed_in(member)
    browser.get(address(account, contact))
    browser.get(address(account, None) + "you/")
    events = list(Event.objects.filter(kind="client_view_opened").order_by("id"))
    assert [(event.actor, event.account, event.data) for event in events] == [
        (member.pk, account.pk, {"contact": "Ada Okafor", "page": "home"}),
        (member.pk, account.pk, {"contact": None, "page": "you"}),
    ]


def test_every_control_is_off(member: Member, account: Account, contact: Contact) -> None:
    text = signed_in(member).get(address(account, contact) + "you/").content.decode()
    form = text[text.index('action="/portal/sign-out/"') :]
    assert "disabled" in form[: form.index("</form>")]


def test_without_the_right_it_is_refused_and_nothing_is_recorded(
    make_member: MakeMember, account: Account, contact: Contact
) -> None:
    from clearstage.clients.models import AccountAccess
    from clearstage.events.models import Event

    plain = make_member("pat@example.test", "Pat Plain")
    AccountAccess.objects.create(account=account, member=plain)
    answer = signed_in(plain).get(address(account, contact))
    assert answer.status_code == 403
    assert "view as client" in answer.content.decode()
    assert not Event.objects.filter(kind="client_view_opened").exists()


def test_an_account_one_may_not_see_does_not_exist(
    make_member: MakeMember, account: Account, contact: Contact
) -> None:  # X4
    outsider = make_member("out@example.test", "Olaf Outside", rights=["view as client"])
    closed = signed_in(outsider).get(address(account, contact))
    nonsense = signed_in(outsider).get(f"/as-client/99999/{contact.pk}/")
    assert closed.status_code == nonsense.status_code == 404
    assert without_secrets(closed.content.decode()) == without_secrets(nonsense.content.decode())


def test_who_cannot_sign_in_for_the_account_sees_nothing_there(
    owner: Member, account: Account, contact: Contact, make_account: MakeAccount
) -> None:
    contact.account_links.update(login=False)
    assert signed_in(owner).get(address(account, contact)).status_code == 404
    stranger = make_account("Brightside LLC", contacts=["bo@example.test"]).contacts.get()
    assert signed_in(owner).get(address(account, stranger)).status_code == 404


def test_one_has_to_be_signed_in_at_the_firm(browser: Client, account: Account, contact: Contact) -> None:
    answer = browser.get(address(account, contact))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/?next=")


def test_whom_to_see_is_chosen_first(owner: Member, account: Account, contact: Contact) -> None:
    text = signed_in(owner).get(f"/as-client/{account.pk}/").content.decode()
    assert address(account, contact) in text
    assert address(account, None) in text


def section(text: str) -> str:
    """The work in progress, which is the same whoever looks."""
    return text[text.index('<section aria-labelledby="progress"') : text.index("</main>")]
