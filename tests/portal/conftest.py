"""A client with two accounts, and jobs that he is shown or not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.test import Client

from tests.fixtures import PASSWORD, MakeAccount

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member
    from clearstage.jobs.models import ClientStatus, Job

FEBRUARY = datetime(2026, 2, 3, 9, tzinfo=UTC)


class MakeJob(Protocol):
    def __call__(self, account: Account, name: str = "1040 for 2025", **fields: Any) -> Job: ...


@pytest.fixture
def account(make_account: MakeAccount) -> Account:
    return make_account(
        "Ada Okafor", tags=["secret tag"], contacts=[{"email": "ada@example.test", "name": "Ada Okafor"}]
    )


@pytest.fixture
def contact(account: Account) -> Contact:
    """May sign in for the account, with `PASSWORD`."""
    from django.contrib.auth.hashers import make_password

    contact = account.contacts.get()
    contact.password = make_password(PASSWORD)
    contact.save(update_fields=["password"])
    return contact


@pytest.fixture
def client_status(db: None) -> ClientStatus:
    from clearstage.jobs.models import ClientStatus

    return ClientStatus.objects.create(
        name="Waiting for documents",
        color="orange",
        turn="client",
        description="Please add the papers on your list.",
    )


@pytest.fixture
def make_job(owner: Member, client_status: ClientStatus) -> MakeJob:
    """A shown job in a custom status, with everything on it that its client must not learn."""
    from clearstage.jobs.models import CustomStatus, Job, JobAssignee, Pipeline, Stage

    pipeline = Pipeline.objects.create(name="Hidden pipeline")
    stage = Stage.objects.create(pipeline=pipeline, name="Hidden stage", position=0)
    status = CustomStatus.objects.create(pipeline=pipeline, name="Hidden blocker")

    def make(account: Account, name: str = "1040 for 2025", **fields: Any) -> Job:
        usual = {
            "pipeline": pipeline, "stage": stage, "status": "custom", "custom_status": status,
            "entered_stage_at": FEBRUARY, "status_since": FEBRUARY, "created_at": FEBRUARY,
            "client_shown": True, "client_status": client_status, "client_since": FEBRUARY,
            "description": "Hidden note", "budget_minutes": 4242, "priority": "urgent",
        }  # fmt: skip
        job = Job.objects.create(account=account, name=name, **(usual | fields))
        JobAssignee.objects.create(job=job, member=owner)
        return job

    return make


def sign_in(email: str = "ada@example.test", password: str = PASSWORD) -> Client:
    """A browser in which a client has signed in."""
    browser = Client()
    answer = browser.post("/portal/sign-in/", {"email": email, "password": password})
    assert answer.status_code == 302, answer.content
    return browser


@pytest.fixture
def browser(contact: Contact) -> Client:
    return sign_in()
