"""What follows by itself: automove, the return from a custom status, and what if it cannot (A11, L4 to L10)."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import AccountContact
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.jobs.models import CustomStatus, Job, LinkedItem
from clearstage.jobs.operations.automove import preview_finishing, release
from clearstage.jobs.operations.links import unlink_item
from clearstage.jobs.operations.moving import move_job, set_job_status
from clearstage.messaging.models import InboxEntry
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task
from clearstage.work.operations.tasks import cancel_task, complete_task, create_task, reopen_task
from clearstage.work.spec import TaskSpec

pytestmark = pytest.mark.django_db


def stage_of(job: Job) -> str:
    job.refresh_from_db()
    return job.stage.name


def only_task(job: Job, **more: Any) -> Task:
    return Task.objects.get(job=job, **more)


@pytest.mark.parametrize("finish", [complete_task, cancel_task])
def test_finishing_the_last_task_moves_the_job_on(make_job: Any, owner_actor: Any, finish: Any) -> None:  # L4
    job = make_job()
    assert finish(owner_actor, only_task(job).pk).action is not None
    assert stage_of(job) == "Preparation"


def test_a_move_that_follows_names_its_cause_and_on_whose_behalf(
    make_job: Any, owner_actor: Any, owner: Any
) -> None:  # F3
    job = make_job()
    complete_task(owner_actor, only_task(job).pk)
    moved = Event.objects.get(kind="job_moved", job=job.pk)
    cause = Event.objects.get(pk=moved.cause)
    assert (cause.kind, moved.actor_kind, moved.on_behalf) == ("task_completed", "firm", owner.name)
    assert moved.data["steps"][0]["automatic"] is True


def test_a_condition_opens_the_conditional_stage(
    make_job: Any, make_account: Any, owner_actor: Any
) -> None:  # A5
    job = make_job(make_account("Exile Ltd", tags=["foreign"], contacts=["x@client.test"]))
    complete_task(owner_actor, only_task(job).pk)
    assert stage_of(job) == "Foreign income"


def test_an_item_linked_by_hand_holds_too(make_job: Any, owner_actor: Any) -> None:  # L2
    job = make_job()
    first = only_task(job)
    second = create_task(owner_actor, job.pk, TaskSpec("Call the bank"))
    complete_task(owner_actor, first.pk)
    assert stage_of(job) == "Documents"
    complete_task(owner_actor, second.pk)
    assert stage_of(job) == "Preparation"


def test_unlinking_the_last_open_one_releases_when_something_was_finished(
    make_job: Any, owner_actor: Any
) -> None:  # L7, L9
    job = make_job()
    extra = create_task(owner_actor, job.pk, TaskSpec("Call the bank"))
    complete_task(owner_actor, only_task(job, title__startswith="Collect").pk)
    unlink_item(owner_actor, job.pk, "task", extra.pk)
    assert stage_of(job) == "Preparation"
    assert Task.objects.filter(pk=extra.pk).exists()


def test_unlinking_the_only_one_releases_nothing(make_job: Any, owner_actor: Any) -> None:  # L5
    job = make_job()
    unlink_item(owner_actor, job.pk, "task", only_task(job).pk)
    assert stage_of(job) == "Documents"


def test_reopening_never_moves_a_job_back(make_job: Any, owner_actor: Any) -> None:  # L8
    job = make_job()
    task = only_task(job)
    complete_task(owner_actor, task.pk)
    reopen_task(owner_actor, task.pk)
    assert stage_of(job) == "Preparation"
    assert LinkedItem.objects.get(item=task.pk).finished_at is None


def test_completing_twice_changes_nothing_the_second_time(make_job: Any, owner_actor: Any) -> None:  # M12
    job = make_job()
    task = only_task(job)
    complete_task(owner_actor, task.pk)
    before = Event.objects.count()
    assert complete_task(owner_actor, task.pk).action is None
    assert Event.objects.count() == before


def test_a_refused_automove_keeps_the_finished_item_and_tells_whoever_set_it_off(
    make_job: Any, owner_actor: Any, owner: Any, ada: Any
) -> None:  # A11
    job = make_job()
    AccountContact.objects.filter(account=ada).update(notify=False)
    task = only_task(job)
    assert complete_task(owner_actor, task.pk).action is None
    task.refresh_from_db()
    assert (task.state, stage_of(job)) == ("completed", "Documents")
    failed = Event.objects.get(kind="automation_failed", job=job.pk)
    assert failed.data["stage"] == "Preparation"
    entry = InboxEntry.objects.get(member=owner, kind="automation_failed")
    assert (entry.job_id, entry.event) == (job.pk, failed.pk)
    assert Delivery.objects.get(to=owner.email).payload["subject"] == "Held up: Tax return"


def test_retry_moves_the_job_once_the_reason_is_gone(
    make_job: Any, owner_actor: Any, ada: Any
) -> None:  # A11
    job = make_job()
    AccountContact.objects.filter(account=ada).update(notify=False)
    complete_task(owner_actor, only_task(job).pk)
    AccountContact.objects.filter(account=ada).update(notify=True)
    assert release(owner_actor, [job.pk]) is not None
    assert stage_of(job) == "Preparation"


def test_the_status_returns_by_itself_and_brings_the_client_facing_status_back(
    make_job: Any, owner_actor: Any, tax: Any
) -> None:  # S8, S9, S15
    job = make_job()
    extension = CustomStatus.objects.get(pipeline=tax, name="Needs extension")
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, extension.pk))
    job.refresh_from_db()
    assert (job.status, job.client_status.name, stage_of(job)) == ("custom", "On hold", "Documents")
    complete_task(owner_actor, only_task(job, title__startswith="Collect").pk)
    assert stage_of(job) == "Documents"
    complete_task(owner_actor, only_task(job, title="File form 4868").pk)
    assert (job.status, stage_of(job)) == ("custom", "Preparation")
    job.refresh_from_db()
    assert (job.status, job.client_status.name) == ("active", "In progress")


def test_a_task_made_during_a_custom_status_belongs_to_it(
    make_job: Any, owner_actor: Any, tax: Any
) -> None:  # S8
    job = make_job()
    extension = CustomStatus.objects.get(pipeline=tax, name="Needs extension")
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, extension.pk))
    extra = create_task(owner_actor, job.pk, TaskSpec("Write to the agency"))
    complete_task(owner_actor, only_task(job, title="File form 4868").pk)
    job.refresh_from_db()
    assert job.status == "custom"
    complete_task(owner_actor, extra.pk)
    job.refresh_from_db()
    assert job.status == "active"


def test_items_of_earlier_stages_do_not_hold_later_ones(
    make_job: Any, owner_actor: Any, to: Any
) -> None:  # L11
    job = make_job()
    move_job(owner_actor, job.pk, to("Preparation"))
    complete_task(owner_actor, only_task(job, title="Prepare the return").pk)
    assert stage_of(job) == "Finished"


def test_what_is_finished_in_the_dialog_is_finished_with_the_move(
    make_job: Any, owner_actor: Any, to: Any
) -> None:  # M3
    job = make_job()
    link = LinkedItem.objects.get(job=job)
    move_job(owner_actor, job.pk, to("Preparation", unfinished={link.pk: "finish"}))
    assert only_task(job, title__startswith="Collect").state == "completed"
    assert Event.objects.filter(kind="task_completed", job=job.pk).exists()


def test_what_finishing_would_set_off_can_be_seen_before(make_job: Any, owner_actor: Any) -> None:  # F1
    job = make_job()
    task = only_task(job)
    seen = preview_finishing(owner_actor, "task", task.pk)
    assert [step.name for step in seen.plan.jobs[0].steps] == ["Preparation"]
    assert stage_of(job) == "Documents"
    task.refresh_from_db()
    assert task.state == "open"
