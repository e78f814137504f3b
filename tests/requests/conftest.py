"""A pipeline that asks Ada for papers, and actors on both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.jobs.conftest import ada, make_pipeline, save

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.files.models import File
    from clearstage.firm.models import Member
    from clearstage.jobs.models import Job
    from clearstage.kernel.actor import Actor
    from clearstage.requests.models import ClientRequest

__all__ = ["ada", "make_pipeline", "save"]

PAPERS = """
pipeline: Papers
stages:
  - stage: Documents
    automove: true
    on_entry:
      - request:
          title: "Papers for [ACCOUNT_NAME]"
          due: 10 days
          entries:
            - W-2
            - {title: 1099-INT, help: From your bank, due: 5 days}
            - {title: Mortgage statement, required: false}
          reminders: {first: 3, every: 3, at_most: 2}
  - stage: Preparation
    on_entry:
      - task: {title: Prepare}
  - stage: Finished
statuses:
  - status: Stuck
"""


@pytest.fixture
def papers(make_pipeline: Any) -> Any:
    return make_pipeline(PAPERS)


@pytest.fixture
def job(papers: Any, ada: Account, owner_actor: Actor) -> Job:
    return add_job(owner_actor, ada, papers)


def add_job(actor: Actor, account: Account, pipeline: Any) -> Job:
    from clearstage.jobs.models import Job
    from clearstage.jobs.operations.adding import NewJobs, add_jobs

    outcome = add_jobs(actor, NewJobs([account.pk], pipeline.pk))
    assert not outcome.plan.refused, outcome.plan.refused[0].problems
    return Job.objects.get(pk=outcome.plan.going[0].id)


@pytest.fixture
def request_(job: Job) -> ClientRequest:
    from clearstage.requests.models import ClientRequest

    return ClientRequest.objects.get()


@pytest.fixture
def client(ada: Account) -> Actor:
    from clearstage.clients.queries import contact_actor

    return contact_actor(ada.contacts.get())


@pytest.fixture
def stranger(make_account: Any) -> Actor:
    from clearstage.clients.queries import contact_actor

    return contact_actor(make_account("Bo Ek", contacts=["bo@client.test"]).contacts.get())


@pytest.fixture
def assistant(ada: Account, make_member: Any) -> Callable[..., Actor]:
    """A member who sees the account, with these rights."""
    from clearstage.clients.models import AccountAccess
    from clearstage.firm.queries import actor_for

    def make(*rights: str) -> Actor:
        member: Member = make_member(f"cyd{len(rights)}@example.test", "Cyd Assistant", rights=rights)
        AccountAccess.objects.create(account=ada, member=member)
        return actor_for(member)

    return make


@pytest.fixture
def sent(client: Actor, ada: Account) -> Callable[..., File]:
    """A file that the client has uploaded."""
    from clearstage.files.operations.storing import store_file

    def upload(name: str = "W-2.txt", content: bytes = b"Wages", by: Actor | None = None) -> File:
        return store_file(by or client, ada.pk, name, [content], shared=True)

    return upload
