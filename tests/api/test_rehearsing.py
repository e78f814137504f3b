"""F1 for what has no plan of its own: with `?preview=true` the answer is the one that would come, and nothing stays."""

from __future__ import annotations

from typing import Any

import pytest

from .caller import Caller
from .test_commands import everything

PREVIEW = {"preview": "true"}


@pytest.fixture
def job(add_job: Any) -> dict[str, Any]:
    found: dict[str, Any] = add_job()
    return found


def test_taking_off_the_last_item_is_seen_beforehand(api: Caller, job: Any) -> None:  # L7
    [first] = job["items"]
    item = api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call Ada"})
    api.post(f"/tasks/{first['id']}/complete")
    before = everything()
    seen = api.delete(f"/jobs/{job['id']}/links/{item['id']}", params=PREVIEW)
    assert everything() == before
    assert seen["job"]["stage"]["name"] == "Preparation"
    done = api.delete(f"/jobs/{job['id']}/links/{item['id']}")
    assert done["job"]["stage"] == seen["job"]["stage"]


def test_an_edit_is_seen_beforehand(api: Caller, job: Any) -> None:
    before = everything()
    seen = api.patch(f"/jobs/{job['id']}", {"name": "Another name"}, params=PREVIEW)
    assert (seen["name"], seen["version"]) == ("Another name", job["version"] + 1)
    assert everything() == before


def test_undo_is_seen_beforehand(api: Caller, job: Any) -> None:  # M9
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished"})
    before = everything()
    assert api.post(f"/actions/{moved['action']}/undo", params=PREVIEW)["undone"] is True
    assert everything() == before
    assert api.post(f"/actions/{moved['action']}/undo")["undone"] is True


def test_making_an_item_is_seen_beforehand(api: Caller, job: Any) -> None:
    before = everything()
    seen = api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": "Call Ada"}, params=PREVIEW)
    assert (seen.status, seen["blocks"]) == (201, True)
    assert everything() == before


def test_what_is_refused_is_refused_beforehand_too(api: Caller, job: Any) -> None:
    api.post(f"/jobs/{job['id']}/status", {"status": "Archived"})
    [item] = job["items"]
    assert api.delete(f"/jobs/{job['id']}/links/{item['id']}", params=PREVIEW).status == 409


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", ""])
def test_it_is_true_or_false(api: Caller, job: Any, value: str) -> None:
    answer = api.patch(f"/jobs/{job['id']}", {"name": "Another name"}, params={"preview": value})
    assert (answer.status, list(answer.errors)) == (422, ["preview"])
    assert api.get(f"/jobs/{job['id']}")["name"] == job["name"]


def test_it_uses_no_key_up(api: Caller, job: Any) -> None:  # M12
    address, body = f"/jobs/{job['id']}", {"name": "Another name"}
    assert api.patch(address, body, params=PREVIEW, idempotency_key="k").status == 200
    assert api.patch(address, body, idempotency_key="k")["name"] == "Another name"
