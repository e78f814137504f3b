"""F3: the history tells in words what happened, and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import clearstage
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.events.record import in_words, known_kinds
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_job, set_job_status
from clearstage.jobs.operations.undo import undo
from clearstage.work.models import Task
from clearstage.work.operations.tasks import complete_task

SOURCE = "".join(file.read_text() for file in Path(clearstage.__file__).parent.rglob("*.py"))
WRITTEN = set(re.findall(r'[Hh]appening\(\s*(?:kind=)?"([a-z_]+)"', SOURCE))
KINDS = sorted(WRITTEN | {"job_added", "job_moved", "job_status_changed", "task_completed", "task_cancelled"})


def history(job):
    return [
        str(in_words(event.kind, event.data)) for event in Event.objects.filter(job=job.pk).order_by("pk")
    ]


def test_a_move_tells_where_from_and_where_to(owner_actor, make_job, to):
    job = make_job()
    move_job(owner_actor, job.pk, to("Preparation"))
    assert history(job) == [
        "Added to “Documents” of “Tax return”",
        "Moved from “Documents” to “Preparation”",
    ]


def test_a_move_that_followed_by_itself_tells_why(owner_actor, make_job):
    job = make_job()
    complete_task(owner_actor, Task.objects.get().pk)
    assert history(job)[1:] == [
        "Completed the task “Collect the papers of Ada Okafor”",
        "Moved by itself to “Preparation”: everything that “Documents” waited for is done",
    ]


def test_what_cannot_follow_by_itself_tells_why_not(owner_actor, make_job, ada):
    job = make_job()
    ada.contact_links.all().delete()
    complete_task(owner_actor, Task.objects.get().pk)
    assert history(job)[-1] == (
        "Could not go on to “Preparation”: Ada Okafor has no contact who may be notified by e-mail"
    )


def test_statuses_are_told_with_what_brought_the_job_back(owner_actor, make_job, tax):
    job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, tax.statuses.get().pk))
    complete_task(owner_actor, Task.objects.get(title="File form 4868").pk)
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.COMPLETED))
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED))
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ACTIVE))
    assert history(job)[1:] == [
        "Given the status “Needs extension”",
        "Completed the task “File form 4868”",
        "Active again by itself: everything that “Needs extension” waited for is done",
        "Completed",
        "Archived",
        "Restored from the archive to “Documents”",
    ]


def test_an_edit_tells_old_and_new(owner_actor, owner, make_job):
    job = make_job()
    changes = {"name": "Return 2026", "priority": "high", "description": "Line\nby line"}
    edit_job(owner_actor, job.pk, changes, assignees=[owner.pk], block={"shown": False, "job_name": "Taxes"})
    assert history(job)[-1] == (
        "Changed name: “Tax return” → “Return 2026”, description (rewritten), priority: “medium” → “high”, "
        "assignees: “Olga Owner”, hidden from the client, job name for the client: “Taxes”"
    )


def test_undo_is_told(owner_actor, make_job, to):
    job = make_job()
    undo(owner_actor, move_job(owner_actor, job.pk, to("Preparation")).action)
    assert history(job)[-1] == "Took back the move"


def test_words_with_braces_are_only_words(owner_actor, make_job):
    job = make_job()
    edit_job(owner_actor, job.pk, {"name": "{0} {name} [TODAY]"})
    assert history(job)[-1] == "Changed name: “Tax return” → “{0} {name} [TODAY]”"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_its_sentence(kind):
    assert kind in known_kinds()
