"""What the request costs by which a client finishes the last thing that his job waits for."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import Contact
from clearstage.firm.models import Member
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.jobs.operations.templates import create_template
from clearstage.kernel.actor import Actor
from tests.fixtures import PASSWORD
from tests.portal.conftest import sign_in

A_MOVE_AND_TEN = 25 + 10

QUESTIONS = {"sections": [{"title": "Year", "questions": [{"text": "Did you move?", "type": "yes_no"}]}]}
WAITING = """
pipeline: Waiting
client_statuses:
  - {name: Waiting for you, turn: client}
  - {name: In progress, turn: firm}
stages:
  - stage: Asked
    automove: true
    on_entry: [ASKED]
  - stage: Preparation
    on_entry:
      - client_status: {show: In progress}
      - task: {title: Prepare the return, assignees: ["role:preparer"], due: 10 days}
      - tags: {add: [returning]}
      - email: {subject: "We have started, [CONTACT_FIRST_NAME]", text: "Your [JOB_NAME] is being prepared."}
      - assignees: {add: ["role:preparer"]}
  - stage: Filed
"""


@pytest.mark.parametrize(
    ("asked", "address", "answer"),
    [
        ("organizer: {template: Asked}", "organizers/org_{}/submit/", {}),
        (
            "request: {title: Number, review: false, entries: [{title: Number, kind: text}]}",
            "requests/req_{}/1/",
            {"text": "4711"},
        ),
        (
            "message: {subject: Look, text: Please., tasks: [Read it]}",
            "messages/cht_{}/tasks/1/",
            {"done": "1"},
        ),
    ],
    ids=["organizer", "request", "chat"],
)
def test_the_last_answer_moves_the_job_within_a_moves_budget_and_ten(
    make_account: Any, owner: Member, owner_actor: Actor, asked: str, address: str, answer: dict[str, str]
) -> None:  # P3
    ada = make_account("Ada Okafor", contacts=["ada@example.test"], roles={"preparer": [owner]})
    Contact.objects.update(password=make_password(PASSWORD))
    create_template(owner_actor, "organizer", "Asked", QUESTIONS)
    document, places = read_document(WAITING.replace("ASKED", "{" + asked + "}"))
    saved = save_pipeline(owner_actor, document, places)
    add_jobs(owner_actor, NewJobs([ada.pk], saved.pipeline_id))
    browser, item = sign_in(), LinkedItem.objects.get().item
    with CaptureQueriesContext(connection) as queries:
        response = browser.post(f"/portal/{address.format(item)}", answer)
    assert (response.status_code, Job.objects.get().stage.name) == (302, "Preparation")
    assert Job.objects.get().account.tags.get().name == "returning"
    assert len(queries) <= A_MOVE_AND_TEN
