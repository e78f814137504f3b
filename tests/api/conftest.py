"""A firm with a tax pipeline and a client, reached through the API alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.sentences import say
from clearstage.files.operations.storing import store_file
from clearstage.firm.models import Member
from clearstage.firm.operations.tokens import create_token
from clearstage.kernel.actor import the_firm
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes
from tests.jobs.conftest import TAX

from .caller import Caller

YAML = "application/yaml"
AddJob = Callable[..., dict[str, Any]]
As = Callable[..., Caller]


@pytest.fixture
def as_member() -> As:
    """A caller with a token of a member."""

    def call(member: Member, scope: str = "write") -> Caller:
        return Caller(create_token(member, scope))

    return call


@pytest.fixture
def api(owner: Member, as_member: As) -> Caller:
    """The owner, who may write."""
    return as_member(owner)


@pytest.fixture
def employee_api(employee: Member, as_member: As) -> Caller:
    """A member without any right, who sees no account."""
    return as_member(employee)


@pytest.fixture
def nobody(firm: Any) -> Caller:
    return Caller(None)


@pytest.fixture
def tax(api: Caller) -> dict[str, Any]:
    """The tax pipeline of the operations' tests, as `GET /pipelines/{id}` answers it."""
    return put(api, TAX)


def put(api: Caller, text: str) -> dict[str, Any]:
    saved = api.put("/pipelines", raw=text.encode(), content_type=YAML)
    assert saved.status == 200, saved
    return dict(api.get(f"/pipelines/{saved['pipeline']['id']}").json)


@pytest.fixture
def ada(make_account: Any, owner: Member) -> Account:
    account: Account = make_account(
        "Ada Okafor",
        contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}],
        roles={"preparer": [owner]},
    )
    return account


@pytest.fixture
def add_job(api: Caller, tax: dict[str, Any], ada: Account) -> AddJob:
    """Adds a job of the tax pipeline for Ada, in its first stage unless more is said."""

    def add(account: Account | None = None, **more: Any) -> dict[str, Any]:
        body = {"accounts": [f"acc_{(account or ada).pk}"], "pipeline": "Tax return", **more}
        added = api.post("/jobs", body)
        assert added.status == 201, added
        return dict(added["jobs"][0])

    return add


CLOSED = """
pipeline: Closed pipeline
available_to: [owner@example.test]
stages:
  - stage: Begin
    on_entry:
      - task: {title: A secret task}
      - email: {subject: A secret letter, text: To whom it concerns.}
  - {stage: End}
statuses:
  - {status: Parked}
"""


@pytest.fixture
def world(api: Caller, ada: Account, admin: Any, owner: Member, firm: Any) -> dict[str, str]:
    """One of each, none of it open to a member without rights; by the names that paths have for them."""
    assert api.put("/pipelines", raw=CLOSED.encode(), content_type=YAML).status == 200
    added = api.post("/jobs", {"accounts": [f"acc_{ada.pk}"], "pipeline": "Closed pipeline"})
    [job] = added["jobs"]
    [item] = job["items"]
    template = api.post("/templates", {"kind": "task", "name": "Standard", "body": {"title": "Do it"}})
    begun = {"kind": "chat", "subject": "A secret conversation", "text": "Between us", "tasks": ["Call"]}
    chat = api.post(f"/jobs/{job['id']}/items", begun)
    asked = {"kind": "request", "title": "Secret papers", "entries": ["A secret paper", "Another"]}
    papers = api.post(f"/jobs/{job['id']}/items", asked)["id"]
    api.post(f"/requests/{papers}/entries/1/submit", {"text": "A secret answer"})
    api.post(f"/requests/{papers}/entries/1/return", {"reason": "A secret reason"})
    file = store_file(the_firm(), ada.pk, "secret letter.txt", [b"Between us"])
    put_in_inboxes([Notice(owner.pk, "notice", say("Something new"), None, 1)])
    body = {"questions": [{"text": "Name", "type": "short_text", "required": True}]}
    assert api.post("/templates", {"kind": "organizer", "name": "Secrets", "body": body}).status == 201
    organizer = api.post(f"/jobs/{job['id']}/items", {"kind": "organizer", "template": "Secrets"})
    return {
        "account": f"acc_{ada.pk}",
        "contact": f"con_{ada.contacts.get().pk}",
        "entry": f"not_{InboxEntry.objects.get(event=1).pk}",
        "pipeline": job["pipeline"]["id"],
        "job": job["id"],
        "item": item["id"],
        "task": item["id"],
        "organizer": organizer["id"],
        "client_request": papers,
        "action": added["action"],
        "chat": chat["id"],
        "message": chat["messages"][0]["id"],
        "n": "1",
        "file": f"fil_{file.pk}",
        "tag": api.post("/tags", {"name": "vip"})["id"],
        "status": api.post("/client-statuses", {"name": "At rest", "turn": "nobody"})["id"],
        "template": template["id"],
        "member": f"mem_{admin.pk}",
    }
