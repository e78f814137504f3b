"""Adding jobs: M10, M11, C7."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clearstage.engine.planner import Choices
from clearstage.events.models import Event
from clearstage.jobs.models import ClientStatus, Job, Template
from clearstage.jobs.operations.adding import NewJobs, add_jobs, preview_adding
from clearstage.kernel import clock
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def template(tax: Any) -> Template:
    body = {
        "name": "[CURRENT_YEAR] return of [ACCOUNT_NAME]",
        "priority": "high",
        "assignees": ["role:preparer"],
        "start": "2 days",
        "due": "10 days",
        "client_status": {"show": "In progress", "description": "As the template says."},
    }
    return Template.objects.create(kind="job", name="Yearly", body=body, created_at=clock.now())


def added(outcome: Any) -> Job:
    return Job.objects.get(pk=outcome.plan.going[0].id)


def test_a_new_job_enters_the_first_stage_and_its_automations_run(
    tax: Any, ada: Any, owner_actor: Any
) -> None:  # A2
    job = added(add_jobs(owner_actor, NewJobs([ada.pk], tax.pk)))
    assert (job.name, job.stage.name, job.client_status.name) == (
        "Tax return",
        "Documents",
        "Waiting for documents",
    )
    assert Task.objects.get(job=job).title == "Collect the papers of Ada Okafor"
    assert Event.objects.get(job=job.pk).kind == "job_added"


def test_typed_beats_template_beats_pipeline(
    tax: Any, ada: Any, owner_actor: Any, owner: Any, template: Any
) -> None:  # M10
    with clock.at(clock.now().replace(year=2026, month=2, day=3)):
        plain = added(add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, template="yearly")))
        typed = {"name": "Mine", "priority": "low", "due": date(2026, 4, 15)}
        mine = added(add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, template="Yearly", typed=typed)))
    assert (plain.name, plain.priority, plain.start, plain.due) == (
        "2026 return of Ada Okafor",
        "high",
        date(2026, 2, 5),
        date(2026, 2, 15),
    )
    assert list(plain.assignees.all()) == [owner]
    assert (mine.name, mine.priority, mine.due) == ("Mine", "low", date(2026, 4, 15))


@pytest.mark.parametrize(
    ("answer", "told"),
    [(None, "Waiting for documents"), (True, "Waiting for documents"), (False, "In progress")],
)
def test_the_question_whether_the_automation_applies_has_both_answers(
    tax: Any, ada: Any, owner_actor: Any, template: Any, answer: bool | None, told: str
) -> None:  # C7
    request = NewJobs([ada.pk], tax.pk, template="Yearly", apply_client_status=answer)
    assert added(add_jobs(owner_actor, request)).client_status.name == told


def test_the_persons_own_choice_wins(tax: Any, ada: Any, owner_actor: Any) -> None:  # C6
    on_hold = ClientStatus.objects.get(name="On hold")
    request = NewJobs([ada.pk], tax.pk, choices=Choices(block={"status": on_hold.pk, "shown": False}))
    job = added(add_jobs(owner_actor, request))
    assert (job.client_shown, job.client_status) == (False, on_hold)


def test_one_job_for_each_account_and_refusals_one_by_one(
    tax: Any, ada: Any, make_account: Any, owner_actor: Any
) -> None:  # A12
    alone = make_account("Alone")
    stage = tax.stages.get(name="Preparation").pk
    outcome = add_jobs(owner_actor, NewJobs([ada.pk, alone.pk, 999_999], tax.pk, stage))
    assert [job.account.facts.name for job in outcome.plan.going] == ["Ada Okafor"]
    assert [job.account.facts.name for job in outcome.plan.refused] == ["Alone"]
    assert outcome.missing == [999_999]
    assert Job.objects.count() == 1


def test_an_account_with_nobody_who_can_sign_in_may_have_jobs(
    tax: Any, make_account: Any, owner_actor: Any
) -> None:  # M11
    assert added(add_jobs(owner_actor, NewJobs([make_account("Alone").pk], tax.pk))).stage.name == "Documents"


def test_previewing_adds_nothing(tax: Any, ada: Any, owner_actor: Any) -> None:  # F1
    assert preview_adding(owner_actor, NewJobs([ada.pk], tax.pk)).plan.going
    assert not Job.objects.exists()


def test_a_template_that_is_gone_is_said(tax: Any, ada: Any, owner_actor: Any) -> None:
    with pytest.raises(Refused, match="There is no job template “Nope”"):
        add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, template="Nope"))


def test_a_template_whose_client_facing_status_is_gone_refuses(
    tax: Any, ada: Any, owner_actor: Any, template: Any
) -> None:  # A11
    template.body["client_status"] = {"show": "Gone"}
    template.save()
    outcome = add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, template="Yearly"))
    assert outcome.plan.refused
    assert not Job.objects.exists()


def test_nobody_is_no_account(tax: Any, owner_actor: Any) -> None:
    with pytest.raises(Invalid):
        add_jobs(owner_actor, NewJobs([], tax.pk))


def test_a_pipeline_that_is_not_available_does_not_exist(
    tax: Any, ada: Any, employee_actor: Any
) -> None:  # X2, X4
    tax.for_everyone = False
    tax.save()
    with pytest.raises(NotFound):
        add_jobs(employee_actor, NewJobs([ada.pk], tax.pk))


def test_jobs_that_make_jobs_end(make_pipeline: Any, ada: Any, owner_actor: Any) -> None:  # A13
    loop = """
        pipeline: Endless
        stages:
          - stage: Start
            on_entry: [{create_job: {pipeline: Endless}}]
          - stage: End
    """
    pipeline = make_pipeline(loop)
    outcome = add_jobs(owner_actor, NewJobs([ada.pk], pipeline.pk))
    assert "more than 10 levels deep" in str(outcome.plan.refused[0].problems[0])
    assert not Job.objects.exists()


def test_a_created_job_knows_what_made_it(make_pipeline: Any, tax: Any, ada: Any, owner_actor: Any) -> None:
    parent = make_pipeline(
        "pipeline: Onboarding\nstages:\n  - stage: Start\n"
        "    on_entry: [{create_job: {pipeline: Tax return}}]\n  - stage: End\n"
    )
    job = added(add_jobs(owner_actor, NewJobs([ada.pk], parent.pk)))
    made = Job.objects.get(pipeline=tax)
    assert made.made_by == job
    assert Event.objects.get(job=made.pk).cause == Event.objects.get(job=job.pk).pk
    assert Task.objects.filter(job=made).count() == 1
