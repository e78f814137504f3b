"""Another e-mail address of a contact: his ways in end, the old address hears of it, and he is invited anew."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import is_password_usable, make_password

from clearstage.clients.models import Contact
from clearstage.clients.operations.contacts import edit_contact
from clearstage.clients.operations.links import ask_for_link, use_link
from clearstage.clients.queries import contact_actor
from clearstage.kernel.errors import Invalid
from clearstage.outbox.models import Delivery
from tests.fixtures import PASSWORD

from .authenticator import Authenticator
from .links import delivered, link_in
from .test_passkeys import added

NEW = "anna@adler.test"


@pytest.fixture
def anna(make_account, settings):
    """Signs in with a password and with a passkey, and reads German."""
    settings.BASE_URL = "http://localhost"
    make_account("Adler", contacts=["anna@client.test"])
    row = Contact.objects.get()
    row.password, row.language = make_password(PASSWORD), "de"
    row.save(update_fields=["password", "language"])
    added(row, Authenticator())
    return row


def test_the_old_address_is_told_and_does_not_learn_the_new_one(owner_actor, anna):
    edit_contact(owner_actor, anna.pk, {"email": NEW})
    told, invited = delivered()
    assert (told.to, invited.to) == (["Anna <anna@client.test>"], [f"Anna <{NEW}>"])
    assert NEW not in told.body
    assert "http" not in told.body
    assert Delivery.objects.get(to="anna@client.test").payload["language"] == "de"


def test_password_passkeys_and_links_end_and_the_invitation_leads_back_in(owner_actor, anna):
    ask_for_link(anna.email)
    [before] = delivered()
    edit_contact(owner_actor, anna.pk, {"email": NEW})
    anna.refresh_from_db()
    assert not is_password_usable(anna.password)
    assert not anna.passkeys.exists()
    old = anna.sign_in_links.get(purpose="sign-in")
    assert old.ended_at is not None
    _told, invited = delivered()
    assert link_in(invited) != link_in(before)
    link = anna.sign_in_links.get(purpose="invitation")
    assert use_link(contact_actor(anna), link.pk, "three words in a row") == anna


@pytest.mark.parametrize("same", [{"email": "ANNA@client.test"}, {"name": "Anna A."}])
def test_the_same_address_written_otherwise_ends_nothing(owner_actor, anna, same):
    edit_contact(owner_actor, anna.pk, same)
    anna.refresh_from_db()
    assert is_password_usable(anna.password)
    assert anna.passkeys.count() == 1
    assert delivered() == []


def test_a_refused_address_ends_nothing(owner_actor, anna, make_account):
    make_account("Bauer", contacts=["bea@client.test"])
    with pytest.raises(Invalid):
        edit_contact(owner_actor, anna.pk, {"email": "bea@client.test"})
    anna.refresh_from_db()
    assert is_password_usable(anna.password)
    assert delivered() == []


def test_who_was_never_invited_is_not_invited_by_a_correction(owner_actor, make_account):
    make_account("Bauer", contacts=["bea@client.test"])
    edit_contact(owner_actor, Contact.objects.get().pk, {"email": "beate@client.test"})
    [told] = delivered()
    assert told.to == ["Bea <bea@client.test>"]


def test_who_has_nothing_to_do_with_the_portal_gets_no_mail(owner_actor, make_account):
    make_account("Bauer", contacts=[{"email": "bea@client.test", "login": False}])
    edit_contact(owner_actor, Contact.objects.get().pk, {"email": "beate@client.test"})
    assert delivered() == []
