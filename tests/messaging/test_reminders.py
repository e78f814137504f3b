"""Reminders: due ones once each, not at night, not when nothing waits any more; and what follows the last."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from clearstage.engine.sentences import render, say
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.models import Firm
from clearstage.jobs.models import Job
from clearstage.jobs.operations.links import link_item
from clearstage.kernel import clock
from clearstage.messaging.models import InboxEntry, Reminder
from clearstage.messaging.operations.reminders import (
    Reminding,
    restart_reminders,
    set_reminders,
    stop_reminders,
)
from clearstage.messaging.operations.reminding import remind_one, retry_reminder
from clearstage.messaging.reminder_plan import ReminderPlan

from .conftest import NOON, PLAN, Letters, mails_to

pytestmark = pytest.mark.django_db
Remind = Callable[..., Reminder]


def sweep(days: float = 0, start: datetime = NOON) -> int:
    """How many reminders the worker settles, so many days later."""
    with clock.at(start + timedelta(days=days)):
        done = 0
        while remind_one():
            done += 1
        return done


@pytest.fixture
def remind(letters: Letters, ada: Any, noon: Any) -> Remind:
    """A letter to Ada that she is reminded of after 2 days, then every 3, twice in all."""

    def make(plan: ReminderPlan = PLAN, job: Job | None = None, **more: Any) -> Reminder:
        number = letters.write(ada, **more)
        if job is not None:
            link_item(job, "letter", number, holds=True, due=None, scope=None)
        set_reminders([Reminding("letter", number, ada.pk, plan)])
        return Reminder.objects.get(item=number)

    return make


def test_a_client_is_reminded_when_it_is_time_and_once_only(remind: Remind) -> None:
    remind(due=date(2026, 3, 20), hint=say("3 of 8 answered"))
    assert sweep(1.9) == 0
    assert sweep(2) == 1
    assert sweep(2) == 0
    [mail] = mails_to("ada@client.test")
    assert mail.payload["subject"] == "A reminder: Your papers"
    assert mail.payload["text"].split("\n\n") == [
        "Hello Ada Okafor,",
        "A reminder: Answer the letter “Your papers”.",
        "3 of 8 answered",
        "Please see to it by March 20, 2026.",
    ]


@pytest.mark.parametrize(("day", "words"), [(6, "It was due on March 6"), (7, "Please see to it by March 7")])
def test_what_is_late_is_so_by_the_firms_calendar(remind: Remind, day: int, words: str) -> None:
    Firm.objects.update(timezone="Pacific/Auckland", quiet_from="00:00", quiet_to="00:00", quiet_days=False)
    remind(due=date(2026, 3, day))
    sweep(2)  # noon of the 6th in UTC, and already the 7th there
    assert words in mails_to("ada@client.test")[0].payload["text"]


def test_as_often_as_planned_and_no_more(remind: Remind) -> None:
    remind()
    assert [sweep(days) for days in (2, 4.9, 5, 8, 11, 50)] == [1, 0, 1, 1, 0, 0]
    assert [mail.key.rpartition(":")[0] for mail in mails_to("ada@client.test")] == [
        "reminder:letter:1:1",
        "reminder:letter:1:2",
    ]


def test_what_no_longer_waits_is_not_reminded_of(remind: Remind, letters: Letters) -> None:
    reminder = remind()
    letters.answered(reminder.item)
    assert sweep(2) == 1
    reminder.refresh_from_db()
    assert (reminder.stopped_at, mails_to("ada@client.test")) == (NOON + timedelta(days=2), [])


def test_stopped_reminders_are_not_sent_and_begin_anew_when_restarted(remind: Remind) -> None:
    Firm.objects.update(quiet_days=False)
    reminder = remind()
    sweep(2)
    stop_reminders("letter", [reminder.item])
    assert sweep(5) == 0
    with clock.at(NOON + timedelta(days=10)):
        restart_reminders("letter", [reminder.item])
    assert [sweep(days) for days in (11.9, 12, 15, 18, 30)] == [0, 1, 1, 1, 0]
    assert [mail.key.split(":")[3] for mail in mails_to("ada@client.test")] == ["1", "2", "3"]


def test_setting_them_again_replaces_the_plan_and_repeats_no_key(remind: Remind, ada: Any) -> None:
    reminder = remind()
    sweep(2)
    set_reminders([Reminding("letter", reminder.item, ada.pk, ReminderPlan(first=5, every=4, at_most=1))])
    assert [sweep(days) for days in (3, 5)] == [0, 1]
    assert [mail.key.split(":")[3] for mail in mails_to("ada@client.test")] == ["1", "2"]
    set_reminders([Reminding("letter", reminder.item, ada.pk, None)])
    assert sweep(90) == 0


def test_many_are_set_in_as_many_queries_as_one(
    letters: Letters, ada: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 20):
        wanted = [Reminding("letter", letters.write(ada), ada.pk, PLAN) for _ in range(count)]
        with django_assert_num_queries(3):
            set_reminders(wanted)
    assert Reminder.objects.count() == 21


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-03-06T08:59:00", False),  # 07:59 UTC; 08:59 in Berlin, winter
        ("2026-03-06T18:59:00", False),
        ("2026-03-06T19:00:00", True),  # 20:00 in Berlin
        ("2026-03-06T06:59:00", True),
        ("2026-03-07T12:00:00", True),  # a Saturday
        ("2026-03-09T12:00:00", True),  # a holiday of the firm
        ("2026-03-30T06:00:00", False),  # 08:00 in Berlin, the Monday after the clocks went forward
        ("2026-03-30T05:59:00", True),
        ("2026-03-30T18:00:00", True),
    ],
)
def test_clients_have_their_quiet_by_the_firms_clock(remind: Remind, moment: str, quiet: bool) -> None:
    Firm.objects.update(timezone="Europe/Berlin", holidays=["2026-03-09"])
    remind(ReminderPlan(first=1, every=30, at_most=1))
    assert (sweep(0, datetime.fromisoformat(moment).replace(tzinfo=UTC)) == 0) is quiet


def test_a_firm_that_works_on_weekends_may_remind_then(remind: Remind) -> None:
    Firm.objects.update(quiet_days=False)
    remind()
    assert sweep(0, datetime(2026, 3, 7, 12, tzinfo=UTC)) == 1


def test_equal_hours_mean_no_quiet_ones(remind: Remind) -> None:
    Firm.objects.update(quiet_from="00:00", quiet_to="00:00")
    remind()
    assert sweep(0, datetime(2026, 3, 6, 23, tzinfo=UTC)) == 1


def test_the_hour_stays_when_the_clocks_change(remind: Remind) -> None:
    Firm.objects.update(timezone="Europe/Berlin")
    with clock.at(datetime(2026, 3, 27, 14, 0, tzinfo=UTC)):  # 15:00 in Berlin, two days before summer time
        reminder = remind(ReminderPlan(first=4))
    assert reminder.next_at == datetime(2026, 3, 31, 13, 0, tzinfo=UTC)  # 15:00 in Berlin


def test_the_jobs_history_tells_who_was_reminded(remind: Remind, make_job: Any) -> None:
    remind(job=make_job())
    sweep(2)
    event = Event.objects.get(kind="client_reminded")
    assert render(in_words(event.kind, event.data)) == "Reminded Ada Okafor of “Your papers” (1 of 2)"
    assert mails_to("ada@client.test")[-1].event == event.pk


def test_a_reminder_that_reaches_nobody_says_so_and_counts(
    remind: Remind, make_job: Any, prefers: Any
) -> None:
    reminder = remind(job=make_job())
    prefers("ada@client.test", notices="none")
    sweep(2)
    reminder.refresh_from_db()
    event = Event.objects.get(kind="client_reminded")
    assert reminder.sent == 1
    assert "Nobody could be reminded" in render(in_words(event.kind, event.data))


# After the last one

CHASE = ReminderPlan(first=2, every=3, at_most=1, then_status="needs extension")


def test_after_the_last_in_vain_the_waiting_job_gets_the_status(remind: Remind, make_job: Any) -> None:
    job = make_job()
    remind(CHASE, job=job)
    assert [sweep(2), sweep(4.9)] == [1, 0]
    job.refresh_from_db()
    assert job.status == "active"
    assert [sweep(5), sweep(5), sweep(20)] == [1, 0, 0]
    job.refresh_from_db()
    assert (job.status, job.custom_status.name) == ("custom", "Needs extension")
    changed = Event.objects.get(kind="job_status_changed")
    assert Event.objects.get(pk=changed.cause).kind == "reminders_in_vain"
    assert changed.actor_kind == "firm"


@pytest.mark.parametrize("gone", ["completed", "archived", "moved", "answered", "unlinked"])
def test_a_job_that_does_not_wait_any_more_keeps_its_status(
    remind: Remind, make_job: Any, letters: Letters, gone: str
) -> None:
    job = make_job()
    reminder = remind(CHASE, job=job)
    sweep(2)
    if gone == "moved":
        Job.objects.filter(pk=job.pk).update(visit=9)
    elif gone == "answered":
        letters.answered(reminder.item)
    elif gone == "unlinked":
        job.links.filter(kind="letter").delete()
    else:
        Job.objects.filter(pk=job.pk).update(status=gone)
    assert sweep(5) == 1
    job.refresh_from_db()
    assert job.custom_status is None
    assert not Event.objects.filter(kind__in=["job_status_changed", "automation_failed"]).exists()


def test_a_status_that_cannot_be_given_is_told(remind: Remind, make_job: Any, owner: Any) -> None:  # A11
    job = make_job()
    remind(CHASE.model_copy(update={"then_status": "Gone"}), job=job)
    sweep(2)
    assert sweep(5) == 1
    assert sweep(5) == 0
    job.refresh_from_db()
    assert job.status == "active"
    entry = InboxEntry.objects.get(member=owner, kind="automation_failed")
    assert "could not be set to “Gone”" in render(say(entry.text["text"], **entry.text["params"]))
    failed = Event.objects.get(kind="automation_failed")
    assert render(in_words(failed.kind, failed.data)).startswith("Could not be set to “Gone”: ")


# A reminder that fails


@pytest.fixture
def broken(remind: Remind, letters: Letters, monkeypatch: pytest.MonkeyPatch, make_job: Any) -> Job:
    """Ada's first letter, on a job, cannot be read at the moment; the second is as it should be."""
    job: Job = make_job()
    first = remind(job=job)
    remind()
    read = letters.client_items

    def fails(numbers: Any) -> Any:
        if first.item in numbers and letters.is_broken:  # type: ignore[attr-defined]
            raise ValueError("about Ada's income")
        return read(numbers)

    letters.is_broken = True  # type: ignore[attr-defined]
    monkeypatch.setattr(letters, "client_items", fails)
    return job


def test_a_reminder_that_fails_is_told_and_the_others_go_on(broken: Job, owner: Any) -> None:  # A11
    assert sweep(2) == 2
    assert [mail.payload["subject"] for mail in mails_to("ada@client.test")] == ["A reminder: Your papers"]
    entry = InboxEntry.objects.get(member=owner)
    assert (entry.kind, entry.job) == ("automation_failed", broken)
    assert render(entry.said) == "“Tax return” (Ada Okafor): a reminder could not be sent"
    [mail] = mails_to(owner.email)
    assert mail.payload["subject"] == "Not reminded: Tax return"
    event = Event.objects.get(kind="reminder_failed", job=broken.pk)
    assert "ValueError" in render(in_words(event.kind, event.data))
    assert "income" not in str(event.data) + str(mail.payload) + str(entry.text)
    assert sweep(2) == 0


def test_it_is_tried_again_when_somebody_says_so(broken: Job, letters: Letters, owner: Any) -> None:
    sweep(2)
    [first] = InboxEntry.objects.values_list("event", flat=True)
    with clock.at(NOON + timedelta(days=2, hours=1)):
        assert retry_reminder(first) is False
        assert InboxEntry.objects.filter(kind="automation_failed").count() == 2
        letters.is_broken = False  # type: ignore[attr-defined]
        assert retry_reminder(first) is True
        assert retry_reminder(first) is None  # it goes on
    assert len(mails_to("ada@client.test")) == 2
    assert sweep(6) == 2
    assert len(mails_to("ada@client.test")) == 4


def test_what_was_answered_meanwhile_is_not_reminded_of_any_more(broken: Job, letters: Letters) -> None:
    sweep(2)
    letters.is_broken = False  # type: ignore[attr-defined]
    letters.answered(1)
    [event] = InboxEntry.objects.values_list("event", flat=True)
    assert retry_reminder(event or 0) is None
    assert len(mails_to("ada@client.test")) == 1


def test_a_database_that_is_away_is_no_failure_of_the_reminder(
    remind: Remind, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = remind()

    def away(numbers: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(letters, "client_items", away)
    with pytest.raises(OperationalError):
        sweep(2)
    reminder.refresh_from_db()
    assert reminder.stopped_at is None


# A status that is renamed while reminders are under way


def renamed(pipeline: Any, actor: Any, statuses: list[dict[str, Any]]) -> None:
    from clearstage.jobs.document import read_document
    from clearstage.jobs.operations.pipelines import save_pipeline
    from clearstage.jobs.operations.pipelines.exporting import export_document

    document = export_document(pipeline.pk)
    save_pipeline(actor, *read_document(json.dumps({**document, "statuses": statuses})))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([{"status": "Waiting", "was": "Stuck"}, {"status": "Other"}], "Waiting"),
        ([{"status": "Other", "was": "Stuck"}], "Other"),  # deleted, and named what takes over
        ([{"status": "Stuck"}, {"status": "Another", "was": "Other"}], "Stuck"),
        ([{"status": "Other", "was": "Stuck"}, {"status": "Third", "was": "Other"}], "Other"),  # a chain
    ],
)
def test_reminders_under_way_follow_the_name_of_the_status(
    remind: Remind, make_pipeline: Any, ada: Any, owner_actor: Any, statuses: Any, expected: str
) -> None:  # S14
    from tests.requests.conftest import add_job

    statuses_before = "statuses: [{status: Stuck}, {status: Other}]"
    pipeline = make_pipeline(
        f"pipeline: Letters\nstages: [{{stage: Sent}}, {{stage: Done}}]\n{statuses_before}\n"
    )
    reminder = remind(PLAN.model_copy(update={"then_status": "stuck"}), add_job(owner_actor, ada, pipeline))
    elsewhere = remind(PLAN.model_copy(update={"then_status": "stuck"}))
    renamed(pipeline, owner_actor, statuses)
    reminder.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (reminder.then_status or "").casefold() == expected.casefold()
    assert elsewhere.then_status == "stuck"


def test_a_reminder_of_jobs_of_two_pipelines_keeps_a_name_that_one_still_has(
    remind: Remind, make_pipeline: Any, ada: Any, owner_actor: Any
) -> None:
    from tests.requests.conftest import add_job

    text = "pipeline: {name}\nstages: [{{stage: Sent}}, {{stage: Answered}}]\nstatuses: [{{status: Stuck}}]\n"
    one, two = (make_pipeline(text.format(name=name)) for name in ("One", "Two"))
    reminder = remind(PLAN.model_copy(update={"then_status": "Stuck"}), add_job(owner_actor, ada, one))
    link_item(add_job(owner_actor, ada, two), "letter", reminder.item, holds=True, due=None, scope=None)
    renamed(one, owner_actor, [{"status": "Waiting", "was": "Stuck"}])
    reminder.refresh_from_db()
    assert reminder.then_status == "Stuck"
