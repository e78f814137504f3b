"""A questionnaire that a tax pipeline sends, with answers that decide where the job goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clearstage.clients.models import Account, Contact
from clearstage.clients.queries import contact_actor
from clearstage.jobs.models import Job, LinkedItem, Template
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.templates import create_template
from clearstage.kernel.actor import Actor
from clearstage.organizers.models import Organizer
from tests.jobs.conftest import ada, make_pipeline, save

__all__ = ["ada", "make_pipeline", "save"]

BODY: dict[str, Any] = {
    "title": "1040 for [LAST_YEAR]",
    "intro": "Dear [CONTACT_FIRST_NAME], this takes ten minutes.",
    "due": "10 days",
    "sections": [
        {
            "title": "About you",
            "questions": [
                {"text": "What is your job?", "type": "short_text", "required": True},
                {"text": "Did you move in [LAST_YEAR]?", "key": "moved", "type": "yes_no", "required": True},
                {
                    "text": "When did you move?", "type": "date", "required": True,
                    "shown_if": {"question": "moved", "is": True},
                },
            ],
        },
        {
            "title": "Income",
            "questions": [
                {"text": "We keep this to ourselves.", "type": "explanation"},
                {
                    "text": "Income from abroad?", "type": "yes_no",
                    "tags": [{"when": True, "add": ["foreign"]}, {"when": False, "remove": ["foreign"]}],
                },
                {
                    "text": "From which countries?", "key": "countries", "type": "several_of",
                    "options": ["Canada", "Mexico", "Elsewhere"],
                    "shown_if": {"question": "Income from abroad?", "is": "yes"},
                },
                {"text": "How much?", "type": "money", "shown_if": {"question": "countries", "answered": True}},
            ],
        },
    ],
}  # fmt: skip
COMPLETE = {"what_is_your_job": "Baker", "moved": False}

PIPELINE = """
pipeline: Returns
stages:
  - stage: Documents
    automove: true
    on_entry:
      - organizer: {template: "1040"}
  - stage: Foreign income
    when: {tags: {all: [foreign]}}
  - stage: Moved
    when: {answer: {question: moved, is: true}}
  - stage: Preparation
  - stage: Finished
"""

Sent = Callable[..., Organizer]


@pytest.fixture
def template(owner_actor: Actor) -> Template:
    return create_template(owner_actor, "organizer", "1040", BODY)


@pytest.fixture
def returns(template: Template, make_pipeline: Any) -> Any:
    return make_pipeline(PIPELINE)


@pytest.fixture
def sent(returns: Any, ada: Account, owner_actor: Actor) -> Sent:
    """Adds a job and answers the organizer that its first stage has sent."""

    def send(account: Account | None = None) -> Organizer:
        added = add_jobs(owner_actor, NewJobs([(account or ada).pk], returns.pk))
        assert not added.plan.refused, added.plan.refused[0].problems
        link = LinkedItem.objects.get(job=added.plan.going[0].id, kind="organizer")
        return Organizer.objects.get(pk=link.item)

    return send


@pytest.fixture
def client(ada: Account) -> Actor:
    """Ada herself, in the portal."""
    return contact_actor(Contact.objects.get(account_links__account=ada))


def job_of(organizer: Organizer) -> Job:
    return Job.objects.select_related("stage").get(
        pk=LinkedItem.objects.get(kind="organizer", item=organizer.pk).job_id
    )


def stage_of(organizer: Organizer) -> str:
    return job_of(organizer).stage.name


def given(organizer: Organizer) -> dict[str, Any]:
    return dict(organizer.answers.values_list("question", "value"))
