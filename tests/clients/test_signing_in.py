"""A contact's own way in: his password, and signing out everywhere. No member has a hand in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.hashers import check_password, is_password_usable

from clearstage.clients.models import Contact
from clearstage.clients.operations.links import invite_contact
from clearstage.clients.operations.signing_in import set_contact_password, sign_out_everywhere
from clearstage.clients.queries import contact_actor
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.kernel.actor import the_firm
from clearstage.kernel.errors import Forbidden, Invalid, NotFound
from tests.fixtures import PASSWORD


@pytest.fixture
def anna(make_account):
    make_account("Adler", contacts=["anna@client.test"])
    return Contact.objects.get()


def test_a_password_is_set_by_the_contact_and_by_no_member(owner_actor, anna):
    assert not is_password_usable(anna.password)
    for actor in (owner_actor, contact_actor(anna, read_only=True)):
        with pytest.raises(Forbidden):
            set_contact_password(actor, anna.pk, PASSWORD)
    assert not Event.objects.exists()
    set_contact_password(the_firm(via="demo"), anna.pk, PASSWORD)
    set_contact_password(contact_actor(anna), anna.pk, "another long password")
    anna.refresh_from_db()
    assert check_password("another long password", anna.password)
    assert "password" not in str(Event.objects.last().data).lower()


@pytest.mark.parametrize(
    "password",
    ["", "short", "eleven char", "password1234", "anna@client.test", "x" * 1001, "with\x00a NUL inside"],
)
def test_a_bad_password_is_refused_and_the_old_one_stays(anna, password):
    with pytest.raises(Invalid):
        set_contact_password(contact_actor(anna), anna.pk, password)
    anna.refresh_from_db()
    assert not is_password_usable(anna.password)
    assert not Event.objects.exists()


def test_a_contact_changes_nothing_of_another(anna, make_account):
    make_account("Bauer", contacts=["bea@client.test"])
    bea = contact_actor(Contact.objects.get(email="bea@client.test"))
    with pytest.raises(NotFound):
        set_contact_password(bea, anna.pk, PASSWORD)
    with pytest.raises(NotFound):
        sign_out_everywhere(bea, anna.pk)


def test_signing_out_everywhere_is_his_alone_and_ends_links(owner_actor, anna):
    invite_contact(owner_actor, anna.pk)
    for actor in (owner_actor, replace(contact_actor(anna), read_only=True)):
        with pytest.raises(Forbidden):
            sign_out_everywhere(actor, anna.pk)
    sign_out_everywhere(contact_actor(anna), anna.pk)
    anna.refresh_from_db()
    assert anna.sessions_round == 1
    assert not anna.sign_in_links.filter(ended_at=None).exists()
    event = Event.objects.last()
    assert str(in_words(event.kind, event.data)) == "Anna signed out everywhere"
