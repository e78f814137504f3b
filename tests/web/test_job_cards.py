"""Changing jobs where they stand, one or many: assignees, priority, dates, what the client is told (B3, C8, M13)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import AccountAccess, AccountTag, Tag
from clearstage.jobs.models import ClientStatus, Job, JobAssignee
from clearstage.jobs.operations.editing import edit_job

from .board_forms import HTMX, everything, fields

pytestmark = pytest.mark.django_db


def form(web: Client, name: str, *jobs: Job) -> dict[str, Any]:
    answer = web.get(reverse(name), {"jobs": ",".join(str(job.pk) for job in jobs)}, headers=HTMX)
    assert answer.status_code == 200
    return {**fields(answer.content.decode()), "save": "1"}


def test_the_dates_of_a_card_are_changed_in_place(web: Client, make_job: Any) -> None:
    job = make_job()
    assert (
        web.post(reverse("dates"), {**form(web, "dates", job), "due": "2031-04-15"}, headers=HTMX).status_code
        == 204
    )
    assert Job.objects.get().due == date(2031, 4, 15)
    web.post(reverse("dates"), {**form(web, "dates", job), "due": ""}, headers=HTMX)
    assert Job.objects.get().due is None


def test_who_comes_second_is_told_who_was_quicker_and_what_he_did(
    web: Client, make_job: Any, admin_actor: Any
) -> None:  # M13
    job = make_job()
    sent = {**form(web, "dates", job), "due": "2031-04-15"}
    edit_job(admin_actor, job.pk, {"priority": "urgent"})
    before = everything()
    answer = web.post(reverse("dates"), sent, headers=HTMX)
    assert (answer.status_code, everything() == before) == (412, True)
    assert "Adam Admin: " in answer.content.decode()
    assert "urgent" in answer.content.decode().casefold()


def test_many_get_the_same_date_and_the_others_stay(web: Client, make_job: Any, owner_actor: Any) -> None:
    jobs = [make_job(), make_job()]
    edit_job(owner_actor, jobs[0].pk, {"start": date(2030, 1, 1)})
    web.post(reverse("dates"), {**form(web, "dates", *jobs), "due": "2031-04-15"}, headers=HTMX)
    assert set(Job.objects.values_list("due", flat=True)) == {date(2031, 4, 15)}
    assert Job.objects.get(pk=jobs[0].pk).start == date(2030, 1, 1)
    web.post(reverse("dates"), {**form(web, "dates", *jobs), "no_due": "1"}, headers=HTMX)
    assert set(Job.objects.values_list("due", flat=True)) == {None}


def test_priority_is_one_click_for_one_and_for_many(web: Client, make_job: Any) -> None:
    jobs = [make_job(), make_job()]
    for chosen, priority in ((jobs[:1], "high"), (jobs, "low")):
        web.post(reverse("priority"), {**form(web, "priority", *chosen), "priority": priority}, headers=HTMX)
        assert {job.priority for job in Job.objects.filter(pk__in=[job.pk for job in chosen])} == {priority}
    assert (
        web.post(
            reverse("priority"), {**form(web, "priority", *jobs), "priority": "most"}, headers=HTMX
        ).status_code
        == 422
    )


def test_assignees_of_one_are_replaced_of_many_added_and_taken_off(
    web: Client, make_job: Any, owner: Any, admin: Any
) -> None:
    jobs = [make_job(), make_job()]
    web.post(reverse("assign"), {**form(web, "assign", jobs[0]), "member": [owner.pk]}, headers=HTMX)
    web.post(
        reverse("assign"), {**form(web, "assign", *jobs), "member": [admin.pk], "how": "add"}, headers=HTMX
    )
    found = {
        job.pk: set(JobAssignee.objects.filter(job=job).values_list("member", flat=True)) for job in jobs
    }
    assert found == {jobs[0].pk: {owner.pk, admin.pk}, jobs[1].pk: {admin.pk}}
    web.post(
        reverse("assign"), {**form(web, "assign", *jobs), "member": [admin.pk], "how": "remove"}, headers=HTMX
    )
    assert list(JobAssignee.objects.values_list("job", "member")) == [(jobs[0].pk, owner.pk)]


def test_without_the_right_one_takes_work_but_gives_none(
    signed_in: Any, make_member: Any, make_job: Any, owner: Any, owner_actor: Any
) -> None:
    helper = make_member(rights=["view all accounts"])
    job, browser = make_job(), signed_in(helper)
    edit_job(owner_actor, job.pk, {}, assignees=[owner.pk])
    sent = form(browser, "assign", job)
    assert sent["member"] == [str(owner.pk)]
    assert (
        browser.post(reverse("assign"), {**sent, "member": [owner.pk, helper.pk]}, headers=HTMX).status_code
        == 204
    )
    before = everything()
    assert (
        browser.post(
            reverse("assign"), {**form(browser, "assign", job), "member": [helper.pk]}, headers=HTMX
        ).status_code
        == 403
    )
    assert everything() == before


def test_what_the_client_sees_is_hidden_shown_and_changed_on_the_card(
    web: Client, make_job: Any
) -> None:  # C8
    job, hold = make_job(), ClientStatus.objects.get(name="On hold")
    web.post(reverse("client-block"), {**form(web, "client-block", job), "shown": "0"}, headers=HTMX)
    assert not Job.objects.get().client_shown
    web.post(
        reverse("client-block"),
        {**form(web, "client-block", job), "shown": "1", "status": hold.pk},
        headers=HTMX,
    )
    row = Job.objects.get()
    assert (row.client_shown, row.client_status, row.client_description) == (True, hold, None)
    web.post(
        reverse("client-block"), {**form(web, "client-block", job), "description": "Until May."}, headers=HTMX
    )
    assert Job.objects.get().client_description == "Until May."
    web.post(
        reverse("client-block"),
        {**form(web, "client-block", job), "description": "", "job_name": "Your return"},
        headers=HTMX,
    )
    row = Job.objects.get()
    assert (row.client_description, row.client_job_name) == (None, "Your return")


def test_saving_without_a_change_overrides_nothing(web: Client, make_job: Any) -> None:  # C2
    job = make_job()
    before = everything()
    web.post(reverse("client-block"), form(web, "client-block", job), headers=HTMX)
    assert everything() == before


def test_many_are_hidden_at_once_and_keep_their_words(web: Client, make_job: Any, owner_actor: Any) -> None:
    jobs = [make_job(), make_job()]
    edit_job(owner_actor, jobs[0].pk, {}, block={"description": "Own words"})
    web.post(
        reverse("client-block"),
        {**form(web, "client-block", *jobs), "shown": "0", "status": ""},
        headers=HTMX,
    )
    assert {(job.client_shown, job.client_description) for job in Job.objects.all()} == {
        (False, "Own words"),
        (False, None),
    }


def test_of_many_those_that_cannot_be_changed_are_told(web: Client, make_job: Any) -> None:  # A12
    jobs = [make_job(), make_job()]
    web.post(reverse("status"), {"jobs": jobs[1].pk, "to": "archived", "at_once": "1"}, headers=HTMX)
    answer = web.post(reverse("priority"), {**form(web, "priority", *jobs), "priority": "high"}, headers=HTMX)
    assert "is archived; restore it before changing it" in answer.headers["HX-Trigger"]
    assert Job.objects.get(pk=jobs[0].pk).priority == "high"


def test_the_menu_of_a_card_leads_to_all_of_it(web: Client, make_job: Any) -> None:
    html = web.get(reverse("job-menu"), {"jobs": make_job().pk}, headers=HTMX).content.decode()
    assert all(
        reverse(name) in html for name in ("move", "status", "client-block", "assign", "priority", "dates")
    )


def test_tags_of_the_client_are_changed_on_the_card_and_undone(
    web: Client, make_job: Any, ada: Any, make_account: Any
) -> None:  # B3
    job, other = make_job(), make_job(make_account("Zed Other"))
    vip, new = (Tag.objects.create(name=name) for name in ("vip", "new"))
    sent = form(web, "job-tags", job)
    AccountTag.objects.create(account=ada, tag=new)
    answer = web.post(reverse("job-tags"), {**sent, "tag": [vip.pk]}, headers=HTMX)
    assert answer.status_code == 204
    assert set(ada.tags.all()) == {vip, new}, "what a colleague put on meanwhile stays"
    web.post(reverse("job-tags"), {**form(web, "job-tags", job), "tag": [vip.pk]}, headers=HTMX)
    assert set(ada.tags.all()) == {vip}
    for how, left in (("add", {vip, new}), ("remove", {vip})):
        both = {**form(web, "job-tags", job, other), "tag": [new.pk], "how": how}
        toast = web.post(reverse("job-tags"), both, headers=HTMX).headers["HX-Trigger"]
        assert set(ada.tags.all()) == left
    undo = re.search(r"/actions/\d+/undo/", toast)
    assert undo
    web.post(undo[0], headers=HTMX)
    assert new in ada.tags.all()


def test_without_the_right_tags_are_shown_and_not_changed(
    signed_in: Any, employee: Any, make_job: Any, ada: Any
) -> None:  # X1
    job = make_job()
    Tag.objects.create(name="vip")
    AccountAccess.objects.create(account=ada, member=employee)
    mia = signed_in(employee)
    html = mia.get(reverse("job-tags"), {"jobs": job.pk}, headers=HTMX).content.decode()
    assert "manage tags" in html
    assert " disabled" in html
    sent = {"jobs": job.pk, "tag": Tag.objects.get(name="vip").pk, "save": "1"}
    before = everything()
    assert mia.post(reverse("job-tags"), sent, headers=HTMX).status_code == 403
    assert everything() == before
