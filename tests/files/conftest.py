"""An account with a contact who may sign in, and actors on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.fixtures import MakeAccount, MakeMember

from .sending import client_browser

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor


@pytest.fixture
def ada(make_account: MakeAccount) -> Account:
    return make_account("Ada Okafor", contacts=[{"email": "ada@example.test", "name": "Ada Okafor"}])


@pytest.fixture
def client(ada: Account) -> Actor:
    from clearstage.clients.queries import contact_actor

    return contact_actor(ada.contacts.get())


@pytest.fixture
def stranger(make_account: MakeAccount) -> Actor:
    """A client of another account."""
    from clearstage.clients.queries import contact_actor

    other = make_account("Brightside LLC", contacts=[{"email": "bo@example.test", "name": "Bo"}])
    return contact_actor(other.contacts.get())


@pytest.fixture
def mia(make_member: MakeMember, ada: Account) -> Actor:
    """An employee who sees the account and may manage documents."""
    from clearstage.clients.models import AccountAccess
    from clearstage.firm.queries import actor_for

    member = make_member("mona@example.test", "Mona Maier", rights=["documents"])
    AccountAccess.objects.create(account=ada, member=member)
    return actor_for(member)


@pytest.fixture
def firm_browser(mia: Actor) -> Client:
    from clearstage.firm.models import Member

    browser = Client()
    browser.force_login(Member.objects.get(pk=mia.id))
    return browser


@pytest.fixture
def own_browser(client: Actor) -> Client:
    return client_browser(client)
