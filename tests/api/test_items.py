"""Items and tasks: what hangs on jobs, and what follows when it is finished."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.work.models import Task

from .caller import Caller


@pytest.fixture
def job(add_job: Any) -> dict[str, Any]:
    found: dict[str, Any] = add_job()
    return found


def test_a_task_is_made_by_hand_and_holds_the_stage(api: Caller, job: Any, employee: Any) -> None:  # L2
    body = {
        "kind": "task", "title": "Call Ada", "description": "Today", "assignees": ["mia@example.test", "role:preparer"],
        "due": "2026-04-15", "start": "2026-04-01", "priority": "high", "checklist": ["number", "time"],
    }  # fmt: skip
    made = api.post(f"/jobs/{job['id']}/items", body)
    assert made.status == 201
    assert [person["email"] for person in made["assignees"]] == ["mia@example.test", "owner@example.test"]
    assert made["checklist"] == [{"text": "number", "done": False}, {"text": "time", "done": False}]
    assert (made["scope"], made["blocks"], made["jobs"], made["made_by"]) == (
        "stage",
        True,
        [job["id"]],
        None,
    )
    assert api.get(f"/items/{made['id']}").json == made.json
    assert made.json in api.get(f"/jobs/{job['id']}")["items"]


def test_an_item_looks_the_same_wherever_it_is_shown(api: Caller, job: Any) -> None:
    [item] = job["items"]
    assert item["made_by"] == "task-2"
    assert api.get(f"/items/{item['id']}").json == item
    assert api.all("/items") == [item]


def test_in_a_custom_status_it_is_the_statuss_unless_said_otherwise(api: Caller, job: Any) -> None:  # S8
    task = {"kind": "task", "title": "Ask"}
    refused = api.post(f"/jobs/{job['id']}/items", {**task, "scope": "status"})
    assert (refused.status, len(Task.objects.all())) == (409, 1)
    api.post(f"/jobs/{job['id']}/status", {"status": "Needs extension"})
    scopes = [
        api.post(f"/jobs/{job['id']}/items", {**task, **more})["scope"] for more in ({}, {"scope": "stage"})
    ]
    assert scopes == ["status", "stage"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"kind": "proposal"}, "kind"),
        ({"kind": "poem"}, "kind"),
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"assignees": ["nobody@example.test"]}, "assignees[0]"),
        ({"checklist": ["x" * 301]}, "checklist[0]"),
        ({"checklist": "x"}, "checklist"),
        ({"scope": "job"}, "scope"),
        ({"due": "tomorrow"}, "due"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_task_without_sense_is_refused_with_its_place(api: Caller, job: Any, body: Any, where: str) -> None:
    answer = api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call", **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert Task.objects.count() == 1


def test_an_inactive_member_is_given_nothing(api: Caller, job: Any, make_member: Any) -> None:
    gone = make_member(is_active=False)
    answer = api.post(
        f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call", "assignees": [gone.email]}
    )
    assert (answer.status, list(answer.errors)) == (422, ["assignees"])


def test_an_archived_job_takes_no_items(api: Caller, job: Any) -> None:
    api.post(f"/jobs/{job['id']}/status", {"status": "Archived"})
    assert api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call"}).status == 409


def test_the_list_is_narrowed(api: Caller, job: Any, add_job: Any, make_account: Any, ada: Any) -> None:
    other = add_job(make_account("Bauer"))
    api.post(f"/tasks/{other['items'][0]['id']}/complete")
    assert len(api.all("/items", limit=1)) == 2
    assert [item["jobs"] for item in api.all("/items", job=job["id"])] == [[job["id"]]]
    assert [item["account"]["id"] for item in api.all("/items", account=f"acc_{ada.pk}")] == [f"acc_{ada.pk}"]
    assert [item["open"] for item in api.all("/items", open=False)] == [False]
    assert len(api.all("/items", kind="task")) == 2
    for name in ("job", "account", "kind"):
        assert list(api.get("/items", **{name: "nothing"}).errors) == [name]


def test_a_list_costs_the_same_however_long_it_is(api: Caller, add_job: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get("/items")
        return len(captured)

    add_job()
    one = queries()
    for _ in range(4):
        add_job()
    assert queries() == one


# Finishing


def test_finishing_the_last_thing_moves_the_job_on(api: Caller, job: Any) -> None:  # L4
    [item] = job["items"]
    done = api.post(f"/tasks/{item['id']}/complete", {})
    assert (done["item"]["state"], done["item"]["open"]) == ("completed", False)
    assert (done["job"]["stage"]["name"], done["job"]["status"], done["job"]["version"]) == (
        "Preparation",
        "Active",
        2,
    )
    assert api.post(f"/actions/{done['action']}/undo").status == 200
    assert api.get(f"/items/{item['id']}")["state"] == "open"  # M9
    again = api.post(f"/tasks/{item['id']}/complete")
    assert (again["item"]["state"], again["job"]["stage"]["name"]) == ("completed", "Preparation")


def test_cancelling_counts_and_opening_again_moves_nothing_back(api: Caller, job: Any) -> None:  # L8
    [item] = job["items"]
    cancelled = api.post(f"/tasks/{item['id']}/cancel")
    assert (cancelled["item"]["state"], cancelled["job"]["stage"]["name"]) == ("cancelled", "Preparation")
    reopened = api.post(f"/tasks/{item['id']}/reopen")
    assert (reopened["item"]["open"], reopened["job"]["stage"]["name"]) == (True, "Preparation")


def test_a_task_is_changed(api: Caller, job: Any, employee: Any) -> None:
    [item] = job["items"]
    body = {
        "title": "Collect everything", "due": None, "priority": "urgent", "assignees": ["mia@example.test"],
        "checklist": [{"text": "W-2", "done": True}],
    }  # fmt: skip
    changed = api.patch(f"/tasks/{item['id']}", body, if_match='"1"')
    assert (changed.status, changed["version"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert (changed["title"], changed["due"], changed["doers"]) == ("Collect everything", None, ["Mia Chen"])
    assert changed["checklist"] == body["checklist"]
    assert api.patch(f"/tasks/{item['id']}", {"title": "Late"}, if_match='"1"').status == 412
    assert api.patch(f"/tasks/{item['id']}", {"title": ""}).status == 422
    assert api.patch(f"/tasks/{item['id']}", {"state": "completed"}).status == 422


@pytest.mark.parametrize("verb", ["complete", "cancel", "reopen"])
def test_those_calls_take_no_fields(api: Caller, job: Any, verb: str) -> None:
    [item] = job["items"]
    assert list(api.post(f"/tasks/{item['id']}/{verb}", {"because": "x"}).errors) == ["because"]
    assert api.post(f"/tasks/{job['id']}/{verb}").status == 404


# Linking


def test_a_task_is_taken_off_and_linked_to_another_job(api: Caller, job: Any, add_job: Any) -> None:  # L1, L9
    [item] = job["items"]
    off = api.delete(f"/jobs/{job['id']}/links/{item['id']}")
    assert (off.status, off["item"]["jobs"], off["item"]["open"]) == (200, [], True)
    assert off["job"]["stage"]["name"] == "Documents"
    assert api.get(f"/jobs/{job['id']}")["items"] == []
    assert api.delete(f"/jobs/{job['id']}/links/{item['id']}").status == 404
    other = add_job()
    linked = api.post(f"/jobs/{other['id']}/links", {"item": item["id"]})
    assert (linked.status, linked["jobs"], linked["blocks"]) == (200, [other["id"]], True)
    again = api.post(f"/jobs/{other['id']}/links", {"item": item["id"]})
    assert (again.status, again.json) == (200, linked.json)


def test_a_task_hangs_on_one_job_at_most(api: Caller, job: Any, add_job: Any) -> None:  # L1
    other = add_job()
    answer = api.post(f"/jobs/{other['id']}/links", {"item": job["items"][0]["id"]})
    assert (answer.status, "another job" in answer["reasons"][0]) == (409, True)


def test_a_task_of_another_client_is_not_linked(
    api: Caller, job: Any, add_job: Any, make_account: Any
) -> None:
    other = add_job(make_account("Bauer"))
    item = job["items"][0]["id"]
    api.delete(f"/jobs/{job['id']}/links/{item}")
    answer = api.post(f"/jobs/{other['id']}/links", {"item": item})
    assert (answer.status, "another client" in answer["reasons"][0]) == (409, True)


def test_a_finished_task_that_is_linked_holds_nothing(api: Caller, job: Any, add_job: Any) -> None:
    item = job["items"][0]["id"]
    api.delete(f"/jobs/{job['id']}/links/{item}")
    api.post(f"/tasks/{item}/complete")
    linked = api.post(f"/jobs/{job['id']}/links", {"item": item})
    assert (linked.status, linked["blocks"]) == (200, False)


def test_a_task_without_a_job_is_seen_with_its_account(
    api: Caller, job: Any, employee_api: Caller
) -> None:  # X4
    item = job["items"][0]["id"]
    api.delete(f"/jobs/{job['id']}/links/{item}")
    assert api.get(f"/items/{item}").status == 200
    assert employee_api.get(f"/items/{item}").status == 404


@pytest.mark.parametrize("item", ["tsk_999", "job_1", "nonsense", ""])
def test_an_item_that_is_none_is_not_linked(api: Caller, job: Any, item: str) -> None:
    assert list(api.post(f"/jobs/{job['id']}/links", {"item": item}).errors) == ["item"]
    if item:
        assert api.delete(f"/jobs/{job['id']}/links/{item}").status == 404


def test_taking_off_the_last_open_one_is_judged(api: Caller, job: Any) -> None:  # L7
    extra = api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Extra"})
    api.post(f"/tasks/{job['items'][0]['id']}/complete")
    off = api.delete(f"/jobs/{job['id']}/links/{extra['id']}")
    assert off["job"]["stage"]["name"] == "Preparation"
    assert off["action"]


def test_what_would_follow_a_finished_task_is_seen_before(api: Caller, job: Any) -> None:  # F1
    task = job["items"][0]["id"]
    for verb in ("complete", "cancel"):
        seen = api.post(f"/tasks/{task}/{verb}?preview=true")
        assert seen.status == 200
        assert [step["what"] for step in seen["plan"]["jobs"][0]["steps"]] == ["stage"]
    assert api.get(f"/items/{task}")["open"] is True
