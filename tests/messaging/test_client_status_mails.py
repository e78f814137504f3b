"""A new client-facing status is mailed to the contacts, where the firm wants it (C12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.planner import Choices, Move
from clearstage.firm.models import Firm
from clearstage.jobs.models import Job
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.editing import begin_edit, edit_job
from clearstage.jobs.operations.moving import move_job, move_jobs
from clearstage.jobs.operations.undo import undo
from clearstage.kernel import clock
from clearstage.messaging.models import GatheredNotice
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task
from clearstage.work.operations.tasks import complete_task

pytestmark = pytest.mark.django_db


def status_mails(**more: Any) -> list[Delivery]:
    return list(Delivery.objects.filter(key__startswith="client_status:", **more).order_by("pk"))


@pytest.fixture
def job(make_job: Any) -> Job:
    """In Documents; made before the firm wanted its clients told."""
    made: Job = make_job()
    Firm.objects.update(tell_client_status=True)
    return made


def test_nothing_is_mailed_unless_the_firm_wants_it(make_job: Any, owner_actor: Any, to: Any) -> None:
    move_job(owner_actor, make_job().pk, to("Preparation"))
    assert status_mails() == []


def test_a_move_mails_the_new_status_held_as_other_mails_are(job: Job, owner_actor: Any, to: Any) -> None:
    outcome = move_job(owner_actor, job.pk, to("Preparation"))
    [mail] = status_mails()
    assert mail.payload["subject"] == "Tax return: In progress"
    assert mail.payload["text"].split("\n\n") == [
        "Hello Ada Okafor,",
        "“Tax return” is now: In progress.",
        "Our team is at work.",
    ]
    assert (mail.action, mail.job) == (outcome.action, job.pk)
    assert mail.not_before > clock.now() + timedelta(minutes=1)
    # S13: nothing internal
    for internal in ("Preparation", "Active", "Olga", "preparer", "returning", "Prepare the return"):
        assert internal not in str(mail.payload)


def test_it_says_when_it_is_the_clients_turn(job: Job, owner_actor: Any, to: Any) -> None:
    move_job(owner_actor, job.pk, to("Preparation"))
    move_job(owner_actor, job.pk, to("Documents"))
    assert "“Tax return” is now: Waiting for documents. It is your turn." in status_mails()[1].payload["text"]


def test_automove_mails_it_too(job: Job, owner_actor: Any) -> None:  # L4
    complete_task(owner_actor, Task.objects.get(job=job).pk)
    assert [mail.payload["subject"] for mail in status_mails()] == ["Tax return: In progress"]


def test_a_new_job_that_is_shown_is_news(owner_actor: Any, tax: Any, ada: Account) -> None:
    Firm.objects.update(tell_client_status=True)
    add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, tax.stages.first().pk))
    assert len(status_mails()) == 1


@pytest.mark.parametrize("block", [{"shown": False}, {"description": "Other words"}])
def test_hiding_and_other_words_are_no_new_status(
    job: Job, owner_actor: Any, to: Any, block: dict[str, Any]
) -> None:
    edit_job(owner_actor, job.pk, {}, block=block)
    assert status_mails() == []


def test_a_status_that_is_not_shown_is_not_mailed(job: Job, owner_actor: Any, to: Any) -> None:
    move_job(owner_actor, job.pk, to("Preparation", block={"shown": False}))
    assert status_mails() == []


def test_showing_a_hidden_job_is_news(job: Job, owner_actor: Any) -> None:
    edit_job(owner_actor, job.pk, {}, block={"shown": False})
    edit_job(owner_actor, job.pk, {}, block={"shown": True})
    assert len(status_mails()) == 1


def test_undo_takes_the_mails_back_unsent(job: Job, owner_actor: Any, to: Any) -> None:  # M9
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    assert undo(owner_actor, action or 0) == []
    assert [mail.state for mail in status_mails()] == ["undone"]


def test_undo_names_a_mail_that_is_out(job: Job, owner_actor: Any, to: Any) -> None:
    action = move_job(owner_actor, job.pk, to("Preparation", "email-4")).action
    Delivery.objects.update(state="sent")
    assert undo(owner_actor, action or 0) == ["The e-mail to ada@client.test has already gone out."]


def test_undoing_an_edit_takes_its_mail_back(
    job: Job, owner_actor: Any, tax: Any, prefers: Any, make_account: Any
) -> None:
    from clearstage.jobs.models import ClientStatus

    finished = ClientStatus.objects.get(name="Finished")
    for notices in ("each", "daily"):
        prefers("ada@client.test", notices=notices)
        action = begin_edit(owner_actor)
        edit_job(owner_actor, job.pk, {}, block={"status": finished.pk}, action=action)
        assert len(status_mails(state="pending")) + GatheredNotice.objects.count() == 1
        undo(owner_actor, action)
        assert len(status_mails(state="pending")) + GatheredNotice.objects.count() == 0


def test_who_declined_is_not_told(job: Job, owner_actor: Any, to: Any, prefers: Any) -> None:
    prefers("ada@client.test", status_notices=False)
    move_job(owner_actor, job.pk, to("Preparation"))
    assert status_mails() == []


def test_many_jobs_are_told_in_few_queries(
    job: Job, make_account: Any, owner_actor: Any, tax: Any, django_assert_max_num_queries: Any
) -> None:
    Firm.objects.update(tell_client_status=False)
    accounts = [make_account(f"Client {n}", contacts=[f"c{n}@client.test"]) for n in range(30)]
    added = add_jobs(owner_actor, NewJobs([each.pk for each in accounts], tax.pk, tax.stages.first().pk))
    Firm.objects.update(tell_client_status=True)
    move = Move(tax.pk, tax.stages.get(name="Preparation").pk, Choices())
    with django_assert_max_num_queries(40):
        move_jobs(owner_actor, [each.id for each in added.plan.going], move)
    assert len(status_mails()) == 30
    with django_assert_max_num_queries(25):  # two more than without: the readers, and their e-mails
        move_job(owner_actor, job.pk, move)
