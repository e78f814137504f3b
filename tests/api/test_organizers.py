"""Organizers by the API: made, read, answered and submitted on the client's behalf, opened again, archived, sealed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.organizers.conftest import BODY, COMPLETE

from .caller import Caller
from .conftest import put

PIPELINE = """
pipeline: Returns
stages:
  - stage: Documents
    automove: true
    on_entry: [{organizer: {template: "1040"}}]
  - stage: Foreign income
    when: {tags: {all: [foreign]}}
  - {stage: Preparation}
  - {stage: Finished}
"""


@pytest.fixture
def job(api: Caller, ada: Any) -> dict[str, Any]:
    made = api.post("/templates", {"kind": "organizer", "name": "1040", "body": BODY})
    assert made.status == 201, made
    put(api, PIPELINE)
    added = api.post("/jobs", {"accounts": [f"acc_{ada.pk}"], "pipeline": "Returns"})
    return dict(added["jobs"][0])


@pytest.fixture
def item(job: dict[str, Any]) -> dict[str, Any]:
    [found] = job["items"]
    return dict(found)


def test_it_shows_what_is_asked_and_how_far_it_is(api: Caller, item: Any) -> None:
    found = api.get(f"/items/{item['id']}")
    assert (found["state"], found["template"], found["progress"]) == (
        "sent",
        "1040",
        {"answered": 0, "of": 3},
    )
    assert [section["title"] for section in found["sections"]] == ["About you", "Income"]
    assert found["missing"] == ["what_is_your_job", "moved"]
    assert (found["open"], found["blocks"], found["answers"]) == (True, True, {})


def test_tags_follow_before_the_job_is_judged(api: Caller, job: Any, item: Any) -> None:  # L6
    body = {"answers": {**COMPLETE, "income_from_abroad": True}}
    plan = api.post(f"/organizers/{item['id']}/submit?preview=true", body)["plan"]
    assert plan["jobs"][0]["stage"]["name"] == "Foreign income"
    assert api.get(f"/items/{item['id']}")["state"] == "sent"
    done = api.post(f"/organizers/{item['id']}/submit", body)
    assert (done["item"]["state"], done["job"]["stage"]["name"]) == ("submitted", "Foreign income")
    assert api.get(f"/accounts/{job['account']['id']}")["tags"] == ["foreign"]
    assert api.post(f"/organizers/{item['id']}/submit", body)["action"] is None


def test_until_it_is_answered_it_is_the_clients_turn(api: Caller, job: Any) -> None:  # F3
    assert job["client_status"]["shown"] is False
    assert api.get(f"/jobs/{job['id']}")["why"]["turn"] == "client"
    api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call Ada"})
    assert api.get(f"/jobs/{job['id']}")["why"]["turn"] == "firm"


def test_gaps_and_misfits_are_told_with_their_places(api: Caller, item: Any) -> None:
    gaps = api.post(f"/organizers/{item['id']}/submit", {"answers": {"moved": True}})
    assert (gaps.status, "“What is your job?” needs an answer." in gaps["detail"]) == (409, True)
    wrong = api.patch(f"/organizers/{item['id']}/answers", {"answers": {"moved": "perhaps", "nothing": 1}})
    assert (wrong.status, set(wrong.errors)) == (422, {"answers.moved", "answers.nothing"})
    assert api.get(f"/items/{item['id']}")["answers"] == {}


def test_answers_are_saved_under_a_version(api: Caller, item: Any) -> None:  # M13
    saved = api.patch(f"/organizers/{item['id']}/answers", {"answers": {"moved": False}}, if_match='"1"')
    assert (saved.status, saved["answers"], saved["state"]) == (200, {"moved": False}, "started")
    stale = api.patch(f"/organizers/{item['id']}/answers", {"answers": {"moved": True}}, if_match='"1"')
    assert stale.status == 412


def test_it_is_opened_again_archived_and_sealed(api: Caller, item: Any) -> None:  # L8
    address = f"/organizers/{item['id']}"
    archived = api.post(f"{address}/archive")["item"]
    assert (archived["state"], archived["open"], archived["blocks"]) == ("archived", True, True)
    assert api.post(f"{address}/submit", {"answers": COMPLETE}).status == 409
    assert api.post(f"{address}/unsubmit")["item"]["state"] == "sent"
    assert api.post(f"{address}/submit", {"answers": COMPLETE}).status == 200
    assert api.post(f"{address}/seal")["item"]["sealed"] is True
    assert api.post(f"{address}/unsubmit").status == 409


def test_one_is_made_by_hand(api: Caller, job: Any) -> None:
    body = {
        "kind": "organizer",
        "template": "1040",
        "title": "Once more",
        "due": "2026-04-15",
        "reminders": {"first": 2},
    }
    made = api.post(f"/jobs/{job['id']}/items", body)
    assert (made.status, made["title"], made["due"], made["made_by"]) == (
        201,
        "Once more",
        "2026-04-15",
        None,
    )
    assert api.post(f"/jobs/{job['id']}/items", {"kind": "organizer", "template": "Nothing"}).status == 422


def test_a_move_that_submits_it_is_planned_with_what_it_brings(
    api: Caller, job: dict[str, Any], item: dict[str, Any]
) -> None:  # M3, L6
    api.patch(f"/organizers/{item['id']}/answers", {"answers": {**COMPLETE, "income_from_abroad": True}})
    move = {"stage": "Finished", "unfinished": {item["id"]: "finish"}}
    [planned] = api.post(f"/jobs/{job['id']}/move?preview=true", move)["plan"]["jobs"]
    assert planned["finishes"][0].endswith("which changes the account's tags: adds foreign")
    done = api.post(f"/jobs/{job['id']}/move", move)
    assert done["plan"]["jobs"][0]["finishes"] == planned["finishes"]
