"""Links that sign in: mailed, kept as hashes, used once, and ended by whatever makes them doubtful."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password

from clearstage.clients.links import is_open, link_of
from clearstage.clients.models import Contact, LinkRequest, SignInLink
from clearstage.clients.operations.accounts import AccountInput, create_account, edit_account
from clearstage.clients.operations.contacts import edit_contact
from clearstage.clients.operations.links import (
    answer_link_request,
    ask_for_link,
    invite_contact,
    prune_links,
    use_link,
)
from clearstage.clients.operations.signing_in import set_contact_password
from clearstage.clients.queries import contact_actor
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.kernel import clock
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from clearstage.outbox.models import Delivery
from tests.fixtures import PASSWORD

from .links import delivered, link_in, the_link


@pytest.fixture
def account(make_account):
    return make_account("Adler & Söhne", contacts=["anna@client.test"])


@pytest.fixture
def anna(account):
    return Contact.objects.get()


@pytest.fixture
def link(owner_actor, anna):
    """An invitation that has arrived."""
    invite_contact(owner_actor, anna.pk)
    return link_of(the_link())


def ask(email="anna@client.test"):
    ask_for_link(email)
    return delivered()


def closed(link):
    link = SignInLink.objects.select_related("contact").get(pk=link.pk)
    assert not is_open(link)
    with pytest.raises(Refused):
        use_link(contact_actor(link.contact), link.pk)
    return True


def test_an_invitation_says_who_invites_and_to_which_accounts(owner_actor, anna, make_account):
    make_account("Adler Bau", contacts=["anna@client.test"])
    make_account("Closed to her", contacts=[{"email": "anna@client.test", "login": False}])
    invite_contact(owner_actor, anna.pk)
    [message] = delivered()
    assert message.to == ["Anna <anna@client.test>"]
    assert message.subject == "Lindqvist & Partners invites you to the client portal"
    for words in ("Hello Anna", "– Adler & Söhne\n– Adler Bau", "within 7 days"):
        assert words in message.body
    assert "Closed to her" not in message.body
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert f'href="http://127.0.0.1:8000/portal/link/{link_in(message)}"' in html


def test_an_invitation_is_recorded_and_dated(owner_actor, anna):
    assert invite_contact(owner_actor, anna.pk).invited_at is not None
    [event] = Event.objects.all()
    assert (event.actor, str(in_words(event.kind, event.data))) == (
        owner_actor.id,
        "Invited Anna to the portal",
    )


def test_neither_database_nor_events_hold_a_link_that_could_be_used(link):
    [delivery] = Delivery.objects.all()
    kept = [
        str(each)
        for each in (*Delivery.objects.values(), *Event.objects.values(), *SignInLink.objects.values())
    ]
    seed = delivery.payload["link"]["seed"]
    assert any(seed in text for text in kept)
    assert link_of(seed) is None
    assert not any("/portal/link/" + seed + "." in text for text in kept)


def test_inviting_takes_the_right_sight_of_the_contact_and_a_sign_in(
    make_member, actor_for, employee_actor, anna, account, owner_actor
):
    with pytest.raises(NotFound):
        invite_contact(employee_actor, anna.pk)
    with pytest.raises(NotFound):
        invite_contact(owner_actor, 4711)
    member = make_member()
    account.access.create(member=member)
    with pytest.raises(Forbidden):
        invite_contact(actor_for(member), anna.pk)
    account.contact_links.update(login=False)
    with pytest.raises(Refused, match="may not sign in"):
        invite_contact(owner_actor, anna.pk)
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


def test_a_link_works_once(anna, link):
    assert use_link(contact_actor(anna), link.pk) == anna
    assert closed(link)
    anna.refresh_from_db()
    assert anna.signed_in_at is not None
    event = Event.objects.last()
    assert str(in_words(event.kind, event.data)) == "Anna signed in by the invitation"


def test_a_link_sets_a_password_or_stays_unused(anna, link):
    with pytest.raises(Invalid):
        use_link(contact_actor(anna), link.pk, "short")
    assert is_open(link)
    assert Event.objects.count() == 1
    use_link(contact_actor(anna), link.pk, PASSWORD)
    anna.refresh_from_db()
    assert check_password(PASSWORD, anna.password)


def test_a_newer_invitation_takes_the_place_of_the_older(owner_actor, anna, link):
    invite_contact(owner_actor, anna.pk)
    assert closed(link)
    assert is_open(link_of(the_link()))


def test_asking_for_a_link_does_not_end_the_invitation(link):
    assert len(ask()) == 1
    assert is_open(link)


def test_links_end_in_time(anna, link):
    [message] = ask()
    asked = link_of(link_in(message))
    with clock.at(clock.now() + timedelta(minutes=14)):
        assert is_open(asked)
    with clock.at(clock.now() + timedelta(minutes=15)):
        assert closed(asked)
        assert is_open(link)
    with clock.at(clock.now() + timedelta(days=7)):
        assert closed(link)


def test_links_end_with_the_right_to_sign_in_and_do_not_come_back_with_it(owner_actor, account, link):
    entry = {"email": "anna@client.test", "name": "Anna"}
    edit_account(owner_actor, account.pk, {"contacts": [{**entry, "login": False}]})
    assert closed(link)
    edit_account(owner_actor, account.pk, {"contacts": [{**entry, "login": True}]})
    assert closed(link)


def test_links_go_on_while_another_account_is_open(owner_actor, account, make_account, link):
    make_account("Adler Bau", contacts=["anna@client.test"])
    edit_account(owner_actor, account.pk, {"contacts": []})
    assert is_open(SignInLink.objects.get(pk=link.pk))


def test_links_end_with_a_new_address_and_with_a_new_password(owner_actor, anna, link):
    edit_contact(owner_actor, anna.pk, {"email": "anna.new@client.test"})
    assert closed(link)
    _told, invitation = delivered()
    second = link_of(link_in(invitation))
    set_contact_password(contact_actor(anna), anna.pk, PASSWORD)
    assert closed(second)


def test_a_link_is_its_owners_alone(link, make_account, owner_actor):
    make_account("Bauer", contacts=["bea@client.test"])
    bea = Contact.objects.get(email="bea@client.test")
    for actor in (contact_actor(bea), owner_actor, contact_actor(link.contact, read_only=True)):
        with pytest.raises(Forbidden):
            use_link(actor, link.pk)
    assert is_open(link)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_gets_in(anna, link, in_another_thread):
    def attempt(_number):
        try:
            use_link(contact_actor(anna), link.pk)
        except Refused:
            return False
        return True

    tries = [in_another_thread(attempt, number) for number in range(4)]
    assert sorted(each.result(30) for each in tries) == [False, False, False, True]


def test_nonsense_is_no_link(link):
    good = link.digest
    for token in ("", ".", good, "x" * 10_000, "ä", "\x00", "a.b", "../../etc"):
        assert link_of(token) is None, token


def test_a_request_is_one_row_for_whomever_and_mail_for_clients_alone(
    anna, account, django_assert_num_queries
):
    for email in (anna.email, "nobody@client.test", "x" * 250):
        with django_assert_num_queries(1):
            ask_for_link(email)
    assert [len(LinkRequest.objects.all()), len(delivered()), len(LinkRequest.objects.all())] == [3, 1, 0]
    account.contact_links.update(login=False)
    assert ask() == []
    event = Event.objects.last()
    assert str(in_words(event.kind, event.data)) == "Sent Anna the link to sign in that was asked for"


def test_a_request_is_answered_once_by_several_workers(anna):
    ask_for_link(anna.email)
    seen = LinkRequest.objects.get()
    assert answer_link_request()
    LinkRequest.objects.filter(pk=seen.pk).delete()
    assert not answer_link_request()
    assert Delivery.objects.count() == 1


def test_an_account_is_made_with_an_invited_contact(make_member, actor_for, firm):
    member = make_member(rights=["accounts", "contacts"])
    contact = {"email": "bea@client.test", "name": "Bea", "login": True, "invite": True}
    account = create_account(actor_for(member), AccountInput("Bauer", contacts=[contact]))
    [message] = delivered()
    assert "– Bauer" in message.body
    edit_account(actor_for(member), account.pk, {"contacts": [contact]})
    edit_account(actor_for(member), account.pk, {"contacts": [{**contact, "notify": False}]})
    assert delivered() == []


def test_only_who_may_sign_in_is_invited(owner_actor, account):
    contact = {"email": "bea@client.test", "name": "Bea", "login": False, "invite": True}
    with pytest.raises(Invalid):
        edit_account(owner_actor, account.pk, {"contacts": [contact]})
    assert not Delivery.objects.exists()


def test_old_links_are_forgotten_and_open_ones_kept(link):
    prune_links()
    assert SignInLink.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=38)):
        prune_links()
    assert not SignInLink.objects.exists()
