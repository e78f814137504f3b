"""Moving with real rows: one command, one event, all or nothing, for one and for many."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import AccountAccess, AccountContact
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun, Job, LinkedItem
from clearstage.jobs.operations.command import Expected, preview
from clearstage.jobs.operations.moving import move_job, move_jobs, set_job_status
from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, PlanChanged, Refused, Stale
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task

pytestmark = pytest.mark.django_db


def everything() -> dict[str, Any]:
    """All that a command could have changed."""
    return {
        "jobs": list(Job.objects.order_by("pk").values()),
        "links": list(LinkedItem.objects.order_by("pk").values()),
        "tasks": list(Task.objects.order_by("pk").values()),
        "deliveries": list(Delivery.objects.order_by("pk").values()),
        "events": Event.objects.count(),
        "commands": CommandRun.objects.count(),
    }


def test_a_move_does_what_the_plan_said(
    make_job: Any, to: Any, owner_actor: Any, owner: Any, ada: Any
) -> None:
    job = make_job()
    shown = plan_document(preview(owner_actor, [job.pk], to("Preparation")))
    assert [run["says"] for run in shown["jobs"][0]["automations"]] == [
        "Tells the client “In progress”: Our team is at work.",
        f"Creates the task “Prepare the return” for {owner.name}, due in 10 days",
        "Changes the account's tags: adds returning",
        "E-mails “We have started, Ada” to Ada Okafor",
        f"Changes who is assigned: assigns {owner.name}",
    ]
    move_job(owner_actor, job.pk, to("Preparation"), Expected(digest=shown["digest"]))
    job.refresh_from_db()
    assert job.stage.name == "Preparation"
    assert (job.client_shown, job.client_status.name, job.client_description) == (
        True,
        "In progress",
        "Our team is at work.",
    )
    assert Task.objects.filter(job=job, title="Prepare the return", assignees=owner).exists()
    assert list(ada.tags.values_list("name", flat=True)) == ["returning"]
    assert list(job.assignees.all()) == [owner]
    [mail] = Delivery.objects.filter(job=job.pk)
    assert (mail.to, mail.payload["subject"], mail.payload["text"]) == (
        "ada@client.test",
        "We have started, Ada",
        "Your Tax return is being prepared.",
    )


def test_one_command_on_one_job_writes_one_event_that_carries_its_run(
    make_job: Any, to: Any, owner_actor: Any
) -> None:  # X6
    job = make_job()
    before = Event.objects.latest("pk").pk
    outcome = move_job(owner_actor, job.pk, to("Preparation", "email-4"))
    [event] = Event.objects.filter(pk__gt=before)
    assert (event.kind, event.job, event.actor, event.action) == (
        "job_moved",
        job.pk,
        owner_actor.id,
        outcome.action,
    )
    assert event.revision == 1
    runs = event.data["steps"][0]["runs"]
    assert [("reason" not in run, run["key"]) for run in runs] == [
        (True, "client_status-1"),
        (True, "task-2"),
        (True, "tags-3"),
        (False, "email-4"),
        (True, "assignees-5"),
    ]


def test_a_preview_does_nothing(make_job: Any, to: Any, owner_actor: Any) -> None:  # F1
    job = make_job()
    before = everything()
    preview(owner_actor, [job.pk], to("Preparation"))
    assert everything() == before


def test_a_refused_automation_leaves_no_trace(
    make_job: Any, to: Any, owner_actor: Any, ada: Any
) -> None:  # A11
    job = make_job()
    AccountContact.objects.filter(account=ada).update(notify=False)
    before = everything()
    with pytest.raises(Refused) as refusal:
        move_job(owner_actor, job.pk, to("Preparation"))
    assert refusal.value.problems == ["Ada Okafor has no contact who may be notified by e-mail"]
    assert everything() == before


def test_in_bulk_the_others_go(make_job: Any, make_account: Any, to: Any, owner_actor: Any) -> None:  # A12
    good, bad = make_job(), make_job(make_account("Nobody to write to"))
    outcome = move_jobs(owner_actor, [good.pk, bad.pk, 999_999], to("Preparation"))
    stages = dict(Job.objects.values_list("pk", "stage__name"))
    assert (stages[good.pk], stages[bad.pk]) == ("Preparation", "Documents")
    assert [job.before.id for job in outcome.plan.refused] == [bad.pk]
    assert outcome.missing == [999_999]


def test_a_plan_that_changed_since_it_was_shown_is_not_done(
    make_job: Any, to: Any, owner_actor: Any, owner: Any
) -> None:  # M4
    job = make_job()
    shown = preview(owner_actor, [job.pk], to("Preparation")).plan.digest
    owner.name = "Olivia Renamed"
    owner.email = "renamed@firm.test"
    owner.is_active = False
    owner.save()
    before = everything()
    with pytest.raises(PlanChanged) as changed:
        move_job(owner_actor, job.pk, to("Preparation"), Expected(digest=shown))
    assert changed.value.plan.digest != shown
    assert everything() == before


def test_in_bulk_a_job_whose_plan_changed_is_reported_and_the_others_go(
    make_job: Any, make_account: Any, to: Any, owner_actor: Any
) -> None:  # M4, M5
    first = make_job()
    second = make_job(make_account("Brightside LLC", contacts=["b@client.test"]))
    shown = preview(owner_actor, [first.pk, second.pk], to("Preparation")).plan
    AccountContact.objects.filter(account=second.account).delete()
    AccountContact.objects.create(account=second.account, contact_id=first.account.contacts.get().pk)
    outcome = move_jobs(
        owner_actor,
        [first.pk, second.pk],
        to("Preparation"),
        Expected(digests={job.id: job.digest for job in shown.jobs}),
    )
    assert [job.before.id for job in outcome.changed] == [second.pk]
    assert dict(Job.objects.values_list("pk", "stage__name")) == {
        first.pk: "Preparation",
        second.pk: "Documents",
    }


def test_a_stale_version_is_refused(make_job: Any, to: Any, owner_actor: Any) -> None:  # M13
    job = make_job()
    with pytest.raises(Stale):
        move_job(owner_actor, job.pk, to("Preparation"), Expected(version=job.version + 1))


def test_moving_to_where_it_is_succeeds_and_does_nothing(
    make_job: Any, to: Any, owner_actor: Any
) -> None:  # M7
    job = make_job()
    before = everything()
    assert move_job(owner_actor, job.pk, to("Documents")).action is None
    assert everything() == before


def test_an_archived_job_is_not_moved(make_job: Any, to: Any, owner_actor: Any) -> None:
    job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED))
    with pytest.raises(Refused, match="restore it before moving"):
        move_job(owner_actor, job.pk, to("Preparation"))


def test_what_one_may_not_see_does_not_exist(make_job: Any, to: Any, employee_actor: Any) -> None:  # X2, X4
    job = make_job()
    for number in (job.pk, 999_999):
        with pytest.raises(NotFound):
            move_job(employee_actor, number, to("Preparation"))


def test_both_gates_must_be_open(
    make_job: Any, to: Any, employee_actor: Any, employee: Any, ada: Any, tax: Any
) -> None:  # X2
    job = make_job()
    AccountAccess.objects.create(account=ada, member=employee)
    assert move_job(employee_actor, job.pk, to("Foreign income")).plan.going
    tax.for_everyone = False
    tax.save()
    with pytest.raises(NotFound):
        move_job(employee_actor, job.pk, to("Documents"))
    tax.available_to.add(employee)
    assert move_job(employee_actor, job.pk, to("Documents")).plan.going


def test_a_stage_that_tags_takes_the_right_to_tag(
    make_job: Any, to: Any, employee_actor: Any, employee: Any, ada: Any
) -> None:  # X3
    job = make_job()
    AccountAccess.objects.create(account=ada, member=employee)
    before = everything()
    with pytest.raises(Forbidden, match="manage tags"):
        move_job(employee_actor, job.pk, to("Preparation"))
    assert everything() == before
    assert move_job(employee_actor, job.pk, to("Preparation", "tags-3")).plan.going


def test_at_most_a_thousand_jobs_at_once(to: Any, owner_actor: Any) -> None:
    with pytest.raises(Invalid):
        move_jobs(owner_actor, range(1, 1002), to("Preparation"))


def test_a_move_of_one_job_with_five_automations_takes_at_most_25_queries(
    make_job: Any, to: Any, owner_actor: Any
) -> None:
    job = make_job()
    with CaptureQueriesContext(connection) as queries:
        move_job(owner_actor, job.pk, to("Preparation"))
    assert len(queries) <= 25


def test_a_move_of_250_jobs_takes_at_most_40_queries(
    make_account: Any, tax: Any, to: Any, owner_actor: Any, owner: Any
) -> None:
    from clearstage.jobs.operations.adding import NewJobs, add_jobs

    accounts = [
        make_account(f"Client {number}", contacts=[f"c{number}@client.test"], roles={"preparer": [owner]}).pk
        for number in range(250)
    ]
    jobs = [job.id for job in add_jobs(owner_actor, NewJobs(accounts, tax.pk)).plan.going]
    with CaptureQueriesContext(connection) as queries:
        outcome = move_jobs(owner_actor, jobs, to("Preparation"))
    assert len(outcome.plan.going) == 250
    assert len(queries) <= 40
