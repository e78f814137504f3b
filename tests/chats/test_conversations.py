"""What is said in conversations, by whom, and who hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clearstage.chats.models import Chat, Message
from clearstage.chats.operations.beginning import NewChat, begin_on_account, begin_on_job
from clearstage.chats.operations.doing import close_chat, reopen_chat
from clearstage.chats.operations.messages import mark_read, post_message, withdraw_message
from clearstage.chats.queries import threads, unread_in_portal
from clearstage.clients.models import Account
from clearstage.clients.queries import contact_actor
from clearstage.events.models import Event
from clearstage.firm.models import Firm
from clearstage.jobs.items import item_kind
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from clearstage.messaging.models import InboxEntry
from clearstage.outbox.models import Delivery

from .conftest import Begin, stage_of, texts

pytestmark = pytest.mark.django_db


def sent() -> list[Delivery]:
    return list(Delivery.objects.exclude(state="undone").order_by("pk"))


def test_the_automation_writes_once_with_its_shortcodes_filled(chat: Chat, waiting: Job) -> None:  # T4
    assert chat.title == f"Your {waiting.name} is ready"
    [message] = chat.messages.all()
    assert (message.text, message.author_name) == ("Dear Ada Okafor, please look.", "Lindqvist & Partners")
    assert list(chat.tasks.values_list("n", "title")) == [(1, "Read it"), (2, "Write back")]
    [mail] = sent()
    assert mail.payload["subject"] == f"You have a new message: “{chat.title}”"
    assert "please look" not in str(mail.payload)
    assert mail.payload["link"]["address"].endswith(f"/portal/items/cht_{chat.pk}/")


def test_what_a_client_writes_is_told_to_the_firm(
    chat: Chat, client: Actor, owner_actor: Actor
) -> None:  # P3
    message = post_message(client, chat.pk, " I have a <b>question</b>. ").message
    assert (message.text, message.from_client, message.author_name) == (
        "I have a <b>question</b>.", True, client.name,
    )  # fmt: skip
    [entry] = InboxEntry.objects.filter(member=owner_actor.id, kind="client_activity")
    assert entry.text["params"]["title"] == chat.title
    event = Event.objects.get(kind="chat_message")
    assert (event.actor_kind, event.via, "question" in str(event.data)) == ("contact", "portal", False)


def test_what_the_firm_writes_is_mailed_without_the_words(
    chat: Chat, owner_actor: Actor, noon: Any
) -> None:  # M9
    before = len(sent())
    message = post_message(owner_actor, chat.pk, "Your refund is 400 dollars.").message
    [mail] = sent()[before:]
    assert mail.key == f"chat:{message.pk}:{chat.account.contacts.get().pk}"
    assert "400" not in str(mail.payload)
    assert mail.not_before == clock.now() + timedelta(minutes=2)


def test_an_internal_message_leaves_no_trace_for_the_client(
    chat: Chat, client: Actor, owner_actor: Actor
) -> None:  # S13
    before = Chat.objects.get(pk=chat.pk), len(sent())
    post_message(owner_actor, chat.pk, "He never pays in time.", internal=True)
    after = Chat.objects.get(pk=chat.pk)
    assert (after.seen_version, after.last_at, len(sent())) == (
        before[0].seen_version, before[0].last_at, before[1],
    )  # fmt: skip
    assert "He never pays in time." not in list(
        Message.objects.readable_by(client).values_list("text", flat=True)
    )
    assert unread_in_portal(client, [chat.account_id]) == 1
    [thread] = threads(client, Chat.objects.of_portal([chat.account_id]))
    assert thread.last is not None
    assert thread.last.text == "Dear Ada Okafor, please look."


def test_a_client_writes_nothing_internal(chat: Chat, client: Actor) -> None:  # S13
    with pytest.raises(Forbidden):
        post_message(client, chat.pk, "psst", internal=True)
    assert len(texts(chat)) == 1


def test_a_read_only_client_changes_nothing(chat: Chat, ada: Account) -> None:  # P5
    watched = contact_actor(ada.contacts.get(), read_only=True)
    for run in (
        lambda: post_message(watched, chat.pk, "Hello"),
        lambda: mark_read(watched, chat.pk, 10**9),
        lambda: begin_on_account(watched, ada.pk, NewChat("A", "B")),
    ):
        with pytest.raises(Forbidden):
            run()
    assert len(texts(chat)) == 1
    assert not chat.read_markers.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "a\ud800b", "x" * 20_001])
def test_words_that_cannot_be_kept_are_refused(chat: Chat, client: Actor, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        post_message(client, chat.pk, text)
    assert [where for where, _message in refused.value.errors] == ["text"]
    assert len(texts(chat)) == 1


def test_somebody_elses_chat_does_not_exist(
    chat: Chat, make_account: Any, employee_actor: Actor
) -> None:  # X4
    stranger = make_account("Brightside LLC", contacts=["bo@example.test"]).contacts.get()
    for actor in (contact_actor(stranger), employee_actor):
        for run in (
            lambda actor=actor: post_message(actor, chat.pk, "Hello"),
            lambda actor=actor: mark_read(actor, chat.pk, 1),
            lambda actor=actor: close_chat(actor, chat.pk),
        ):
            with pytest.raises(NotFound):
                run()


def test_reading_is_noted_for_each_reader(chat: Chat, client: Actor, owner_actor: Actor) -> None:
    first = chat.messages.get()
    assert unread_in_portal(client, [chat.account_id]) == 1
    mark_read(client, chat.pk, first.pk)
    assert unread_in_portal(client, [chat.account_id]) == 0
    post_message(owner_actor, chat.pk, "One more thing")
    assert unread_in_portal(client, [chat.account_id]) == 1
    post_message(client, chat.pk, "Thank you")
    assert unread_in_portal(client, [chat.account_id]) == 0
    [thread] = threads(owner_actor, Chat.objects.visible_to(owner_actor))
    assert thread.unread == 1


def test_a_message_is_withdrawn_while_it_can_be_undone(chat: Chat, client: Actor, owner_actor: Actor) -> None:
    message = post_message(owner_actor, chat.pk, "Meant for somebody else").message
    done = withdraw_message(owner_actor, chat.pk, message.pk)
    assert done.could_not == []
    assert Delivery.objects.get(key__startswith=f"chat:{message.pk}:").state == "undone"
    assert not Message.objects.readable_by(client).filter(pk=message.pk).exists()
    view = item_kind("chat").views([chat.pk])[chat.pk]
    assert [(each["withdrawn"], each["text"] == "") for each in view.details["messages"]] == [
        (False, False), (True, True),
    ]  # fmt: skip
    assert withdraw_message(owner_actor, chat.pk, message.pk).could_not == []


def test_what_has_gone_out_is_said(chat: Chat, owner_actor: Actor) -> None:  # M9
    message = post_message(owner_actor, chat.pk, "Hello").message
    Delivery.objects.filter(key__startswith=f"chat:{message.pk}:").update(state="sent")
    done = withdraw_message(owner_actor, chat.pk, message.pk)
    assert [str(each) for each in done.could_not] == ["The e-mail to ada@client.test has already gone out."]


def test_nobody_elses_and_no_old_message_is_withdrawn(
    chat: Chat, client: Actor, owner_actor: Actor, admin_actor: Actor
) -> None:
    mine = post_message(owner_actor, chat.pk, "Mine").message
    his = post_message(client, chat.pk, "His").message
    for actor, message in ((admin_actor, mine), (client, his), (owner_actor, his)):
        with pytest.raises(Forbidden):
            withdraw_message(actor, chat.pk, message.pk)
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(Forbidden):
        withdraw_message(owner_actor, chat.pk, mine.pk)
    note = post_message(owner_actor, chat.pk, "Note", internal=True).message
    with pytest.raises(NotFound):
        withdraw_message(client, chat.pk, note.pk)


def test_a_chat_with_nothing_left_in_it_is_gone_for_the_client(
    begin: Begin, client: Actor, owner_actor: Actor, waiting: Job
) -> None:
    row = begin(tasks=("Sign",))
    withdraw_message(owner_actor, row.pk, row.messages.get().pk)
    assert Chat.objects.get(pk=row.pk).state == "archived"
    assert not Chat.objects.visible_to(client).filter(pk=row.pk).exists()
    assert Delivery.objects.get(key__startswith=f"asked:chat:{row.pk}:").state == "undone"
    assert LinkedItem.objects.get(kind="chat", item=row.pk).finished_at is not None


def test_whoever_writes_in_a_closed_chat_opens_it_and_no_job_waits_anew(
    chat: Chat, client: Actor, owner_actor: Actor, waiting: Job
) -> None:  # L8
    assert close_chat(owner_actor, chat.pk).action is not None
    assert stage_of(waiting) == "Filed"
    post_message(client, chat.pk, "Wait, one more thing")
    row = Chat.objects.get(pk=chat.pk)
    assert (row.state, row.is_open) == ("done", False)
    assert LinkedItem.objects.get(kind="chat", item=chat.pk).finished_at is not None
    assert item_kind("chat").waiting([chat.account_id]) == []  # type: ignore[attr-defined]


def test_the_firm_opens_a_closed_chat_again(chat: Chat, owner_actor: Actor) -> None:  # L8
    close_chat(owner_actor, chat.pk)
    assert close_chat(owner_actor, chat.pk).action is None
    assert reopen_chat(owner_actor, chat.pk).state == "open"
    assert LinkedItem.objects.get(kind="chat", item=chat.pk).finished_at is None
    assert len(item_kind("chat").waiting([chat.account_id])) == 1  # type: ignore[attr-defined]


def test_clients_close_nothing(chat: Chat, client: Actor) -> None:
    for run in (close_chat, reopen_chat):
        with pytest.raises(Forbidden):
            run(client, chat.pk)


# Beginning


def test_a_chat_without_things_to_do_holds_nothing(begin: Begin, waiting: Job) -> None:
    row = begin()
    link = LinkedItem.objects.get(kind="chat", item=row.pk)
    assert link.holds is False
    assert item_kind("chat").client_items([row.pk])[row.pk].waits is False  # type: ignore[attr-defined]


def test_a_client_begins_a_conversation_where_the_firm_wants_it(
    ada: Account, client: Actor, owner: Any
) -> None:
    number = begin_on_account(client, ada.pk, NewChat("A question", "May I deduct my dog?"))
    row = Chat.objects.get(pk=number)
    assert (row.state, row.messages.get().from_client) == ("open", True)
    assert InboxEntry.objects.filter(member=owner, kind="client_activity").count() == 1
    assert not Delivery.objects.exists()
    Firm.objects.update(clients_begin_chats=False)
    with pytest.raises(Forbidden):
        begin_on_account(client, ada.pk, NewChat("A question", "And my cat?"))
    assert Chat.objects.count() == 1


def test_a_client_asks_for_nothing_to_be_done_and_begins_nothing_on_jobs(
    ada: Account, client: Actor, waiting: Job
) -> None:
    before = Chat.objects.count()
    with pytest.raises(Forbidden):
        begin_on_account(client, ada.pk, NewChat("A", "B", tasks=("Do it",)))
    with pytest.raises(NotFound):
        begin_on_job(client, waiting.pk, NewChat("A", "B"))
    assert Chat.objects.count() == before


def test_somebody_elses_account_has_no_place_for_it(make_account: Any, client: Actor) -> None:  # X4
    other = make_account("Brightside LLC")
    with pytest.raises(NotFound):
        begin_on_account(client, other.pk, NewChat("A", "B"))


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (NewChat("", "B"), "subject"),
        (NewChat("two\nlines", "B"), "subject"),
        (NewChat("x" * 301, "B"), "subject"),
        (NewChat("A", ""), "text"),
        (NewChat("A", "b\x00"), "text"),
        (NewChat("A", "B", tasks=("",)), "tasks[0]"),
        (NewChat("A", "B", tasks=("x",) * 51), "tasks"),
    ],
)
def test_a_beginning_without_sense_is_refused(
    ada: Account, owner_actor: Actor, new: NewChat, where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        begin_on_account(owner_actor, ada.pk, new)
    assert [place for place, _message in refused.value.errors] == [where]
    assert not Chat.objects.exists()


def test_an_archived_job_takes_none(begin: Begin, waiting: Job) -> None:
    Job.objects.filter(pk=waiting.pk).update(status="archived")
    with pytest.raises(Refused):
        begin()
