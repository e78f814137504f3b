"""Undo (M9): back as it was, unsent what is still held, honest about the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clearstage.clients.models import AccountAccess
from clearstage.clients.queries import contact_actor
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.jobs import items
from clearstage.jobs.items import ItemView
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.automove import finish_links
from clearstage.jobs.operations.editing import begin_edit, edit_job
from clearstage.jobs.operations.links import unlink_item
from clearstage.jobs.operations.moving import move_job, move_jobs, set_job_status
from clearstage.jobs.operations.undo import undo
from clearstage.kernel import clock
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import deliver_due
from clearstage.work.models import Task
from clearstage.work.operations.tasks import cancel_task, comment_on_task, complete_task, reopen_task
from clearstage.work.task_items import TaskItems

pytestmark = pytest.mark.django_db

KEPT = ("stage_id", "status", "custom_status_id", "visit", "client_shown", "client_status_id", "client_description",
        "client_since", "entered_stage_at", "name", "priority")  # fmt: skip


def picture(job: Job) -> dict[str, Any]:
    job.refresh_from_db()
    return {
        **{name: getattr(job, name) for name in KEPT},
        "tags": sorted(job.account.tags.values_list("name", flat=True)),
        "assignees": sorted(job.assignees.values_list("pk", flat=True)),
        "tasks": sorted(Task.objects.filter(job=job).values_list("title", "state")),
        "links": sorted(LinkedItem.objects.filter(job=job).values_list("item", "visit", "finished_at")),
    }


def test_a_move_is_undone_as_if_it_had_not_been(make_job: Any, owner_actor: Any, to: Any) -> None:
    job = make_job()
    before = picture(job)
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    assert picture(job) != before
    assert undo(owner_actor, action) == []
    assert picture(job) == before
    assert list(Delivery.objects.values_list("state", flat=True)) == ["undone"]
    assert Event.objects.latest("pk").kind == "action_undone"


def test_a_message_that_has_gone_out_is_named(
    make_job: Any, owner_actor: Any, to: Any, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "clearstage.outbox.mail_folder.MailFolder"
    job = make_job()
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    with clock.at(clock.now() + timedelta(minutes=3)):
        deliver_due()
    assert undo(owner_actor, action) == ["The e-mail to ada@client.test has already gone out."]
    job.refresh_from_db()
    assert job.stage.name == "Documents"


def test_a_held_message_is_not_sent_before_its_time(make_job: Any, owner_actor: Any, to: Any) -> None:
    move_job(owner_actor, make_job().pk, to("Preparation"))
    assert deliver_due() == 0
    assert Delivery.objects.get().state == "pending"


def test_what_somebody_has_worked_on_is_kept_and_named(make_job: Any, owner_actor: Any, to: Any) -> None:
    job = make_job()
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    comment_on_task(owner_actor, Task.objects.get(title="Prepare the return").pk, "Half done.")
    assert undo(owner_actor, action) == [
        "The task “Prepare the return” has been worked on since and was kept."
    ]
    assert Task.objects.filter(title="Prepare the return").exists()


def test_a_job_that_has_gone_on_is_left_where_it_is(make_job: Any, owner_actor: Any, to: Any) -> None:
    job = make_job()
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    move_job(owner_actor, job.pk, to("Finished"))
    before = picture(job)
    with pytest.raises(Refused, match="has gone on since"):
        undo(owner_actor, action)
    assert picture(job) == before


def test_what_was_edited_since_stays(make_job: Any, owner_actor: Any, to: Any, tax: Any) -> None:
    job = make_job()
    action = move_job(owner_actor, job.pk, to("Preparation")).action
    edit_job(owner_actor, job.pk, {"priority": "urgent"}, block={"description": "Said by hand"})
    [left] = undo(owner_actor, action)
    assert "changed since and stays" in left
    job.refresh_from_db()
    assert (job.stage.name, job.priority, job.client_description) == ("Documents", "urgent", "Said by hand")


def test_undo_works_once_and_only_within_its_time(make_job: Any, owner_actor: Any, to: Any) -> None:
    job = make_job()
    first = move_job(owner_actor, job.pk, to("Preparation")).action
    undo(owner_actor, first)
    with pytest.raises(Refused, match="already"):
        undo(owner_actor, first)
    second = move_job(owner_actor, job.pk, to("Preparation")).action
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(Refused, match="time has passed"):
        undo(owner_actor, second)


def test_a_bulk_move_is_undone_as_one(make_job: Any, make_account: Any, owner_actor: Any, to: Any) -> None:
    jobs = [make_job(), make_job(make_account("Brightside LLC", contacts=["b@client.test"]))]
    before = [picture(job) for job in jobs]
    action = move_jobs(owner_actor, [job.pk for job in jobs], to("Preparation")).action
    undo(owner_actor, action)
    assert [picture(job) for job in jobs] == before


def test_archiving_is_undone(make_job: Any, owner_actor: Any) -> None:
    job = make_job()
    before = picture(job)
    action = set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED)).action
    undo(owner_actor, action)
    assert picture(job) == before


def test_added_jobs_that_nobody_touched_disappear(tax: Any, ada: Any, owner_actor: Any) -> None:
    added = add_jobs(owner_actor, NewJobs([ada.pk], tax.pk))
    undo(owner_actor, added.action)
    assert not Job.objects.exists()
    assert not Task.objects.exists()


# What followed by itself: with it goes what set it off


@pytest.mark.parametrize("finish", [complete_task, cancel_task])
def test_what_followed_by_itself_is_undone_with_the_finishing_that_set_it_off(
    make_job: Any, owner_actor: Any, finish: Any
) -> None:
    job = make_job()
    before = picture(job)
    action = finish(owner_actor, Task.objects.get(job=job).pk).action
    assert picture(job) != before
    assert undo(owner_actor, action) == []
    assert picture(job) == before
    # Everything works anew from there.
    complete_task(owner_actor, Task.objects.get(job=job).pk)
    job.refresh_from_db()
    assert job.stage.name == "Preparation"


def test_a_return_to_active_is_undone_with_the_finishing_that_set_it_off(
    make_job: Any, owner_actor: Any, tax: Any
) -> None:  # S8
    job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, tax.statuses.get().pk))
    before = picture(job)
    action = complete_task(owner_actor, Task.objects.get(title="File form 4868").pk).action
    undo(owner_actor, action)
    assert picture(job) == before


def test_an_item_that_was_finished_anew_since_stays_finished_and_is_named(
    make_job: Any, owner_actor: Any
) -> None:
    job = make_job()
    task = Task.objects.get(job=job)
    action = complete_task(owner_actor, task.pk).action
    reopen_task(owner_actor, task.pk)
    cancel_task(owner_actor, task.pk)
    assert undo(owner_actor, action) == [f"“{task.title}” stays finished."]
    task.refresh_from_db()
    job.refresh_from_db()
    assert (job.stage.name, task.state) == ("Documents", "cancelled")
    assert LinkedItem.objects.get(item=task.pk).finished_at is not None


def test_an_item_that_was_taken_off_since_is_left_alone(make_job: Any, owner_actor: Any) -> None:  # L9
    job = make_job()
    task = Task.objects.get(job=job)
    action = complete_task(owner_actor, task.pk).action
    unlink_item(owner_actor, job.pk, "task", task.pk)
    assert undo(owner_actor, action) == []
    task.refresh_from_db()
    assert (task.state, task.job) == ("completed", None)


def test_what_people_cannot_finish_is_not_opened_again(
    make_job: Any, owner_actor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # M3
    class Signed(TaskItems):
        def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
            return {pk: replace(view, may_finish=False) for pk, view in super().views(numbers).items()}

    job = make_job()
    task = Task.objects.get(job=job)
    action = complete_task(owner_actor, task.pk).action
    monkeypatch.setitem(items._kinds, "task", Signed())
    assert undo(owner_actor, action) == [f"“{task.title}” stays finished."]
    task.refresh_from_db()
    assert task.state == "completed"


def test_what_a_client_finished_stays_finished_when_the_firm_undoes_what_followed(
    make_job: Any, owner_actor: Any, ada: Any
) -> None:
    job = make_job()
    task = Task.objects.get(job=job)
    Task.objects.update(state="completed")
    client = contact_actor(ada.contacts.get())
    action = finish_links(client, "task", [task.pk])
    undo(owner_actor, action)
    job.refresh_from_db()
    assert (job.stage.name, Task.objects.get(pk=task.pk).state) == ("Documents", "completed")
    assert LinkedItem.objects.get(item=task.pk).finished_at is not None


def test_an_item_of_several_jobs_is_opened_again_for_all_of_them(
    make_job: Any, make_account: Any, owner_actor: Any
) -> None:  # L1
    jobs = [make_job(), make_job(make_account("Brightside LLC", contacts=["b@client.test"]))]
    shared, other = (Task.objects.get(job=job) for job in jobs)
    LinkedItem.objects.filter(job=jobs[1]).update(item=shared.pk)
    other.delete()
    before = [picture(job) for job in jobs]
    action = complete_task(owner_actor, shared.pk).action
    assert {job.stage.name for job in Job.objects.all()} == {"Preparation"}
    assert undo(owner_actor, action) == []
    assert [picture(job) for job in jobs] == before


def test_others_may_not_undo_what_somebody_did(
    make_job: Any, owner_actor: Any, to: Any, make_member: Any, actor_for: Any
) -> None:
    action = move_job(owner_actor, make_job().pk, to("Preparation")).action
    colleague = actor_for(make_member("dora@firm.test", "Dora", rights=["view all accounts"]))
    with pytest.raises(Forbidden):
        undo(colleague, action)
    with pytest.raises(NotFound):
        undo(actor_for(make_member("eve@firm.test", "Eve")), action)


def test_edits_of_many_jobs_are_undone_as_one(
    make_job: Any, make_account: Any, owner_actor: Any, owner: Any
) -> None:
    jobs = [make_job(), make_job(make_account("Brightside LLC", contacts=["b@client.test"]))]
    before = [picture(job) for job in jobs]
    action = begin_edit(owner_actor)
    for job in jobs:
        edit_job(
            owner_actor,
            job.pk,
            {"priority": "urgent", "due": clock.now().date()},
            assignees=[owner.pk],
            block={"shown": False},
            action=action,
        )
    edit_job(owner_actor, jobs[0].pk, {"priority": "low"})
    assert undo(owner_actor, action) == ["“Tax return” was changed since; this stays: priority."]
    assert picture(jobs[0]) == {**before[0], "priority": "low"}
    assert picture(jobs[1]) == before[1]
    for job in jobs:
        assert job.due is None


def test_what_stays_of_jobs_that_one_does_not_see_is_not_named(
    make_job: Any, make_account: Any, owner_actor: Any, employee: Any, employee_actor: Any, to: Any
) -> None:  # X4
    hidden = make_account("Brightside LLC", contacts=["b@client.test"])
    jobs = [make_job(), make_job(hidden, name="Secret audit"), make_job(hidden)]
    for account in {job.account_id for job in jobs}:
        AccountAccess.objects.create(account_id=account, member=employee)
    action = move_jobs(employee_actor, [job.pk for job in jobs], to("Preparation", "tags-3")).action or 0
    AccountAccess.objects.filter(account=hidden).delete()
    move_job(owner_actor, jobs[1].pk, to("Finished"))
    Delivery.objects.update(state="sent")
    assert undo(employee_actor, action) == ["The e-mail to ada@client.test has already gone out."]
    assert [job.stage.name for job in Job.objects.order_by("pk")] == ["Documents", "Finished", "Documents"]
    told = Event.objects.filter(kind="action_undone", job=jobs[0].pk).values_list(
        "data__could_not", flat=True
    )
    assert "b@client.test" not in str(list(told))


def test_the_history_of_a_job_names_no_other_job(
    make_job: Any, make_account: Any, owner_actor: Any, to: Any
) -> None:  # X4
    jobs = [make_job(), make_job(make_account("Brightside LLC", contacts=["b@client.test"]), name="Audit")]
    action = move_jobs(owner_actor, [job.pk for job in jobs], to("Preparation")).action or 0
    move_job(owner_actor, jobs[1].pk, to("Finished"))
    assert undo(owner_actor, action) == ["“Audit” has gone on since and was left where it is."]
    assert Event.objects.get(kind="action_undone", job=jobs[0].pk).data["could_not"] == []
