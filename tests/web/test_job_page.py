"""The job's page (B4, F3): what it waits for, why it is here, what was done, and what can be done."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearstage.clients.models import AccountContact
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.firm.models import Firm
from clearstage.jobs.models import CommandRun, CustomStatus, Job, LinkedItem
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_job, set_job_status
from clearstage.kernel import clock
from clearstage.messaging.models import Comment
from clearstage.work.models import Task
from clearstage.work.operations.tasks import create_task
from clearstage.work.spec import TaskSpec

from .board_forms import HTMX, everything, fields, words

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true", "HX-Target": "job"}
MOST_QUERIES = 26


def page(web: Client, job: Job, name: str = "job", **headers: str) -> str:
    answer = web.get(reverse(name, args=[job.pk]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_why_it_is_here_what_it_waits_for_and_whose_turn_it_is(
    web: Client, make_job: Any, owner: Any
) -> None:  # F3
    shown = words(page(web, make_job()))
    assert "Ada Okafor Tax return" in shown
    assert f"Why it is here Added to “Documents” of “Tax return” · {owner.name}" in shown
    assert "What happens next It waits for what is still open in this stage." in shown
    assert "Whose turn the client's" in shown
    assert "Collect the papers of Ada Okafor" in shown
    assert "Please send your papers." in shown


def test_the_drawer_is_the_same_without_the_shell(web: Client, make_job: Any) -> None:
    job = make_job()
    html = page(web, job, **{"HX-Request": "true", "HX-Target": "drawer"})
    assert "<html" not in html
    assert 'id="drawer-title"' in html
    assert 'id="job"' in html


def test_the_page_asks_the_same_number_of_questions_whatever_hangs_on_it(
    web: Client, make_job: Any, owner_actor: Any, owner: Any
) -> None:
    counted = []
    job = make_job()
    for number in (0, 20):
        for n in range(number):
            create_task(
                owner_actor, job.pk, TaskSpec(f"Task {n}", assignees=(owner.pk,), checklist=("a", "b"))
            )
            make_job()
        with CaptureQueriesContext(connection) as queries:
            page(web, job)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= MOST_QUERIES


def test_history_tells_what_ran_and_what_did_not_and_why(
    web: Client, make_job: Any, to: Any, owner_actor: Any
) -> None:  # F3
    job = make_job()
    move_job(owner_actor, job.pk, to("Preparation", "email-4"))
    shown = words(page(web, job, "job-history"))
    assert "Creates the task “Prepare the return”" in shown
    assert "E-mails “We have started, Ada” to Ada Okafor did not run: left out by hand" in shown
    assert "pipeline revision 1" in shown


def test_the_history_takes_the_overviews_place_in_the_drawer(web: Client, make_job: Any) -> None:
    html = page(web, make_job(), "job-history", **PART)
    assert html.lstrip().startswith('<div class="job" id="job"')
    assert 'class="history"' in html


def test_history_goes_on_page_by_page(web: Client, make_job: Any, owner_actor: Any) -> None:
    job = make_job()
    for n in range(60):
        edit_job(owner_actor, job.pk, {"name": f"Name {n}"})
    html = page(web, job, "job-history")
    more = re.search(r'hx-get="([^"]*\?before=\d+)"', html)[1]
    rest = web.get(more, headers=HTMX).content.decode()
    assert (html.count('class="event"'), rest.count('class="event"'), "<html" in rest) == (
        40,
        Event.objects.filter(job=job.pk).count() - 40,
        False,
    )


def test_a_task_is_completed_on_the_page_and_what_follows_is_told(
    web: Client, make_job: Any, ada: Any
) -> None:  # L4
    job = make_job()
    task = Task.objects.get(job=job)
    answer = web.post(reverse("job-task-complete", args=[job.pk, task.pk]), {"key": "k"}, headers=PART)
    assert (answer.status_code, 'id="job"' in answer.content.decode()) == (200, True)
    job.refresh_from_db()
    assert job.stage.name == "Preparation"
    assert "Completed \\u00b7 The job is now in Preparation" in answer.headers["HX-Trigger"]
    assert f"/actions/{CommandRun.objects.latest('pk').pk}/undo/" in answer.headers["HX-Trigger"]


def test_tasks_are_started_cancelled_and_opened_again(web: Client, make_job: Any) -> None:
    job = make_job(stage="Foreign income")
    task = Task.objects.get(job=job)
    for what, state in (("start", "in_progress"), ("cancel", "cancelled"), ("reopen", "open")):
        assert (
            web.post(
                reverse(f"job-task-{what}", args=[job.pk, task.pk]), {"key": what}, headers=PART
            ).status_code
            == 200
        )
        task.refresh_from_db()
        assert task.state == state


def test_a_task_is_added_edited_ticked_and_commented(web: Client, make_job: Any, owner: Any) -> None:
    job = make_job()
    form = web.get(reverse("job-task-new", args=[job.pk]), headers=HTMX).content.decode()
    sent = {
        **fields(form),
        "title": "Ask the bank",
        "due": "2031-01-02",
        "checklist": "Write\nCall\n",
        "member": owner.pk,
    }
    for _ in range(2):
        assert web.post(reverse("job-task-new", args=[job.pk]), sent, headers=HTMX).status_code == 204
    task = Task.objects.get(title="Ask the bank")
    assert (task.due, [entry["text"] for entry in task.checklist], list(task.assignees.all())) == (
        date(2031, 1, 2),
        ["Write", "Call"],
        [owner],
    )
    assert LinkedItem.objects.get(item=task.pk, kind="task").visit == job.visit
    web.post(reverse("job-task-tick", args=[job.pk, task.pk, 1]), {"done": "1"}, headers=PART)
    edit = fields(web.get(reverse("job-task-edit", args=[job.pk, task.pk]), headers=HTMX).content.decode())
    assert edit["checklist"] == ["Write\nCall"]
    web.post(
        reverse("job-task-edit", args=[job.pk, task.pk]),
        {**edit, "checklist": "Call\nWait", "title": "Ask"},
        headers=HTMX,
    )
    task.refresh_from_db()
    assert (task.title, task.checklist) == (
        "Ask",
        [{"text": "Call", "done": True}, {"text": "Wait", "done": False}],
    )
    web.post(reverse("job-task-comment", args=[job.pk, task.pk]), {"text": "**Yes** <b>no</b>"}, headers=PART)
    shown = page(web, job)
    assert "<strong>Yes</strong> &lt;b&gt;no&lt;/b&gt;" in shown
    assert Comment.objects.get().member == owner


def test_two_who_edit_a_task_do_not_overwrite_each_other(web: Client, make_job: Any) -> None:  # M13
    job = make_job()
    task = Task.objects.get(job=job)
    sent = fields(web.get(reverse("job-task-edit", args=[job.pk, task.pk]), headers=HTMX).content.decode())
    web.post(reverse("job-task-edit", args=[job.pk, task.pk]), {**sent, "title": "First"}, headers=HTMX)
    again = web.post(
        reverse("job-task-edit", args=[job.pk, task.pk]),
        {**sent, "key": "other", "title": "Second"},
        headers=HTMX,
    )
    task.refresh_from_db()
    assert (again.status_code, task.title) == (412, "First")


def test_a_task_of_another_job_is_not_reached_through_this_one(web: Client, make_job: Any) -> None:
    job, other = make_job(), make_job()
    task = Task.objects.get(job=other)
    before = everything()
    for name in ("job-task-complete", "job-task-cancel", "job-task-comment"):
        assert web.post(reverse(name, args=[job.pk, task.pk]), {"text": "x"}, headers=PART).status_code == 404
    assert (
        web.post(
            reverse("job-task-tick", args=[other.pk, task.pk, 7]), {"done": "1"}, headers=PART
        ).status_code
        == 404
    )
    assert everything() == before


def test_what_is_linked_can_be_taken_off(web: Client, make_job: Any) -> None:  # L9
    job = make_job()
    task = Task.objects.get(job=job)
    assert (
        web.post(reverse("job-unlink", args=[job.pk]), {"item": f"tsk_{task.pk}"}, headers=PART).status_code
        == 200
    )
    assert (LinkedItem.objects.count(), Task.objects.count()) == (0, 1)
    for item in ("tsk_999", "bogus", "job_1", ""):
        assert web.post(reverse("job-unlink", args=[job.pk]), {"item": item}, headers=PART).status_code == 404


def test_in_a_custom_status_the_page_has_a_part_for_what_it_waits_for(
    web: Client, make_job: Any, owner_actor: Any
) -> None:  # S8
    job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, CustomStatus.objects.get().pk))
    shown = words(page(web, job))
    assert re.search(
        r"Needs extension waits for .*File form 4868.*Documents waits for .*Collect the papers", shown
    )
    web.post(
        reverse("job-task-new", args=[job.pk]),
        {"title": "Ask the client", "priority": "medium", "scope": "status", "key": "k"},
        headers=HTMX,
    )
    job.refresh_from_db()
    assert LinkedItem.objects.get(item=Task.objects.get(title="Ask the client").pk).visit == job.status_visit


def test_the_job_is_edited_in_its_dialog(web: Client, make_job: Any) -> None:
    job = make_job()
    sent = fields(web.get(reverse("job-edit", args=[job.pk]), headers=HTMX).content.decode())
    more = {
        "name": "New name",
        "description": "- one\n- [two](https://x.test)",
        "budget": "2.5",
        "deadline": "2031-04-15",
    }
    answer = web.post(reverse("job-edit", args=[job.pk]), {**sent, **more}, headers=HTMX)
    assert answer.status_code == 204, words(answer.content.decode())
    job.refresh_from_db()
    assert (job.name, job.budget_minutes, job.deadline) == ("New name", 150, date(2031, 4, 15))
    shown = page(web, job)
    assert '<a href="https://x.test" rel="noopener' in shown
    assert "2 h 30" in shown
    bad = web.post(reverse("job-edit", args=[job.pk]), {**sent, "name": ""}, headers=HTMX)
    assert bad.status_code == 422


def test_an_archived_job_has_a_banner_with_restore_and_no_other_controls(
    web: Client, make_job: Any, owner_actor: Any
) -> None:  # S2
    job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED))
    html = page(web, job)
    assert "Archived: off the board" in html
    assert "job-task-new" not in html
    assert reverse("job-edit", args=[job.pk]) not in html
    sent = {"jobs": job.pk, "to": "active", "at_once": "1", "key": "k"}
    assert web.post(reverse("status"), sent, headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert job.status == JobStatus.ACTIVE


@pytest.fixture
def held_up(make_job: Any, ada: Any, web: Client) -> Job:
    """A job that wanted to go on by itself and could not (A11)."""
    job = make_job()
    AccountContact.objects.filter(account=ada).update(notify=False)
    web.post(
        reverse("job-task-complete", args=[job.pk, Task.objects.get(job=job).pk]),
        {"key": "done"},
        headers=PART,
    )
    job.refresh_from_db()
    assert job.stage.name == "Documents"
    return job


def test_what_could_not_go_on_says_why_and_is_tried_again(web: Client, held_up: Job) -> None:
    assert "It could not go on to “Preparation” by itself" in words(page(web, held_up))
    answer = web.post(reverse("job-retry", args=[held_up.pk]), {"key": "r1"}, headers=PART)
    assert "still cannot go on" in answer.headers["HX-Trigger"]
    AccountContact.objects.update(notify=True)
    answer = web.post(reverse("job-retry", args=[held_up.pk]), {"key": "r2"}, headers=PART)
    held_up.refresh_from_db()
    assert (held_up.stage.name, "It went on." in answer.headers["HX-Trigger"]) == ("Preparation", True)
    assert "could not go on" not in page(web, held_up)


def test_what_was_just_done_can_be_undone_on_the_page_while_its_time_lasts(
    web: Client, make_job: Any, to: Any, owner_actor: Any
) -> None:  # M9
    job = make_job()
    move_job(owner_actor, job.pk, to("Preparation"))
    action = CommandRun.objects.latest("pk").pk
    assert reverse("undo", args=[action]) in page(web, job)
    with clock.at(clock.now() + timedelta(minutes=Firm.objects.get().undo_minutes + 1)):
        assert reverse("undo", args=[action]) not in page(web, job)
    answer = web.post(reverse("undo", args=[action]), {"job": job.pk}, headers=PART)
    assert (answer.status_code, "Documents" in answer.content.decode()) == (200, True)
    assert reverse("undo", args=[action]) not in answer.content.decode()
    again = web.post(reverse("undo", args=[action]), headers=HTMX)
    assert (again.status_code, "has been undone already" in again.content.decode()) == (409, True)
    assert web.post(reverse("undo", args=[2**70]), headers=HTMX).status_code == 404


def test_undoing_that_a_job_was_added_leaves_its_page(web: Client, make_job: Any) -> None:
    job = make_job()
    action = CommandRun.objects.latest("pk").pk
    answer = web.post(reverse("undo", args=[action]), {"job": job.pk}, headers=PART)
    assert (answer.status_code, answer.headers["HX-Redirect"], Job.objects.exists()) == (
        204,
        reverse("jobs"),
        False,
    )


def test_undo_says_what_it_could_not_take_back(web: Client, make_job: Any, to: Any, owner_actor: Any) -> None:
    job = make_job()
    move_job(owner_actor, job.pk, to("Preparation"))
    web.post(
        reverse("job-task-start", args=[job.pk, Task.objects.get(title="Prepare the return").pk]),
        headers=PART,
    )
    answer = web.post(reverse("undo", args=[CommandRun.objects.latest("pk").pk]), headers=HTMX)
    assert "has been worked on since and was kept" in answer.headers["HX-Trigger"]


def test_without_javascript_the_page_comes_back_after_each_form(web: Client, make_job: Any) -> None:
    job = make_job(stage="Foreign income")
    task = Task.objects.get(job=job)
    answer = web.post(reverse("job-task-start", args=[job.pk, task.pk]), follow=True)
    assert answer.redirect_chain == [(f"/jobs/{job.pk}/?open={task.pk}#task-{task.pk}", 302)]
    assert "Started" in answer.content.decode()


def test_what_is_closed_is_not_there(signed_in: Any, employee: Any, make_job: Any) -> None:  # X4
    job, browser = make_job(), signed_in(employee)
    task = Task.objects.get(job=job)
    before = everything()
    for name in ("job", "job-history", "job-edit", "job-task-new"):
        assert browser.get(reverse(name, args=[job.pk])).status_code == 404, name
    for name in ("job-retry", "job-unlink", "job-edit", "job-task-new"):
        assert (
            browser.post(
                reverse(name, args=[job.pk]),
                {"item": f"tsk_{task.pk}", "title": "x", "priority": "low", "name": "x"},
            ).status_code
            == 404
        ), name
    for name in ("complete", "cancel", "reopen", "start", "comment", "edit"):
        assert (
            browser.post(reverse(f"job-task-{name}", args=[job.pk, task.pk]), {"text": "x"}).status_code
            == 404
        ), name
    assert browser.get("/jobs/99999999999999999999999/").status_code == 404
    assert everything() == before
