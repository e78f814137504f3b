"""A small tax pipeline, made the way firms make theirs: from a document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.planner import Choices, Move
from clearstage.firm.models import Member
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Job, Pipeline
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.pipelines import Saved, save_pipeline
from clearstage.kernel.actor import Actor

MakePipeline = Callable[[str], Pipeline]
MakeJob = Callable[..., Job]
Save = Callable[..., Saved]

SMALL = """
pipeline: Small
stages:
  - stage: Open
    on_entry:
      - task: {title: Do it, due: 5 days}
      - task: {title: Check it}
  - stage: Review
  - stage: Closed
"""

TAX = """
pipeline: Tax return
options: {pass_through: false}
client_statuses:
  - {name: Waiting for documents, turn: client, description: Please send your papers.}
  - {name: In progress, turn: firm, description: We are preparing your return.}
  - {name: On hold, turn: nobody, description: We have asked for more time.}
  - {name: Finished, turn: nobody, description: All done.}
stages:
  - stage: Documents
    automove: true
    on_entry:
      - client_status: {show: Waiting for documents}
      - task: {title: "Collect the papers of [ACCOUNT_NAME]", assignees: ["role:preparer"], due: 5 days}
  - stage: Foreign income
    when: {tags: {all: [foreign]}}
    automove: true
    on_entry:
      - task: {title: Collect foreign statements}
  - stage: Preparation
    automove: true
    on_entry:
      - client_status: {show: In progress, description: Our team is at work.}
      - task: {title: Prepare the return, assignees: ["role:preparer"], due: 10 days}
      - tags: {add: [returning]}
      - email: {subject: "We have started, [CONTACT_FIRST_NAME]", text: "Your [JOB_NAME] is being prepared."}
      - assignees: {add: ["role:preparer"]}
  - stage: Finished
    on_entry:
      - client_status: {show: Finished}
statuses:
  - status: Needs extension
    restore_client_status: true
    on_entry:
      - client_status: {show: On hold}
      - task: {title: File form 4868}
"""


@pytest.fixture
def make_pipeline(firm: Any, owner_actor: Actor) -> MakePipeline:
    def make(text: str = TAX) -> Pipeline:
        document, places = read_document(text)
        return Pipeline.objects.get(pk=save_pipeline(owner_actor, document, places).pipeline_id)

    return make


@pytest.fixture
def tax(make_pipeline: MakePipeline) -> Pipeline:
    return make_pipeline(TAX)


@pytest.fixture
def ada(make_account: Any, owner: Member) -> Account:
    account: Account = make_account(
        "Ada Okafor",
        contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}],
        roles={"preparer": [owner]},
    )
    return account


@pytest.fixture
def make_job(tax: Pipeline, ada: Account, owner_actor: Actor) -> MakeJob:
    """A job of the tax pipeline, in its first stage unless another is named."""

    def make(account: Account | None = None, stage: str = "Documents", **typed: Any) -> Job:
        request = NewJobs([(account or ada).pk], tax.pk, tax.stages.get(name=stage).pk, typed=typed)
        return Job.objects.get(pk=add_jobs(owner_actor, request).plan.going[0].id)

    return make


@pytest.fixture
def to(tax: Pipeline) -> Callable[..., Move]:
    """`to("Preparation", "email-4")`: a move there, with automations unticked."""

    def move(stage: str, *skip: str, block: dict[str, Any] | None = None, **more: Any) -> Move:
        return Move(tax.pk, tax.stages.get(name=stage).pk, Choices(frozenset(skip), block), **more)

    return move


@pytest.fixture
def save(firm: Any, owner_actor: Any) -> Save:
    def save_text(text: str, actor: Any = None, **more: Any) -> Saved:
        return save_pipeline(actor or owner_actor, *read_document(text), **more)

    return save_text
