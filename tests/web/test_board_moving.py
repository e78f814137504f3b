"""Moving and giving a status from pages: the plan is shown, what is confirmed is what was shown, and only once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import AccountContact, AccountTag
from clearstage.jobs.models import ClientStatus, CommandRun, Job, LinkedItem, Pipeline
from clearstage.jobs.operations.moving import move_job
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task

from .board_forms import HTMX, PART, everything, fields, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(web: Client, tax: Pipeline) -> Any:
    """`plan(jobs, stage)`: the dialog, as text."""

    def show(*jobs: Job, stage: str = "Preparation") -> str:
        ask = {"jobs": ",".join(str(job.pk) for job in jobs), "stage": tax.stages.get(name=stage).pk}
        answer = web.get(reverse("move"), ask, headers=HTMX)
        assert answer.status_code == 200
        return answer.content.decode()

    return show


def test_the_dialog_is_the_plan_and_looking_does_nothing(
    plan: Any, make_job: Any, owner: Any
) -> None:  # M2, C6
    job = make_job()
    before = everything()
    shown = words(plan(job))
    assert "Move 1 job to “Preparation”" in shown
    assert "Still open in Documents Collect the papers of Ada Okafor" in shown
    assert f"Creates the task “Prepare the return” for {owner.name}, due in 10 days" in shown
    assert "E-mails “We have started, Ada” to Ada Okafor" in shown
    assert "Tax return In progress Our team is at work." in shown
    assert "Now: Waiting for documents" in shown
    assert f"Then it waits for Prepare the return ({owner.name})" in shown
    assert everything() == before


def test_what_is_confirmed_is_done_and_told_with_undo(web: Client, plan: Any, make_job: Any) -> None:
    job = make_job()
    answer = web.post(reverse("move"), fields(plan(job)), headers=HTMX)
    assert answer.status_code == 204
    job.refresh_from_db()
    assert job.stage.name == "Preparation"
    action = CommandRun.objects.latest("pk").pk
    assert '"jobs-changed"' in answer.headers["HX-Trigger"]
    assert "Moved to Preparation \\u00b7 5 things done" in answer.headers["HX-Trigger"]
    assert f"/actions/{action}/undo/" in answer.headers["HX-Trigger"]
    undone = web.post(reverse("undo", args=[action]), headers=HTMX)
    assert (undone.status_code, "Undone." in undone.headers["HX-Trigger"]) == (204, True)
    job.refresh_from_db()
    assert (
        job.stage.name,
        Task.objects.filter(job=job).count(),
        Delivery.objects.filter(state="held").count(),
    ) == ("Documents", 1, 0)


def test_the_same_form_sent_twice_moves_once(web: Client, plan: Any, make_job: Any) -> None:  # M12
    sent = fields(plan(make_job()))
    first = web.post(reverse("move"), sent, headers=HTMX)
    done = everything()
    second = web.post(reverse("move"), sent, headers=HTMX)
    assert everything() == done
    assert first.headers["HX-Trigger"] == second.headers["HX-Trigger"]


def test_unticking_plans_anew_and_what_is_unticked_does_not_run(
    web: Client, plan: Any, make_job: Any
) -> None:
    job = make_job()
    sent = fields(plan(job))
    sent["run"] = [key for key in sent["run"] if not key.startswith(("email", "tags"))]
    sent["show"] = ["1"]
    again = web.post(reverse("move"), sent, headers=PART).content.decode()
    assert again.lstrip().startswith('<div class="plan"')
    assert 'id="plan-submit"' in again
    assert "new" not in re.findall(r'plan-mark">(\w+)', again)
    confirmed = {**sent, **fields(again)}
    del confirmed["show"]
    assert web.post(reverse("move"), confirmed, headers=HTMX).status_code == 204
    assert not Delivery.objects.exists()
    assert not AccountTag.objects.exists()
    assert Task.objects.filter(job=job, title="Prepare the return").exists()


def test_unticking_without_looking_again_is_no_confirmation(web: Client, plan: Any, make_job: Any) -> None:
    job = make_job()
    sent = fields(plan(job))
    sent["run"] = []
    before = everything()
    assert web.post(reverse("move"), sent, headers=HTMX).status_code == 409
    assert everything() == before


def test_the_client_can_be_told_something_else(web: Client, plan: Any, make_job: Any) -> None:  # C6
    job, hold = make_job(), ClientStatus.objects.get(name="On hold")
    sent = {**fields(plan(job)), "client": [str(hold.pk)], "show": ["1"]}
    again = web.post(reverse("move"), sent, headers=PART).content.decode()
    assert "We have asked for more time." in again
    sent = {**sent, **fields(again), "description": ["We wait\r\nfor May."]}
    again = web.post(reverse("move"), sent, headers=PART).content.decode()
    confirmed = {**sent, **fields(again)}
    del confirmed["show"]
    assert web.post(reverse("move"), confirmed, headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert (job.client_status, job.client_description, job.client_shown) == (hold, "We wait\nfor May.", True)


def test_untouched_words_follow_the_list(web: Client, plan: Any, make_job: Any) -> None:  # C2
    job = make_job()
    assert web.post(reverse("move"), fields(plan(job, stage="Finished")), headers=HTMX).status_code == 204
    job.refresh_from_db()
    assert job.client_description is None


def test_the_client_can_be_told_nothing(web: Client, plan: Any, make_job: Any) -> None:
    job = make_job()
    sent = {**fields(plan(job)), "client": ["hide"], "show": ["1"]}
    again = web.post(reverse("move"), sent, headers=PART).content.decode()
    assert "hidden from the client" in again
    confirmed = {**sent, **fields(again)}
    del confirmed["show"]
    web.post(reverse("move"), confirmed, headers=HTMX)
    job.refresh_from_db()
    assert not job.client_shown


def test_what_is_still_open_can_be_finished_or_unlinked(web: Client, plan: Any, make_job: Any) -> None:  # M3
    for choice, state, linked in (("finish", "completed", True), ("unlink", "open", False)):
        job = make_job()
        link = LinkedItem.objects.get(job=job)
        sent = {**fields(plan(job)), f"item-{link.pk}": [choice], "show": ["1"]}
        confirmed = {**sent, **fields(web.post(reverse("move"), sent, headers=PART).content.decode())}
        del confirmed["show"]
        assert web.post(reverse("move"), confirmed, headers=HTMX).status_code == 204
        assert Task.objects.get(pk=link.item).state == state
        assert LinkedItem.objects.filter(pk=link.pk).exists() == linked


def test_a_plan_that_changed_meanwhile_is_shown_with_what_is_different(
    web: Client, plan: Any, make_job: Any, owner: Any
) -> None:  # M4
    job = make_job()
    sent = fields(plan(job))
    owner.name = "Olivia Renamed"
    owner.save()
    AccountContact.objects.update(notify=True)
    AccountContact.objects.filter(account=job.account).delete()
    before = everything()
    answer = web.post(reverse("move"), sent, headers=HTMX)
    assert (answer.status_code, everything() == before) == (409, True)
    shown = answer.content.decode()
    assert "Something changed since this was shown" in shown
    assert "E-mails “We have started, Ada” to Ada Okafor" in re.search(r"<s>(E-mails.*?)</s>", shown)[1]
    assert "has no contact who may be notified by e-mail" in shown


def test_a_new_line_of_a_changed_plan_is_marked(web: Client, plan: Any, make_job: Any) -> None:
    job = make_job()
    sent = fields(plan(job))
    AccountContact.objects.filter(account=job.account).update(notify=False)
    AccountContact.objects.create(
        account=job.account,
        contact=AccountContact.objects.get().contact.__class__.objects.create(
            name="Bo", email="bo@client.test", created_at=job.created_at
        ),
    )
    shown = web.post(reverse("move"), sent, headers=HTMX).content.decode()
    marked = re.search(r'<li class="plan-line is-new">(.*?)</li>', shown, re.DOTALL)
    assert "to Bo" in words(marked[1])


def test_a_move_that_cannot_be_done_says_why_and_offers_no_button(
    plan: Any, make_job: Any, ada: Any
) -> None:  # A11
    job = make_job()
    AccountContact.objects.filter(account=ada).update(notify=False)
    shown = plan(job)
    assert "Ada Okafor has no contact who may be notified by e-mail" in shown
    assert re.search(r'id="plan-submit"[^>]* disabled', shown)


def test_a_drag_moves_at_once_where_nothing_else_happens(
    web: Client, make_pipeline: Any, make_account: Any, owner_actor: Any
) -> None:
    hides = "on_entry: [{client_status: {hide: true}}]"
    quiet = make_pipeline(f"pipeline: Quiet\nstages: [{{stage: A}}, {{stage: B, {hides}}}, {{stage: C}}]\n")
    stages = {stage.name: stage.pk for stage in quiet.stages.all()}
    web.post(
        reverse("new-job"), added(web, {"account": make_account().pk, "pipeline": quiet.pk}), headers=HTMX
    )
    job = Job.objects.get(pipeline=quiet)
    answer = web.post(
        reverse("move"), {"jobs": job.pk, "stage": stages["C"], "at_once": "1", "key": "k1"}, headers=HTMX
    )
    job.refresh_from_db()
    assert (answer.status_code, job.stage.name) == (204, "C")
    answer = web.post(
        reverse("move"), {"jobs": job.pk, "stage": stages["B"], "at_once": "1", "key": "k2"}, headers=HTMX
    )
    job.refresh_from_db()
    assert (answer.status_code, job.stage.name) == (200, "C")
    assert "Hides the job from the client" in answer.content.decode()


def added(web: Client, ask: dict[str, Any]) -> dict[str, Any]:
    return {
        **ask,
        **fields(web.post(reverse("new-job"), {**ask, "show": "1"}, headers=HTMX).content.decode()),
    }


def test_many_are_planned_together_and_each_goes_only_as_shown(
    web: Client, plan: Any, make_job: Any, make_account: Any, to: Any, owner_actor: Any
) -> None:  # M5, A12
    one, two, gone = make_job(), make_job(), make_job()
    mute = make_job(make_account("Nobody to write to"))
    shown = plan(one, two, gone, mute)
    text = words(shown)
    assert "Move 4 jobs to “Preparation”" in text
    assert "3× Create task for example" in text or "3× Creates the task “Prepare the return”" in text
    assert "3 messages to 1 client" in text
    assert "One job cannot go and stays where it is Nobody to write to · Tax return" in text
    assert "4 items are still open where these jobs are" in text
    move_job(owner_actor, gone.pk, to("Finished"))
    answer = web.post(reverse("move"), fields(shown), headers=HTMX)
    assert answer.status_code == 409
    places = dict(Job.objects.values_list("pk", "stage__name"))
    assert places == {one.pk: "Preparation", two.pk: "Preparation", gone.pk: "Finished", mute.pk: "Documents"}
    again = words(answer.content.decode())
    assert "Move 1 job to “Preparation”" in again
    assert "2 jobs moved to Preparation" in again


def test_one_answer_for_all_open_items_of_many(web: Client, plan: Any, make_job: Any) -> None:  # M5
    jobs = [make_job(), make_job()]
    sent = {**fields(plan(*jobs)), "items": ["finish"], "show": ["1"]}
    confirmed = {**sent, **fields(web.post(reverse("move"), sent, headers=PART).content.decode())}
    del confirmed["show"]
    assert web.post(reverse("move"), confirmed, headers=HTMX).status_code == 204
    assert set(Task.objects.filter(title__startswith="Collect").values_list("state", flat=True)) == {
        "completed"
    }


def test_jobs_of_different_pipelines_have_no_stage_in_common(
    web: Client, make_job: Any, make_pipeline: Any, make_account: Any
) -> None:  # M5
    other = make_pipeline("pipeline: Other\nstages:\n  - stage: Only\n")
    web.post(
        reverse("new-job"), added(web, {"account": make_account("Bo").pk, "pipeline": other.pk}), headers=HTMX
    )
    jobs = ",".join(str(pk) for pk in [make_job().pk, Job.objects.get(pipeline=other).pk])
    shown = web.get(reverse("move"), {"jobs": jobs}, headers=HTMX).content.decode()
    assert "These jobs are in different pipelines" in shown
    assert 'name="stage"' not in shown
    assert (
        "Only"
        in web.get(reverse("move"), {"jobs": jobs, "pipeline": other.pk}, headers=HTMX).content.decode()
    )


def test_without_javascript_the_same_addresses_are_pages(
    web: Client, plan: Any, make_job: Any, tax: Pipeline
) -> None:
    job, back = make_job(), reverse("board", args=[tax.pk])
    page = web.get(
        reverse("move"),
        {"jobs": job.pk, "stage": tax.stages.get(name="Preparation").pk},
        headers={"Referer": f"http://testserver{back}"},
    )
    assert "<html" in page.content.decode()
    sent = fields(page.content.decode())
    assert sent["back"] == [back]
    answer = web.post(reverse("move"), sent, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "Moved to Preparation · 5 things done" in answer.content.decode()
    job.refresh_from_db()
    assert job.stage.name == "Preparation"


@pytest.mark.parametrize(
    "ask",
    [
        {},
        {"jobs": "x"},
        {"jobs": "999", "stage": "1"},
        {"jobs": "999"},
        {"jobs": "1", "stage": "99"},
        {"jobs": str(2**70)},
    ],
)
def test_nonsense_is_refused_quietly(web: Client, tax: Pipeline, ask: dict[str, str]) -> None:
    for name in ("move", "status", "assign", "priority", "dates", "client-block", "job-menu", "status-new"):
        for answer in (
            web.get(reverse(name), ask),
            web.post(reverse(name), {**ask, "at_once": "1", "to": "completed"}),
        ):
            assert answer.status_code in (404, 409), name


def test_a_closed_job_is_not_there(signed_in: Any, employee: Any, make_job: Any, tax: Pipeline) -> None:  # X4
    job, browser = make_job(), signed_in(employee)
    stage = tax.stages.get(name="Preparation").pk
    before = everything()
    for name in ("move", "status", "assign", "priority", "dates", "client-block", "job-menu", "status-new"):
        ask = {
            "jobs": job.pk,
            "stage": stage,
            "to": "completed",
            "save": "1",
            "priority": "high",
            "at_once": "1",
            "name": "X",
        }
        for answer in (browser.get(reverse(name), ask), browser.post(reverse(name), ask)):
            assert answer.status_code in (403, 404), name
    assert everything() == before
