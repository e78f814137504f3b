"""An item of several jobs, of which the member sees only one: nothing tells of the other (L1, X4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clearstage.clients.models import AccountAccess

from .caller import Caller
from .conftest import As, put

OPEN = """
pipeline: Open
stages:
  - {stage: Begin, automove: true}
  - {stage: Middle}
  - {stage: End}
"""
CLOSED = OPEN.replace("pipeline: Open", "pipeline: Secret\navailable_to: [owner@example.test]").replace(
    "Begin", "Hidden begin"
).replace("Middle", "Hidden middle")  # fmt: skip
ITEMS: dict[str, dict[str, Any]] = {
    "organizer": {"kind": "organizer", "template": "Ask"},
    "request": {"kind": "request", "title": "Papers", "review": False, "entries": ["W-2"]},
    "chat": {"kind": "chat", "subject": "Hello", "text": "Please", "tasks": ["Send it"]},
}
FINISH: dict[str, tuple[str, dict[str, Any]]] = {
    "organizer": ("/organizers/{item}/submit", {"answers": {"job": "Baker"}}),
    "request": ("/requests/{item}/entries/1/submit", {"text": "Here it is"}),
    "chat": ("/chats/{item}/tasks/1/tick", {}),
}


@pytest.fixture
def member_api(make_member: Any, ada: Any, as_member: As) -> Caller:
    """Sees the account and may work with its items, but not what is in the closed pipeline."""
    member = make_member("eve@example.test", "Eve", rights=["organizers", "requests"])
    AccountAccess.objects.create(account=ada, member=member)
    return as_member(member)


@pytest.fixture
def jobs(api: Caller, ada: Any) -> list[dict[str, Any]]:
    """The closed one is the older: whatever takes the first job would take it."""
    question = {"text": "What is your job?", "type": "short_text", "key": "job"}
    body = {"kind": "organizer", "name": "Ask", "body": {"questions": [question]}}
    assert api.post("/templates", body).status == 201
    put(api, CLOSED)
    put(api, OPEN)
    added = [
        api.post("/jobs", {"accounts": [f"acc_{ada.pk}"], "pipeline": name}) for name in ("Secret", "Open")
    ]
    return [each["jobs"][0] for each in added]


@pytest.mark.parametrize("kind", ITEMS)
def test_nothing_tells_of_the_closed_job(
    api: Caller, member_api: Caller, jobs: list[dict[str, Any]], kind: str
) -> None:
    hidden, seen = jobs
    made = api.post(f"/jobs/{hidden['id']}/items", ITEMS[kind])
    assert made.status == 201, made
    assert api.post(f"/jobs/{seen['id']}/links", {"item": made["id"]}).status == 200
    assert api.get(f"/items/{made['id']}")["jobs"] == [hidden["id"], seen["id"]]

    path, body = FINISH[kind]
    answers = [
        member_api.get(f"/items/{made['id']}"),
        member_api.get(f"/items?kind={kind}"),
        member_api.get(f"/jobs/{seen['id']}"),
        member_api.post(path.format(item=made["id"]), body, params={"preview": "true"}),
        member_api.post(path.format(item=made["id"]), body),
        member_api.get("/events"),
    ]
    assert [answer.status for answer in answers] == [200] * len(answers)
    told = json.dumps([answer.json for answer in answers])
    assert [
        word for word in (hidden["id"], "Hidden", "Secret") if f'{word}"' in told or f"{word} " in told
    ] == []
    assert [job["stage"]["name"] for job in answers[3]["plan"]["jobs"]] == ["Middle"]
    for job, stage in ((seen, "Middle"), (hidden, "Hidden middle")):
        assert api.get(f"/jobs/{job['id']}")["stage"]["name"] == stage
