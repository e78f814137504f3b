"""Things to do in chats: ticked by either side, and the jobs that wait for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.chats.models import Chat, ClientTask
from clearstage.chats.operations.doing import add_task, close_chat, tick_task
from clearstage.chats.operations.messages import mark_read
from clearstage.clients.models import Account
from clearstage.engine.planner import Choices, Move
from clearstage.events.models import Event
from clearstage.jobs.items import item_kind
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.undo import undo
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.messaging.models import InboxEntry, Reminder
from clearstage.messaging.reminder_plan import ReminderPlan

from .conftest import Begin, stage_of

pytestmark = pytest.mark.django_db


def hint(chat: Chat) -> str:
    return str(item_kind("chat").client_items([chat.pk])[chat.pk].hint)  # type: ignore[attr-defined]


def test_the_last_tick_moves_the_job_in_the_same_command(
    chat: Chat, client: Actor, owner_actor: Actor, waiting: Job
) -> None:  # L4, P3
    assert tick_task(owner_actor, chat.pk, 1).action is None
    assert (hint(chat), stage_of(waiting)) == ("1 of 2 done", "Ready")
    done = tick_task(client, chat.pk, 2)
    assert (done.action is not None, done.item.state, stage_of(waiting)) == (True, "done", "Filed")
    moved = Event.objects.get(kind="job_moved", job=waiting.pk)
    assert (moved.actor_kind, moved.on_behalf) == ("firm", client.name)
    assert InboxEntry.objects.filter(member=owner_actor.id, kind="client_activity").count() == 1
    assert list(ClientTask.objects.filter(chat=chat).values_list("ticked_by", flat=True)) == [
        owner_actor.name, client.name,
    ]  # fmt: skip


def test_ticking_twice_does_it_once(chat: Chat, client: Actor) -> None:  # M12
    tick_task(client, chat.pk, 1)
    before = Event.objects.count()
    assert tick_task(client, chat.pk, 1).action is None
    assert Event.objects.count() == before


def test_unticking_opens_it_again_and_moves_nothing_back(
    chat: Chat, client: Actor, waiting: Job
) -> None:  # L8
    for n in (1, 2):
        tick_task(client, chat.pk, n)
    tick_task(client, chat.pk, 2, done=False)
    assert (Chat.objects.get(pk=chat.pk).state, stage_of(waiting)) == ("open", "Filed")
    assert item_kind("chat").waiting([chat.account_id])[0].number == chat.pk  # type: ignore[attr-defined]


@pytest.mark.parametrize("n", [0, 3, 2**31])
def test_a_task_that_is_none_is_not_there(chat: Chat, client: Actor, n: int) -> None:
    with pytest.raises(NotFound):
        tick_task(client, chat.pk, n)


def test_nothing_is_ticked_in_a_closed_chat(chat: Chat, client: Actor, owner_actor: Actor) -> None:
    close_chat(owner_actor, chat.pk)
    with pytest.raises(Refused):
        tick_task(client, chat.pk, 1)
    with pytest.raises(Refused):
        add_task(owner_actor, chat.pk, "One more")


def test_one_more_thing_to_do_makes_the_job_wait(
    begin: Begin, client: Actor, owner_actor: Actor, waiting: Job, chat: Chat
) -> None:
    row = begin()
    add_task(owner_actor, row.pk, "Sign the form")
    link = LinkedItem.objects.get(kind="chat", item=row.pk)
    assert (link.holds, link.finished_at) == (True, None)
    with pytest.raises(Forbidden):
        add_task(client, row.pk, "Do my taxes for free")
    for n in (1, 2):
        tick_task(client, chat.pk, n)
    assert stage_of(waiting) == "Ready"
    tick_task(client, row.pk, 1)
    assert stage_of(waiting) == "Filed"


def test_a_chat_that_hangs_on_two_jobs_releases_both(
    chat: Chat, client: Actor, waiting: Job, owner_actor: Actor, ada: Account
) -> None:  # L1
    from clearstage.jobs.operations.adding import NewJobs, add_jobs
    from clearstage.jobs.operations.links import link_existing_item

    skip = Choices(frozenset({"message-1"}))
    added = add_jobs(owner_actor, NewJobs([ada.pk], waiting.pipeline_id, choices=skip))
    second = Job.objects.get(pk=added.plan.going[0].id)
    link_existing_item(owner_actor, second.pk, "chat", chat.pk)
    for n in (1, 2):
        tick_task(client, chat.pk, n)
    assert (stage_of(waiting), stage_of(second)) == ("Filed", "Filed")


@pytest.mark.parametrize("state", ["archived", "completed"])
def test_a_job_that_is_over_stays_where_it_is(
    chat: Chat, client: Actor, waiting: Job, state: str
) -> None:  # S2
    Job.objects.filter(pk=waiting.pk).update(status=state)
    for n in (1, 2):
        tick_task(client, chat.pk, n)
    assert (Chat.objects.get(pk=chat.pk).state, stage_of(waiting)) == ("done", "Ready")


def test_finishing_it_with_a_move_closes_it_and_undo_opens_it(
    chat: Chat, waiting: Job, owner_actor: Actor
) -> None:  # M3, M9
    filed = waiting.pipeline.stages.get(name="Filed")
    link = LinkedItem.objects.get(kind="chat", item=chat.pk)
    move = Move(waiting.pipeline_id, filed.pk, unfinished={link.pk: "finish"})
    action = move_job(owner_actor, waiting.pk, move).action
    assert action is not None
    assert Chat.objects.get(pk=chat.pk).state == "closed"
    undo(owner_actor, action)
    assert Chat.objects.get(pk=chat.pk).state == "open"
    assert LinkedItem.objects.get(kind="chat", item=chat.pk).finished_at is None


def test_undo_keeps_a_chat_that_its_client_has_read(
    make_pipeline: Any, make_job: Any, tax: Any, chat: Chat, waiting: Job, client: Actor, owner_actor: Actor
) -> None:  # M9
    other = waiting.pipeline.stages.get(name="Filed")
    move_job(owner_actor, waiting.pk, Move(waiting.pipeline_id, other.pk))
    ready = waiting.pipeline.stages.get(name="Ready")
    action = move_job(owner_actor, waiting.pk, Move(waiting.pipeline_id, ready.pk)).action
    assert action is not None
    second = Chat.objects.exclude(pk=chat.pk).get()
    mark_read(client, second.pk, second.messages.get().pk)
    assert undo(owner_actor, action) == [f"“{second.title}” has been worked on since and was kept."]
    assert Chat.objects.filter(pk=second.pk).exists()


def test_reminders_stop_with_the_last_tick(begin: Begin, client: Actor) -> None:
    row = begin(tasks=("Sign",), reminders=ReminderPlan())
    reminder = Reminder.objects.get(kind="chat", item=row.pk)
    assert reminder.stopped_at is None
    tick_task(client, row.pk, 1)
    reminder.refresh_from_db()
    assert reminder.stopped_at is not None
    tick_task(client, row.pk, 1, done=False)
    reminder.refresh_from_db()
    assert reminder.stopped_at is None


def test_finishing_the_last_blocker_costs_a_move_and_little_more(chat: Chat, client: Actor) -> None:
    tick_task(client, chat.pk, 1)
    with CaptureQueriesContext(connection) as queries:
        assert tick_task(client, chat.pk, 2).action is not None
    assert len(queries) <= 31


@pytest.mark.django_db(transaction=True)
def test_two_who_tick_the_last_two_at_once_finish_it_once(
    chat: Chat, client: Actor, owner_actor: Actor, waiting: Job, in_another_thread: Any
) -> None:  # L10, M12
    ticking = [in_another_thread(tick_task, who, chat.pk, n) for who, n in ((client, 1), (owner_actor, 2))]
    actions = [each.result(timeout=30).action for each in ticking]
    assert sum(action is not None for action in actions) == 1
    stage, moves = in_another_thread(
        lambda: (stage_of(waiting), Event.objects.filter(kind="job_moved", job=waiting.pk).count())
    ).result(timeout=30)
    assert (stage, moves) == ("Filed", 1)
