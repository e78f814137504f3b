"""The firm that is measured: accounts with a contact and a preparer each, a pipeline with five automations a move."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from clearstage.clients.operations.accounts import AccountInput, create_account
from clearstage.firm.models import Member
from clearstage.firm.operations.setup import create_firm
from clearstage.firm.queries import actor_for
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Pipeline
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.kernel.actor import Actor

BOARDS = (200, 2000, 20000)
ROUNDS = 7
DOCUMENT = """
pipeline: {name}
card_fields: [client_status, assignees, priority, due, tags]
client_statuses:
  - {{name: Waiting for documents, turn: client, description: Please send your papers.}}
  - {{name: In progress, turn: firm, description: We are preparing your return.}}
stages:
  - stage: Documents
    on_entry:
      - client_status: {{show: Waiting for documents}}
  - stage: Preparation
    automove: true
    on_entry:
      - client_status: {{show: In progress}}
      - task: {{title: "Prepare the return of [ACCOUNT_NAME]", assignees: ["role:preparer"], due: 10 days}}
      - tags: {{add: [returning]}}
      - email: {{subject: "We have started, [CONTACT_FIRST_NAME]", text: "Your [JOB_NAME] is being prepared."}}
      - assignees: {{add: ["role:preparer"]}}
  - stage: Review
  - stage: Client review
  - stage: Filing
  - stage: Finished
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is measured on: `rounds` holds fresh jobs for each bulk move, `boards` a pipeline by its number of jobs."""

    actor: Actor
    pipeline: Pipeline
    rounds: list[list[int]]
    singles: list[int]
    boards: dict[int, Pipeline]
    accounts: list[int]


def build(jobs: int) -> Scene:
    create_firm("Bench & Partners", "owner@example.test", "Olivia Owner", secrets.token_urlsafe(16), "UTC")
    actor = actor_for(Member.objects.get())
    accounts = [_account(actor, number) for number in range(jobs)]
    pipeline = _pipeline(actor, "Tax return")
    rounds = [_jobs(actor, pipeline, accounts) for _ in range(ROUNDS)]
    singles = _jobs(actor, pipeline, accounts[:100])
    singles += _jobs(actor, pipeline, accounts[:100])
    boards = {}
    for count in BOARDS:
        boards[count] = _pipeline(actor, f"Board of {count}")
        _fill(actor, boards[count], accounts, count)
    return Scene(actor, pipeline, rounds, singles, boards, accounts)


def _account(actor: Actor, number: int) -> int:
    contact = {
        "name": f"Contact {number}",
        "email": f"contact{number}@example.test",
        "login": True,
        "notify": True,
    }
    roles = {"preparer": ["owner@example.test"]}
    return create_account(actor, AccountInput(name=f"Client {number:05}", contacts=[contact], roles=roles)).pk


def _pipeline(actor: Actor, name: str) -> Pipeline:
    document, places = read_document(DOCUMENT.format(name=name))
    save_pipeline(actor, document, places)
    return Pipeline.objects.get(name=name)


def _jobs(actor: Actor, pipeline: Pipeline, accounts: list[int], stage: int | None = None) -> list[int]:
    return [job.id for job in add_jobs(actor, NewJobs(accounts, pipeline.pk, stage)).plan.going]


def _fill(actor: Actor, pipeline: Pipeline, accounts: list[int], count: int) -> None:
    """Spread `count` jobs evenly over the stages."""
    stages = list(pipeline.stages.values_list("pk", flat=True))
    for position, stage in enumerate(stages):
        wanted = count // len(stages) + (position < count % len(stages))
        while wanted:
            batch = accounts[: min(wanted, len(accounts))]
            _jobs(actor, pipeline, batch, stage)
            wanted -= len(batch)
