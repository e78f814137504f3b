"""Custom statuses from the card (S5, S6, S12): given with their plan, made with their automations, on the board."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.engine.facts import JobStatus
from clearstage.jobs.models import CustomStatus, Pipeline

from .board_forms import HTMX, fields

pytestmark = pytest.mark.django_db


def test_a_status_with_automations_shows_its_plan(web: Client, make_job: Any) -> None:  # S6
    job, status = make_job(), CustomStatus.objects.get()
    answer = web.post(reverse("status"), {"jobs": job.pk, "to": status.pk, "at_once": "1"}, headers=HTMX)
    assert "Creates the task “File form 4868”" in answer.content.decode()
    assert web.post(reverse("status"), fields(answer.content.decode()), headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert (job.custom_status, job.stage.name) == (status, "Documents")


def test_completing_and_archiving_happen_at_once_with_undo(web: Client, make_job: Any) -> None:  # S3
    job = make_job()
    for to, status in (
        ("completed", JobStatus.COMPLETED),
        ("archived", JobStatus.ARCHIVED),
        ("active", JobStatus.ACTIVE),
    ):
        answer = web.post(reverse("status"), {"jobs": job.pk, "to": to, "at_once": "1"}, headers=HTMX)
        job.refresh_from_db()
        assert (answer.status_code, job.status) == (204, status)
        assert "/undo/" in answer.headers["HX-Trigger"]


def test_returning_to_active_that_tells_the_client_something_is_shown_first(
    web: Client, make_job: Any
) -> None:  # S15
    job = make_job()
    answer = web.post(
        reverse("status"), {"jobs": job.pk, "to": CustomStatus.objects.get().pk, "at_once": "1"}, headers=HTMX
    )
    web.post(reverse("status"), fields(answer.content.decode()), headers=HTMX)
    answer = web.post(reverse("status"), {"jobs": job.pk, "to": "active", "at_once": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Waiting for documents" in answer.content.decode()


NEW = {
    "name": "Waiting for the broker",
    "color": "purple",
    "restore": "1",
    "automation": "1:task",
    "a1-title": "Call the broker",
}


def test_a_new_status_is_made_and_given_without_leaving_the_board(
    web: Client, make_job: Any, tax: Pipeline
) -> None:  # S5
    job = make_job()
    form = web.get(reverse("status-new"), {"jobs": job.pk}, headers=HTMX).content.decode()
    assert "New status in Tax return" in form
    more = web.post(
        reverse("status-new"), {"jobs": job.pk, "add": "1", "more": "task", "name": NEW["name"]}, headers=HTMX
    ).content.decode()
    assert 'name="automation" value="1:task"' in more
    sent = {**NEW, "jobs": str(job.pk), "save": "1", "key": fields(form)["key"][0]}
    answer = web.post(reverse("status-new"), sent, headers=HTMX)
    made = CustomStatus.objects.get(name="Waiting for the broker")
    assert (made.color, made.restore_client_status, made.pipeline) == ("purple", True, tax)
    assert "Creates the task “Call the broker”" in answer.content.decode()
    again = web.post(reverse("status-new"), sent, headers=HTMX)
    assert (again.status_code, CustomStatus.objects.filter(name=made.name).count()) == (200, 1)
    assert web.post(reverse("status"), fields(answer.content.decode()), headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert job.custom_status == made


def test_a_status_without_automations_is_given_at_once(web: Client, make_job: Any) -> None:
    job = make_job()
    sent = {"name": "Parked", "color": "gray", "jobs": job.pk, "save": "1", "key": "k"}
    assert web.post(reverse("status-new"), sent, headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert job.custom_status.name == "Parked"


def test_mistakes_in_a_new_status_stand_beside_what_they_are_about(web: Client, make_job: Any) -> None:
    sent = {**NEW, "a1-title": "", "jobs": make_job().pk, "save": "1"}
    answer = web.post(reverse("status-new"), sent, headers=HTMX)
    assert (answer.status_code, CustomStatus.objects.count()) == (422, 1)
    assert "field-error" in answer.content.decode()
    taken = web.post(
        reverse("status-new"),
        {**NEW, "name": "Needs extension", "jobs": make_job().pk, "save": "1"},
        headers=HTMX,
    )
    assert (taken.status_code, CustomStatus.objects.count()) == (422, 1)


def test_making_a_status_takes_the_right_to_manage_pipelines(
    signed_in: Any, make_member: Any, make_job: Any
) -> None:
    helper = make_member(rights=["view all accounts"])
    job, browser = make_job(), signed_in(helper)
    assert "New status" not in browser.get(reverse("status"), {"jobs": job.pk}, headers=HTMX).content.decode()
    assert (
        browser.post(reverse("status-new"), {**NEW, "jobs": job.pk, "save": "1"}, headers=HTMX).status_code
        == 403
    )
    assert CustomStatus.objects.count() == 1
