"""A job that waits for a chat with its client, and a client who has signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from clearstage.chats.models import Chat, Message
from clearstage.chats.operations.beginning import NewChat, begin_on_job
from clearstage.clients.models import Account, Contact
from clearstage.clients.queries import contact_actor
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel.actor import Actor
from tests.fixtures import PASSWORD
from tests.jobs.conftest import ada, make_job, make_pipeline, tax, to
from tests.messaging.conftest import noon, prefers

__all__ = ["ada", "make_job", "make_pipeline", "noon", "prefers", "tax", "to"]

WAITING = """
pipeline: Return
stages:
  - stage: Ready
    automove: true
    on_entry:
      - message:
          subject: Your [JOB_NAME] is ready
          text: Dear [ACCOUNT_NAME], please look.
          tasks: [Read it, Write back]
  - stage: Filed
"""
"""The job waits for what the client is to do, and then goes on by itself."""

Begin = Callable[..., Chat]


@pytest.fixture
def waiting(make_pipeline: Any, ada: Account, owner_actor: Actor) -> Job:
    from clearstage.jobs.operations.adding import NewJobs, add_jobs

    pipeline = make_pipeline(WAITING)
    return Job.objects.get(pk=add_jobs(owner_actor, NewJobs([ada.pk], pipeline.pk)).plan.going[0].id)


@pytest.fixture
def chat(waiting: Job) -> Chat:
    return Chat.objects.get(pk=LinkedItem.objects.get(job=waiting, kind="chat").item)


@pytest.fixture
def client(ada: Account) -> Actor:
    """Ada, in the portal."""
    return contact_actor(ada.contacts.get())


@pytest.fixture
def can_sign_in(ada: Account) -> Contact:
    contact = ada.contacts.get()
    contact.password = make_password(PASSWORD)
    contact.save(update_fields=["password"])
    return contact


@pytest.fixture
def begin(waiting: Job, owner_actor: Actor) -> Begin:
    """A chat made by hand on the job."""

    def make(subject: str = "A question", text: str = "How are you?", **more: Any) -> Chat:
        return Chat.objects.get(pk=begin_on_job(owner_actor, waiting.pk, NewChat(subject, text, **more)))

    return make


def stage_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).stage.name


def texts(chat: Chat) -> list[str]:
    return list(Message.objects.filter(chat=chat).order_by("pk").values_list("text", flat=True))
