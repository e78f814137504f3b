"""What clients answered decides where a job goes (A4, A5), gathered only where a condition asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from clearstage.jobs import items
from clearstage.jobs.models import Job
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.work.models import Task
from clearstage.work.operations.tasks import complete_task

pytestmark = pytest.mark.django_db

BRANCHING = """
pipeline: Branching
stages:
  - stage: Ask
    automove: true
    on_entry:
      - task: {title: Ask him}
  - stage: Abroad
    when: {answer: {question: "Income from abroad?", is: true}}
  - stage: At home
  - stage: Done
"""


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Every job's client says that he has income from abroad; which jobs were asked for is kept."""
    calls: list[list[int]] = []

    def answers(jobs: Collection[int]) -> dict[int, dict[str, Any]]:
        calls.append(sorted(jobs))
        return {job: {"income from abroad?": "Yes"} for job in jobs}

    monkeypatch.setattr(items, "_answers", [answers])
    return calls


@pytest.fixture
def branching_job(make_pipeline: Any, ada: Any, owner_actor: Any) -> Callable[[], Job]:
    def make() -> Job:
        pipeline = make_pipeline(BRANCHING)
        request = NewJobs([ada.pk], pipeline.pk, pipeline.stages.get(name="Ask").pk)
        return Job.objects.get(pk=add_jobs(owner_actor, request).plan.going[0].id)

    return make


def test_an_answer_opens_a_conditional_stage(
    branching_job: Any, owner_actor: Any, asked_for: list[list[int]]
) -> None:
    job = branching_job()
    complete_task(owner_actor, Task.objects.get(job=job).pk)
    job.refresh_from_db()
    assert job.stage.name == "Abroad"
    assert asked_for[-1] == [job.pk]


def test_without_the_answer_the_stage_is_skipped(
    branching_job: Any, owner_actor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "_answers", [])
    job = branching_job()
    complete_task(owner_actor, Task.objects.get(job=job).pk)
    job.refresh_from_db()
    assert job.stage.name == "At home"


def test_pipelines_whose_conditions_ask_for_no_answer_do_not_pay_for_it(
    make_job: Any, owner_actor: Any, asked_for: list[list[int]]
) -> None:
    complete_task(owner_actor, Task.objects.get(job=make_job()).pk)
    assert asked_for == []
