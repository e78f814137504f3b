"""Contacts, their sign-in, and who may see which account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clearstage.clients.models import Account, Contact
from clearstage.clients.operations.access import grant_access, revoke_access
from clearstage.clients.operations.contacts import choose_language, edit_contact, set_notice_preferences
from clearstage.clients.queries import contact_actor, contact_named, visible_contacts
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.kernel.errors import Forbidden, Invalid, NotFound


@pytest.fixture
def anna(make_account):
    make_account("Adler", contacts=["anna@client.test"])
    return Contact.objects.get()


def words():
    event = Event.objects.last()
    return str(in_words(event.kind, event.data))


def test_a_contact_is_changed_by_those_with_the_right(owner_actor, anna):
    edit_contact(owner_actor, anna.pk, {"name": "Anna Adler", "email": "anna@adler.test"})
    anna.refresh_from_db()
    assert (anna.name, anna.email) == ("Anna Adler", "anna@adler.test")
    assert "e-mail: “anna@client.test” → “anna@adler.test”" in words()


def test_two_contacts_never_share_an_email(owner_actor, anna, make_account):
    make_account("Bauer", contacts=["bert@client.test"])
    with pytest.raises(Invalid):
        edit_contact(owner_actor, anna.pk, {"email": "BERT@client.test"})
    anna.refresh_from_db()
    assert anna.email == "anna@client.test"
    assert not Event.objects.exists()


@pytest.mark.parametrize("wrong", [{"email": "x"}, {"language": "tlh"}, {"name": ""}, {"password": "x"}])
def test_what_cannot_be_understood_is_refused(owner_actor, anna, wrong):
    with pytest.raises(Invalid):
        edit_contact(owner_actor, anna.pk, wrong)
    assert not Event.objects.exists()


def test_a_contact_changes_his_own_name_and_language_but_not_his_email(anna):
    me = contact_actor(anna)
    edit_contact(me, anna.pk, {"name": "Anna A."})
    assert choose_language(me, "de").language == "de"
    with pytest.raises(Forbidden):
        edit_contact(me, anna.pk, {"email": "other@client.test"})
    with pytest.raises(Forbidden):
        choose_language(replace(me, read_only=True), "fr")


def test_a_contact_sees_no_other(anna, make_account):
    make_account("Bauer", contacts=["bert@client.test"])
    bert = contact_named("BERT@client.test")
    assert list(visible_contacts(contact_actor(anna))) == [anna]
    with pytest.raises(NotFound):
        edit_contact(contact_actor(anna), bert.pk, {"name": "x"})


def test_contacts_of_closed_accounts_do_not_exist(make_member, actor_for, anna, make_account):
    member = make_member(rights=["contacts"])
    with pytest.raises(NotFound):
        edit_contact(actor_for(member), anna.pk, {"name": "x"})
    grant = Account.objects.get()
    grant.access.create(member=member)
    assert edit_contact(actor_for(member), anna.pk, {"name": "x"}).name == "x"


def test_only_contacts_choose_a_language_of_the_portal(owner_actor, anna):
    with pytest.raises(Forbidden):
        choose_language(owner_actor, "de")


def test_access_opens_and_closes_an_account(owner_actor, employee, employee_actor, make_account):
    account = make_account()
    for _again in range(2):
        grant_access(owner_actor, account.pk, employee.pk)
    assert Account.objects.visible_to(employee_actor).count() == 1
    assert words() == "Opened the account to Mia Chen"
    for _again in range(2):
        revoke_access(owner_actor, account.pk, employee.pk)
    assert not Account.objects.visible_to(employee_actor).exists()
    assert Event.objects.count() == 2


def test_a_contact_chooses_how_he_is_told(anna):  # P2, C12
    actor = contact_actor(anna)
    set_notice_preferences(actor, {"notices": "daily", "status_notices": False})
    anna.refresh_from_db()
    assert (anna.notices, anna.status_notices) == ("daily", False)
    assert "e-mails about what waits: “each” → “daily”" in words()
    for wrong in ({"notices": "hourly"}, {"status_notices": "no"}, {"email": "other@client.test"}):
        with pytest.raises(Invalid):
            set_notice_preferences(actor, wrong)


def test_nobody_chooses_for_a_contact_in_his_name(anna, owner_actor):
    for other in (owner_actor, contact_actor(anna, read_only=True)):
        with pytest.raises(Forbidden):
            set_notice_preferences(other, {"notices": "none"})
    assert not Event.objects.exists()


def test_opening_accounts_takes_a_right_and_sight_of_the_account(
    make_member, actor_for, employee, make_account
):
    giver = make_member(rights=["assign teammates"])
    mine, other = make_account(access=[giver, employee]), make_account("Bauer")
    grant_access(actor_for(giver), mine.pk, giver.pk)
    with pytest.raises(NotFound):
        grant_access(actor_for(giver), other.pk, employee.pk)
    with pytest.raises(Forbidden):
        grant_access(actor_for(employee), mine.pk, employee.pk)
    with pytest.raises(Forbidden):
        revoke_access(actor_for(employee), mine.pk, giver.pk)
    assert not Event.objects.exists()


def test_an_inactive_member_is_given_nothing(owner_actor, make_member, make_account):
    with pytest.raises(Invalid):
        grant_access(owner_actor, make_account().pk, make_member(is_active=False).pk)
    with pytest.raises(NotFound):
        grant_access(owner_actor, make_account().pk, 4711)
