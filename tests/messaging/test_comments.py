"""Comments on jobs, notes on accounts, and the members who are mentioned in them."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account, AccountAccess
from clearstage.clients.queries import contact_actor
from clearstage.events.models import Event
from clearstage.firm.models import Member
from clearstage.jobs.models import Job, Pipeline
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound
from clearstage.messaging.models import Comment, InboxEntry
from clearstage.messaging.operations.comments import comment_on_job, note_on_account
from clearstage.messaging.operations.mentions import mentions_in
from clearstage.messaging.queries import comments_on_job, notes_on_account
from clearstage.work.models import Task
from clearstage.work.operations.tasks import comment_on_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(make_job: Any) -> Job:
    found: Job = make_job()
    return found


@pytest.fixture
def mia(employee: Member, job: Job) -> Member:
    """Sees the account."""
    AccountAccess.objects.create(account=job.account, member=employee)
    return employee


def told(member: Member) -> list[InboxEntry]:
    return list(InboxEntry.objects.filter(member=member, kind="mention"))


def test_a_comment_stands_on_the_job_and_in_its_history(job: Job, owner_actor: Actor) -> None:  # T1
    comment_on_job(owner_actor, job.pk, "  Ask about the **barn**. ")
    [comment] = comments_on_job(owner_actor, job.pk)
    assert (comment.text, comment.member_id) == ("Ask about the **barn**.", owner_actor.id)
    event = Event.objects.latest("pk")
    assert (event.kind, event.job, "barn" in str(event.data)) == ("job_commented", job.pk, False)


def test_whoever_is_mentioned_is_told_once(job: Job, mia: Member, owner_actor: Actor) -> None:
    text = "@Mia Chen please look, @mia@example.test, @MIA CHEN!"
    done = comment_on_job(owner_actor, job.pk, text)
    assert (done.comment.mentions, done.unheard) == (["Mia Chen", "mia@example.test"], [])
    [entry] = told(mia)
    assert (entry.job_id, entry.account_id, entry.event) == (
        job.pk, job.account_id, Event.objects.latest("pk").pk,
    )  # fmt: skip


def test_being_mentioned_opens_nothing_and_the_writer_is_told(
    job: Job, employee: Member, owner_actor: Actor, actor_for: Any
) -> None:  # X2
    done = comment_on_job(owner_actor, job.pk, "@Mia Chen look")
    assert (done.comment.mentions, done.unheard, told(employee)) == ([], ["Mia Chen"], [])
    with pytest.raises(NotFound):
        comment_on_job(actor_for(employee), job.pk, "I see it")


def test_both_gates_count(job: Job, mia: Member, owner_actor: Actor, tax: Pipeline) -> None:  # X2
    tax.for_everyone = False
    tax.save(update_fields=["for_everyone"])
    assert comment_on_job(owner_actor, job.pk, "@Mia Chen look").unheard == ["Mia Chen"]
    assert note_on_account(owner_actor, job.account_id, "@Mia Chen look").unheard == []


def test_the_longest_name_is_meant_and_nobody_tells_himself(
    job: Job, mia: Member, make_member: Any, owner_actor: Actor
) -> None:
    make_member("ann@example.test", "Mia", "admin")
    done = comment_on_job(owner_actor, job.pk, "@Mia Chen and (@Olga Owner), @Mia. Not a@Olga nor @Miami")
    assert done.comment.mentions == ["Mia Chen", "Olga Owner", "Mia"]
    assert [entry.member.name for entry in InboxEntry.objects.filter(kind="mention").order_by("member__name")] == [
        "Mia", "Mia Chen",
    ]  # fmt: skip


def test_a_deactivated_member_is_not_meant(job: Job, make_member: Any, owner_actor: Actor) -> None:
    make_member("gone@example.test", "Gus Gone", "admin", is_active=False)
    done = comment_on_job(owner_actor, job.pk, "@Gus Gone")
    assert (done.comment.mentions, done.unheard) == ([], [])


def test_a_text_without_a_name_asks_nothing(job: Job, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        mentions_in("nobody", job.account_id, [job.pk])


def test_notes_stand_on_the_account_alone(job: Job, owner_actor: Actor, ada: Account) -> None:
    comment_on_job(owner_actor, job.pk, "On the job")
    first, second = (note_on_account(owner_actor, ada.pk, text).comment for text in ("One", "Two"))
    assert list(notes_on_account(owner_actor, ada.pk)) == [second, first]


def test_a_comment_on_a_task_mentions_too(job: Job, mia: Member, owner_actor: Actor) -> None:
    task = Task.objects.get(job=job)
    done = comment_on_task(owner_actor, task.pk, "@Mia Chen?")
    assert (done.comment.kind, done.comment.item, done.comment.job) == ("task", task.pk, None)
    assert len(told(mia)) == 1
    assert not comments_on_job(owner_actor, job.pk).exists()


def test_clients_neither_read_nor_write_them(job: Job, ada: Account, owner_actor: Actor) -> None:  # S13
    client = contact_actor(ada.contacts.get())
    comment_on_job(owner_actor, job.pk, "Internal")
    assert not Comment.objects.visible_to(client).exists()
    for run in (lambda: comment_on_job(client, job.pk, "x"), lambda: note_on_account(client, ada.pk, "x")):
        with pytest.raises(Forbidden):
            run()


@pytest.mark.parametrize("text", ["", " \n", "a\x00", "a\ud800", "x" * 20_001])
def test_words_that_cannot_be_kept_are_refused(job: Job, owner_actor: Actor, text: str) -> None:
    for run in (
        lambda: comment_on_job(owner_actor, job.pk, text),
        lambda: note_on_account(owner_actor, job.account_id, text),
        lambda: comment_on_task(owner_actor, Task.objects.get(job=job).pk, text),
    ):
        with pytest.raises(Invalid):
            run()
    assert not Comment.objects.exists()
