"""What happens while one does not look is one entry of the inbox: for each item, and for an account's documents."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from clearstage.clients.models import Account
from clearstage.engine.sentences import render, say
from clearstage.firm.models import Member
from clearstage.firm.queries import actor_for
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.messaging.inbox import entries_shown, unread_count
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes
from clearstage.messaging.operations.inbox_marks import mark_all_read, mark_done, mark_read, snooze

from .conftest import NOON

pytestmark = pytest.mark.django_db


def tell(member: Member, event: int, topic: str | None = "request:1", **more: Any) -> None:
    put_in_inboxes(
        [
            Notice(
                member.pk, "client_activity", say(f"Ada sent paper {event}"), None, event, None, topic, **more
            )
        ]
    )


def words() -> list[str]:
    return [render(entry.said) for entry in InboxEntry.objects.order_by("pk")]


def test_while_an_entry_is_unread_more_of_the_same_counts_up_in_it(
    owner: Member, owner_actor: Actor, noon: Any
) -> None:  # P3
    tell(owner, 1)
    assert words() == ["Ada sent paper 1"]
    with clock.at(NOON + timedelta(hours=1)):
        tell(owner, 2)
        tell(owner, 3)
    assert words() == ["Ada sent paper 3, and 2 more"]
    entry = InboxEntry.objects.get()
    assert (entry.count, entry.event, entry.at) == (3, 3, NOON + timedelta(hours=1))
    assert unread_count(owner_actor) == 1


def test_the_same_event_again_counts_once(owner: Member, noon: Any) -> None:  # M12
    tell(owner, 1)
    tell(owner, 1)
    assert InboxEntry.objects.get().count == 1


def test_words_of_their_own_tell_how_many(owner: Member, noon: Any) -> None:
    for event in (1, 2):
        tell(owner, event, many=say("{count} papers from {account}", account="Bauer GmbH"))
    assert words() == ["2 papers from Bauer GmbH"]


def test_another_topic_and_another_member_have_entries_of_their_own(
    owner: Member, admin: Member, noon: Any
) -> None:
    tell(owner, 1)
    tell(owner, 2, "request:2")
    tell(admin, 2)
    tell(owner, 3, None)
    assert list(InboxEntry.objects.values_list("count", flat=True)) == [1, 1, 1, 1]


@pytest.mark.parametrize("look", ["read", "done", "all", "later", "unread again"])
def test_once_it_was_looked_at_what_comes_is_another_entry(
    owner: Member, owner_actor: Actor, noon: Any, look: str
) -> None:
    tell(owner, 1)
    entry = InboxEntry.objects.get()
    if look == "done":
        mark_done(owner_actor, entry.pk)
    elif look == "later":
        snooze(owner_actor, entry.pk, NOON.date() + timedelta(days=2))
    elif look == "all":
        mark_all_read(owner_actor)
    else:
        mark_read(owner_actor, entry.pk)
    if look == "unread again":
        mark_read(owner_actor, entry.pk, False)
    tell(owner, 2)
    tell(owner, 3)
    assert words() == ["Ada sent paper 1", "Ada sent paper 3, and 1 more"]
    for row in InboxEntry.objects.all():
        mark_done(owner_actor, row.pk)
    tell(owner, 4)
    assert unread_count(owner_actor) == 1


def test_what_counted_up_last_comes_first(owner: Member, owner_actor: Actor, noon: Any) -> None:
    tell(owner, 1)
    with clock.at(NOON + timedelta(minutes=1)):
        tell(owner, 2, "request:2")
    with clock.at(NOON + timedelta(minutes=2)):
        tell(owner, 3)
    shown = [render(entry.said) for entry in entries_shown(owner_actor, "open")]
    assert shown == ["Ada sent paper 3, and 1 more", "Ada sent paper 2"]


@pytest.mark.django_db(transaction=True)
def test_told_at_the_same_moment_none_is_lost_and_there_is_one(firm: Any, owner: Member) -> None:
    def one(event: int) -> None:
        tell(owner, event)
        connection.close()

    threads = [threading.Thread(target=one, args=[event]) for event in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert InboxEntry.objects.get().count == 8


# Documents that no item asked for


@pytest.fixture
def bauer(make_account: Any) -> Account:
    account: Account = make_account("Bauer GmbH", contacts=[{"email": "eva@bauer.test", "name": "Eva Bauer"}])
    return account


def document(account: Account, name: str) -> None:
    from io import BytesIO

    from clearstage.clients.queries import contact_actor
    from clearstage.files.operations.storing import add_file, keep
    from tests.files.samples import PDF

    actor = contact_actor(account.contacts.get())
    add_file(actor, account.pk, keep(name, BytesIO(PDF)), told=True)


def test_those_who_follow_and_those_who_hold_a_role_hear_of_documents(
    bauer: Account, make_member: Any, admin: Member, owner: Member
) -> None:  # P3, X2
    from clearstage.clients.models import RoleHolder
    from clearstage.firm.models import Role
    from clearstage.messaging.operations.following import follow_account

    role, _made = Role.objects.get_or_create(name="preparer")
    rita = make_member("rita@example.test", "Rita Role")
    closed = make_member("carl@example.test", "Carl Closed")
    for holder in (rita, closed):
        RoleHolder.objects.create(account=bauer, role=role, member=holder)
    bauer.access.create(member=rita)
    follow_account(actor_for(admin), bauer.pk)
    for name in ("one.pdf", "two.pdf", "three.pdf"):
        document(bauer, name)
    entries = InboxEntry.objects.filter(kind="client_documents").order_by("member__name")
    assert [(entry.member.name, entry.account, render(entry.said)) for entry in entries] == [
        ("Adam Admin", bauer, "3 documents from Bauer GmbH"),
        ("Rita Role", bauer, "3 documents from Bauer GmbH"),
    ]


def test_one_document_is_told_by_its_name(bauer: Account, admin: Member) -> None:
    from clearstage.messaging.operations.following import follow_account

    follow_account(actor_for(admin), bauer.pk)
    document(bauer, "W-2.pdf")
    assert words() == ["A document from Bauer GmbH: W-2.pdf"]
