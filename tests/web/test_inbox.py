"""The inbox with *Retry* (A11), and the list of tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import AccountContact
from clearstage.engine.sentences import say
from clearstage.firm.models import Member
from clearstage.jobs.models import CustomStatus, Job, Pipeline
from clearstage.jobs.operations.moving import give_status
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes
from clearstage.work.models import Task, TaskAssignee
from clearstage.work.operations.tasks import complete_task

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def held_up(make_job: Any, owner_actor: Any) -> Job:
    """Everything in Documents is done, but Preparation writes an e-mail and there is nobody to write to."""
    job: Job = make_job()
    AccountContact.objects.update(notify=False)
    complete_task(owner_actor, Task.objects.get(job=job).pk)
    return job


@pytest.fixture
def failure(held_up: Job) -> InboxEntry:
    return InboxEntry.objects.get(kind="automation_failed")


def test_a_failure_is_told_with_its_reason(web: Client, failure: InboxEntry) -> None:
    page = web.get("/inbox/").content.decode()
    assert "has no contact who may be notified" in page
    assert reverse("inbox-retry", args=[failure.pk]) in page


def test_retrying_what_is_still_in_the_way_says_the_reasons_again(
    web: Client, held_up: Job, failure: InboxEntry
) -> None:
    answer = web.post(reverse("inbox-retry", args=[failure.pk]), headers=HTMX)
    assert "has no contact who may be notified" in answer.headers["HX-Trigger"]
    held_up.refresh_from_db()
    assert held_up.stage.name == "Documents"
    assert InboxEntry.objects.filter(kind="automation_failed", done_at=None).count() == 1


def test_retrying_what_was_put_right_lets_the_job_go_on(
    web: Client, held_up: Job, failure: InboxEntry
) -> None:
    AccountContact.objects.update(notify=True)
    answer = web.post(reverse("inbox-retry", args=[failure.pk]), headers=HTMX)
    held_up.refresh_from_db()
    assert held_up.stage.name == "Preparation"
    assert "is now in Preparation" in answer.headers["HX-Trigger"]
    assert "/undo/" in answer.headers["HX-Trigger"]
    assert not InboxEntry.objects.filter(kind="automation_failed", done_at=None).exists()


def test_retrying_when_somebody_was_quicker_puts_the_entry_aside(
    web: Client, held_up: Job, failure: InboxEntry, tax: Any
) -> None:
    Job.objects.filter(pk=held_up.pk).update(status="completed")
    answer = web.post(reverse("inbox-retry", args=[failure.pk]), headers=HTMX)
    assert "Nothing is in its way" in answer.headers["HX-Trigger"]
    failure.refresh_from_db()
    assert failure.done_at is not None


def test_an_inbox_is_its_members_alone(signed_in: Any, admin: Member, failure: InboxEntry) -> None:
    other = signed_in(admin)
    assert "Nothing waits for you" in other.get("/inbox/").content.decode()
    for name in ("inbox-retry", "inbox-done", "inbox-open"):
        assert other.post(reverse(name, args=[failure.pk])).status_code == 404
    failure.refresh_from_db()
    assert failure.done_at is None


def test_a_job_that_is_closed_to_the_member_is_not_named(
    signed_in: Any, employee: Member, make_job: Any
) -> None:  # X4
    job = make_job()
    put_in_inboxes([Notice(employee.pk, "automation_failed", say("Held up"), job.pk, 1)])
    page = signed_in(employee).get("/inbox/").content.decode()
    assert ("Held up" in page, "Ada Okafor" in page, "Retry" in page) == (True, False, False)
    entry = InboxEntry.objects.get(member=employee)
    assert signed_in(employee).post(reverse("inbox-retry", args=[entry.pk])).status_code == 404


def test_notices_are_read_done_and_opened_again(web: Client, owner: Member) -> None:
    put_in_inboxes([Notice(owner.pk, "notice", say(f"Notice {n}"), None, n) for n in range(3)])
    page = web.get("/inbox/").content.decode()
    assert page.index("Notice 2") < page.index("Notice 0")
    assert "3 unread" in page
    web.post("/inbox/read/")
    assert "3 unread" not in web.get("/inbox/").content.decode()
    entry = InboxEntry.objects.first()
    assert entry is not None
    web.post(reverse("inbox-done", args=[entry.pk]))
    assert "Notice 0" not in web.get("/inbox/").content.decode()
    assert "Notice 0" in web.get("/inbox/?show=done").content.decode()
    web.post(reverse("inbox-open", args=[entry.pk]))
    assert "Notice 0" in web.get("/inbox/").content.decode()


def test_following_an_entry_counts_as_reading_it(web: Client, owner: Member, make_job: Any) -> None:
    job = make_job()
    put_in_inboxes([Notice(owner.pk, "notice", say("Look"), job.pk, 1)])
    entry = InboxEntry.objects.get()
    assert web.get(reverse("inbox-follow", args=[entry.pk])).url == reverse("job", args=[job.pk])
    entry.refresh_from_db()
    assert entry.read_at is not None


def test_what_is_put_off_is_gone_until_its_day(web: Client, owner: Member) -> None:
    put_in_inboxes([Notice(owner.pk, "notice", say("Look"), None, 1)])
    entry = InboxEntry.objects.get()
    tomorrow = date.today() + timedelta(days=2)
    answer = web.post(reverse("inbox-snooze", args=[entry.pk]), {"until": tomorrow.isoformat()}, headers=HTMX)
    assert "Comes back on" in answer.headers["HX-Trigger"]
    assert "inbox-changed" in answer.headers["HX-Trigger"]
    assert "Nothing waits for you" in web.get("/inbox/").content.decode()
    assert "comes back on" in web.get("/inbox/?show=snoozed").content.decode()
    web.post(reverse("inbox-snooze", args=[entry.pk]) + "?show=snoozed")
    assert "Look" in web.get("/inbox/").content.decode()


@pytest.mark.parametrize("until", ["2001-01-01", "nonsense", "\x00", "9999-12-31"])
def test_a_day_that_is_none_puts_nothing_off(web: Client, owner: Member, until: str) -> None:
    put_in_inboxes([Notice(owner.pk, "notice", say("Look"), None, 1)])
    answer = web.post(reverse("inbox-snooze", args=[InboxEntry.objects.get().pk]), {"until": until})
    assert 400 <= answer.status_code < 500
    assert InboxEntry.objects.get().snoozed_until is None


def test_the_unread_are_shown_alone_and_counted_on_every_page(web: Client, owner: Member) -> None:
    put_in_inboxes([Notice(owner.pk, "notice", say(f"Notice {n}"), None, n) for n in range(3)])
    first = InboxEntry.objects.order_by("pk").first()
    assert first is not None
    web.post(reverse("inbox-mark-read", args=[first.pk]))
    page = web.get("/inbox/?show=unread").content.decode()
    assert ("Notice 0" in page, "Notice 1" in page) == (False, True)
    assert web.get("/inbox/count/").json() == {"unread": 2}
    assert "<span data-number>2</span>" in web.get("/").content.decode()
    web.post(reverse("inbox-mark-unread", args=[first.pk]))
    assert web.get("/inbox/count/").json() == {"unread": 3}


def test_what_a_client_did_leads_to_his_account(web: Client, owner: Member, ada: Any) -> None:
    said = say("Ada Okafor wrote to you")
    put_in_inboxes([Notice(owner.pk, "client_activity", said, None, 1, ada.pk)])
    page = web.get("/inbox/").content.decode()
    assert ("Ada Okafor wrote to you" in page, ">Ada Okafor</a>" in page) == (True, True)
    entry = InboxEntry.objects.get()
    assert web.get(reverse("inbox-follow", args=[entry.pk])).url == reverse("account", args=[ada.pk])


def test_an_account_that_is_closed_to_the_member_is_not_named(
    signed_in: Any, employee: Member, ada: Any
) -> None:  # X4
    put_in_inboxes([Notice(employee.pk, "client_activity", say("Something"), None, 1, ada.pk)])
    assert "Ada Okafor" not in signed_in(employee).get("/inbox/").content.decode()


def test_every_kind_of_entry_is_drawn(web: Client, owner: Member, ada: Any) -> None:
    kinds = [kind for kind, _label in InboxEntry.KINDS]
    put_in_inboxes([Notice(owner.pk, kind, say("Said"), None, n, ada.pk) for n, kind in enumerate(kinds)])
    for show in ("", "?show=unread"):
        page = web.get(f"/inbox/{show}").content.decode()
        assert all(f"entry-{kind}" in page for kind in kinds)


def test_a_status_that_could_not_be_given_is_tried_again(web: Client, make_job: Any, tax: Any) -> None:  # A11
    job = make_job()
    give_status([job.pk], "Chasing", cause=1)
    entry = InboxEntry.objects.get(kind="automation_failed")
    again = web.post(reverse("inbox-retry", args=[entry.pk]), headers=HTMX)
    assert "could not be set to" in again.headers["HX-Trigger"]
    CustomStatus.objects.create(pipeline=tax, name="Chasing")
    Pipeline.objects.update(stamp="another")
    entry = InboxEntry.objects.get(kind="automation_failed", done_at=None)
    done = web.post(reverse("inbox-retry", args=[entry.pk]), headers=HTMX)
    assert "is now in Chasing" in done.headers["HX-Trigger"]
    job.refresh_from_db()
    assert job.custom_status.name == "Chasing"


@pytest.mark.parametrize("on_a_job", [True, False])
def test_a_reminder_that_failed_is_sent_by_retry(
    web: Client, make_job: Any, owner: Member, ada: Any, monkeypatch: pytest.MonkeyPatch, on_a_job: bool
) -> None:  # A11
    from clearstage.jobs import items
    from clearstage.jobs.operations.links import link_item
    from clearstage.kernel import ids
    from clearstage.messaging.models import Reminder
    from clearstage.messaging.operations.failed_reminders import tell_failed_reminder
    from clearstage.messaging.operations.reminders import Reminding, set_reminders, stop_reminders
    from clearstage.messaging.reminder_plan import ReminderPlan
    from clearstage.outbox.models import Delivery
    from tests.messaging.letters import Letters

    letters = Letters()
    monkeypatch.setitem(items._kinds, "letter", letters)
    monkeypatch.setitem(ids.PREFIXES, "letter", "ltr")
    number = letters.write(ada)
    job = make_job()
    if on_a_job:
        link_item(job, "letter", number, holds=True, due=None, scope=None)
    set_reminders([Reminding("letter", number, ada.pk, ReminderPlan())])
    stop_reminders("letter", [number])
    tell_failed_reminder(Reminder.objects.get(), [job.pk] if on_a_job else [], ValueError("secret"))
    entry = InboxEntry.objects.get()
    page = web.get("/inbox/").content.decode()
    assert "a reminder could not be sent" in page
    assert reverse("inbox-retry", args=[entry.pk]) in page
    answer = web.post(reverse("inbox-retry", args=[entry.pk]), headers=HTMX)
    assert "The reminder is sent." in answer.headers["HX-Trigger"]
    assert Delivery.objects.filter(key__startswith="reminder:").count() == 1
    assert not InboxEntry.objects.filter(done_at=None).exists()
    again = web.post(reverse("inbox-retry", args=[entry.pk]), headers=HTMX)
    assert "nothing left to remind of" in again.headers["HX-Trigger"]


# Tasks


def test_my_tasks_stand_in_groups_by_their_dates(web: Client, make_job: Any, owner: Member) -> None:
    job = make_job()
    today = date.today()
    Task.objects.all().delete()
    for days in (-1, 0, 3, 30, None):
        due = None if days is None else today + timedelta(days=days)
        task = Task.objects.create(
            title=f"Task {days}", account=job.account, job=job, due=due, created_at=job.created_at
        )
        TaskAssignee.objects.create(task=task, member=owner)
    answer = web.get("/tasks/")
    assert [(part.name, len(part.tasks)) for part in answer.context["parts"]] == [
        ("Overdue", 1), ("Today", 1), ("The next seven days", 1), ("Later", 1), ("Without a date", 1),
    ]  # fmt: skip


def test_mine_everybodys_nobodys_and_one_colleagues(
    web: Client, make_job: Any, owner: Member, employee: Member
) -> None:
    make_job()
    mine = Task.objects.get()
    other = Task.objects.create(
        title="Other's", account=mine.account, job=mine.job, created_at=mine.created_at
    )
    TaskAssignee.objects.create(task=other, member=employee)
    Task.objects.create(title="Lying about", account=mine.account, created_at=mine.created_at)

    def titles(**ask: Any) -> set[str]:
        parts = web.get("/tasks/", ask).context["parts"]
        return {task.title.partition(" ")[0] for part in parts for task in part.tasks}

    assert titles() == {"Collect"}
    assert titles(who="all") == {"Collect", "Other's", "Lying"}
    assert titles(who="nobody") == {"Lying"}
    assert titles(who=employee.pk) == {"Other's"}


def test_a_task_is_started_completed_and_opened_again_where_it_stands(web: Client, make_job: Any) -> None:
    job = make_job()
    task = Task.objects.get()
    web.post(reverse("task-start", args=[task.pk]))
    assert "In progress" in web.get("/tasks/").content.decode()
    answer = web.post(reverse("task-complete", args=[task.pk]), headers=HTMX)
    assert "is now in Preparation" in answer.headers["HX-Trigger"]
    job.refresh_from_db()
    assert job.stage.name == "Preparation"
    assert task.title in web.get("/tasks/?done=1").content.decode()
    web.post(reverse("task-reopen", args=[task.pk]) + "?done=1")
    task.refresh_from_db()
    assert task.state == "open"


def test_tasks_of_closed_accounts_are_not_there(signed_in: Any, employee: Member, make_job: Any) -> None:
    make_job()
    task = Task.objects.get()
    mia = signed_in(employee)
    assert task.title not in mia.get("/tasks/?who=all").content.decode()
    for name in ("task", "task-complete", "task-start", "task-reopen"):
        ask = mia.get if name == "task" else mia.post
        assert ask(reverse(name, args=[task.pk])).status_code == 404


def test_a_task_leads_to_its_job(web: Client, make_job: Any) -> None:
    job = make_job()
    task = Task.objects.get()
    assert web.get(reverse("task", args=[task.pk])).url.startswith(reverse("job", args=[job.pk]))
