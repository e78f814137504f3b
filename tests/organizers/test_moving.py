"""A move that submits a questionnaire for the client: planned with what the answers bring along (M3, L6)."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.clients.queries import tag_named
from clearstage.engine.planner import Move
from clearstage.jobs.models import LinkedItem, Pipeline
from clearstage.jobs.operations.command import Expected, preview
from clearstage.jobs.operations.moving import move_job, move_jobs
from clearstage.jobs.present import plan_document, words
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import PlanChanged, Refused
from clearstage.organizers.models import Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.work.models import Task

from .conftest import COMPLETE, job_of, stage_of

pytestmark = pytest.mark.django_db

RETURNS = """
pipeline: Returns
stages:
  - stage: Documents
    on_entry:
      - organizer: {template: "1040"}
  - stage: Sorting
    automove: true
    on_entry:
      - task: {title: Ask the bank abroad}
        when: {tags: {all: [foreign]}}
      - task: {title: Note the new address}
        when: {answer: {question: moved, is: true}}
      - tags: {add: [sorted]}
  - stage: Preparation
"""
GOES_ON = """
pipeline: Returns
options: {pass_through: true}
stages:
  - stage: Documents
    on_entry:
      - organizer: {template: "1040"}
  - {stage: Sorting, automove: true}
  - {stage: Abroad, when: {tags: {all: [foreign]}}}
  - stage: Preparation
"""
ABROAD = {**COMPLETE, "income_from_abroad": True}


@pytest.fixture
def returns(template: Any, make_pipeline: Any) -> Pipeline:
    pipeline: Pipeline = make_pipeline(RETURNS)
    return pipeline


def into(organizer: Organizer, stage: str) -> Move:
    job = job_of(organizer)
    link = LinkedItem.objects.get(job=job, kind="organizer")
    target = job.pipeline.stages.get(name=stage)
    return Move(job.pipeline_id, target.pk, unfinished={link.pk: "finish"})


def tasks() -> list[str]:
    return sorted(Task.objects.values_list("title", flat=True))


def test_conditions_of_the_new_stage_are_judged_with_the_tags_it_brings(
    sent: Any, client: Actor, owner_actor: Actor, ada: Account
) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, ABROAD)
    move = into(organizer, "Sorting")
    outcome = preview(owner_actor, [job_of(organizer).pk], move)
    document = plan_document(outcome)["jobs"][0]
    assert document["finishes"] == [
        f"Submits “{organizer.title}” for the client, which changes the account's tags: adds foreign"
    ]
    assert document["waits_for"] == ["Ask the bank abroad"]
    move_job(owner_actor, job_of(organizer).pk, move, Expected(digest=outcome.plan.digest))
    assert tasks() == ["Ask the bank abroad"]
    assert set(ada.tags.values_list("name", flat=True)) == {"foreign", "sorted"}


def test_conditions_are_judged_with_its_answers(sent: Any, client: Actor, owner_actor: Actor) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {**COMPLETE, "moved": True, "when_did_you_move": "2025-05-01"})
    move_job(owner_actor, job_of(organizer).pk, into(organizer, "Sorting"))
    assert tasks() == ["Note the new address"]


def test_tags_it_takes_off_are_off(sent: Any, client: Actor, owner_actor: Actor, ada: Account) -> None:
    organizer = sent()
    ada.tags.add(tag_named("foreign"))
    save_answers(client, organizer.pk, {**COMPLETE, "income_from_abroad": False})
    outcome = preview(owner_actor, [job_of(organizer).pk], into(organizer, "Sorting"))
    assert "takes off foreign" in str([words(each) for each in outcome.plan.jobs[0].brought])
    move_job(owner_actor, job_of(organizer).pk, into(organizer, "Sorting"))
    assert tasks() == []


def test_what_goes_on_by_itself_is_judged_with_them(
    make_pipeline: Any, sent: Any, client: Actor, owner_actor: Actor
) -> None:  # L4, A5
    make_pipeline(GOES_ON)
    organizer = sent()
    save_answers(client, organizer.pk, ABROAD)
    outcome = preview(owner_actor, [job_of(organizer).pk], into(organizer, "Sorting"))
    assert outcome.plan.jobs[0].stage.name == "Abroad"
    move_job(owner_actor, job_of(organizer).pk, into(organizer, "Sorting"))
    assert stage_of(organizer) == "Abroad"


def test_an_answer_given_meanwhile_makes_it_another_plan(
    sent: Any, client: Actor, owner_actor: Actor
) -> None:  # M4
    organizer = sent()
    save_answers(client, organizer.pk, COMPLETE)
    job, move = job_of(organizer), into(organizer, "Preparation")
    shown = preview(owner_actor, [job.pk], move).plan.digest
    save_answers(client, organizer.pk, {"income_from_abroad": True})
    with pytest.raises(PlanChanged):
        move_job(owner_actor, job.pk, move, Expected(digest=shown))


def test_what_is_missing_refuses_one_job_and_is_seen_before(
    sent: Any, client: Actor, owner_actor: Actor, make_account: Any
) -> None:  # A12, F1
    whole, gaps = sent(), sent(make_account("Brightside LLC", contacts=["b@client.test"]))
    save_answers(client, whole.pk, COMPLETE)
    move = into(whole, "Preparation")
    move = Move(
        move.pipeline, move.stage, unfinished={**move.unfinished, **into(gaps, "Preparation").unfinished}
    )
    jobs = [job_of(whole).pk, job_of(gaps).pk]
    [refused] = plan_document(preview(owner_actor, jobs, move))["refused"]
    assert refused["reasons"][0] == f"“What is your job?” of “{gaps.title}” needs an answer."
    assert len(move_jobs(owner_actor, jobs, move).plan.going) == 1
    assert (stage_of(whole), stage_of(gaps)) == ("Preparation", "Documents")
    with pytest.raises(Refused, match="needs an answer"):
        move_job(owner_actor, jobs[1], into(gaps, "Preparation"))
