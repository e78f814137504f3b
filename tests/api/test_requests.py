"""Client requests through the API: made, answered for the client, accepted, returned, foreseen."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.files.operations.storing import store_file
from clearstage.kernel.actor import the_firm
from clearstage.requests.models import ClientRequest, RequestEntry

from .caller import Caller
from .conftest import AddJob, put

pytestmark = pytest.mark.django_db
PAPERS = """
pipeline: Papers
stages:
  - {stage: Documents, automove: true}
  - stage: Preparation
    on_entry: [{task: {title: Prepare}}]
  - stage: End
"""
LIST: dict[str, Any] = {
    "kind": "request",
    "title": "Papers for [ACCOUNT_NAME]",
    "due": "10 days",
    "entries": ["W-2", {"title": "1099-INT", "help": "From your bank", "critical": True}],
}


@pytest.fixture
def job(api: Caller, ada: Account) -> dict[str, Any]:
    put(api, PAPERS)
    added = api.post("/jobs", {"accounts": [f"acc_{ada.pk}"], "pipeline": "Papers"})
    return dict(added["jobs"][0])


@pytest.fixture
def papers(api: Caller, job: dict[str, Any]) -> dict[str, Any]:
    made = api.post(f"/jobs/{job['id']}/items", LIST)
    assert made.status == 201, made
    return dict(made.json)


def test_it_is_made_by_hand_and_shows_its_entries(papers: dict[str, Any], api: Caller) -> None:
    assert (papers["title"], papers["state"], papers["blocks"]) == ("Papers for Ada Okafor", "open", True)
    assert [(entry["n"], entry["title"], entry["critical"]) for entry in papers["entries"]] == [
        (1, "W-2", False),
        (2, "1099-INT", True),
    ]
    assert papers["counts"] == {"requested": 2, "submitted": 0, "accepted": 0, "returned": 0}
    assert api.get(f"/items/{papers['id']}").json == papers
    assert [item["id"] for item in api.all("/items", kind="request")] == [papers["id"]]


def test_a_template_is_made_and_used(job: dict[str, Any], api: Caller) -> None:
    body = {name: LIST[name] for name in ("title", "entries")} | {"finish": {"rest_percent": 90}}
    assert api.post("/templates", {"kind": "request", "name": "1040", "body": body}).status == 201
    made = api.post(f"/jobs/{job['id']}/items", {"kind": "request", "template": "1040", "due": "2030-02-01"})
    assert (made["finish"]["rest_percent"], made["due"], len(made["entries"])) == (90, "2030-02-01", 2)
    gone = api.post(f"/jobs/{job['id']}/items", {"kind": "request", "template": "1041"})
    assert gone.status == 409


def test_the_whole_way_moves_the_job(
    job: dict[str, Any], papers: dict[str, Any], api: Caller, ada: Account
) -> None:
    at = f"/requests/{papers['id']}"
    file = store_file(the_firm(), ada.pk, "W-2.txt", [b"Wages"], shared=True)
    sent = api.post(f"{at}/entries/1/submit", {"files": [f"fil_{file.pk}"]})
    assert sent["item"]["entries"][0]["files"] == [{"id": f"fil_{file.pk}", "name": "W-2.txt", "size": 5}]
    api.post(f"{at}/entries/2/submit", {"not_applicable": "No bank"})
    back = api.post(f"{at}/entries/2/return", {"reason": "You had one last year"})
    assert back["item"]["entries"][1]["reason"] == "You had one last year"
    api.post(f"{at}/entries/2/submit", {"text": "Here"})
    assert api.post(f"{at}/entries/2/accept", {"submissions": 1}).status == 409
    assert api.post(f"{at}/entries/2/accept", {"submissions": 2})["action"] is None
    done = api.post(f"{at}/accept-all")
    assert (done["job"]["stage"]["name"], done["item"]["open"]) == ("Preparation", False)
    assert done["action"] is not None


def test_what_would_follow_is_told_and_nothing_is_done(papers: dict[str, Any], api: Caller) -> None:  # F1
    at = f"/requests/{papers['id']}"
    for n in (1, 2):
        assert api.post(f"{at}/entries/{n}/submit?preview=true", {"text": "x"})["plan"]["jobs"] == []
        api.post(f"{at}/entries/{n}/submit", {"text": "x"})
    before = list(RequestEntry.objects.values())
    assert api.post(f"{at}/entries/1/accept?preview=true")["plan"]["jobs"] == []
    plan = api.post(f"{at}/accept-all?preview=true")["plan"]
    assert [job["stage"]["name"] for job in plan["jobs"]] == ["Preparation"]
    assert api.post(f"{at}/entries/9/accept?preview=true").status == 404
    back = api.post(f"{at}/entries/1/return?preview=true", {"reason": "x"})
    assert back["item"]["entries"][0]["state"] == "returned"
    assert list(RequestEntry.objects.values()) == before


def test_the_list_is_changed_and_put_away(papers: dict[str, Any], api: Caller) -> None:
    at = f"/requests/{papers['id']}"
    more = api.post(f"{at}/entries", {"title": "Passport", "kind": "upload", "due": "2030-01-01"})
    assert (more.status, more["item"]["entries"][2]["n"]) == (201, 3)
    assert len(api.delete(f"{at}/entries/1")["item"]["entries"]) == 2
    assert api.post(f"{at}/archive")["item"]["state"] == "archived"
    assert api.post(f"{at}/entries", {"title": "Too late"}).status == 409
    assert api.post(f"{at}/restore")["item"]["state"] == "open"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"title": None}, ""),
        ({"entries": []}, ""),
        ({"entries": [{"title": ""}]}, "entries[0].title"),
        ({"entries": ["x" * 301]}, "entries[0].title"),
        ({"entries": ["x"] * 201}, "entries"),
        ({"entries": [{"title": "x", "colour": "red"}]}, "entries[0].colour"),
        ({"entries": [{"title": "x", "kind": "video"}]}, "entries[0].kind"),
        ({"entries": [{"title": "x", "required": False}]}, ""),
        ({"entries": [7]}, "entries[0]"),
        ({"entries": [{"title": "x", "required": "yes"}]}, "entries[0].required"),
        ({"finish": {"rest_percent": 101}}, "finish.rest_percent"),
        ({"finish": {"rest_percent": 2**70}}, "finish.rest_percent"),
        ({"due": "someday"}, "due"),
        ({"template": "1040"}, ""),
        ({"reminders": {"first": 0}}, "reminders.first"),
        ({"scope": "job"}, "scope"),
        ({"colour": "red"}, "colour"),
        ({"title": "nul\x00"}, "title"),
        ({"kind": "poem"}, "kind"),
    ],
)
def test_a_request_without_sense_is_refused_with_its_place(
    api: Caller, job: dict[str, Any], body: Any, where: str
) -> None:
    answer = api.post(f"/jobs/{job['id']}/items", {**LIST, **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert not ClientRequest.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": "x", "not_applicable": "y"}, 422),
        ({"files": ["tsk_1"]}, 422),
        ({"files": ["fil_999999"]}, 404),
        ({"files": ["fil_9223372036854775808"]}, 422),
        ({"text": "nul\x00"}, 422),
        ({"answer": "x"}, 422),
        ({"text": 7}, 422),
    ],
)
def test_what_is_no_answer_is_refused(
    papers: dict[str, Any], api: Caller, body: dict[str, Any], status: int
) -> None:
    before = list(RequestEntry.objects.values())
    assert api.post(f"/requests/{papers['id']}/entries/1/submit", body).status == status
    assert list(RequestEntry.objects.values()) == before


@pytest.mark.parametrize("n", ["0", "-1", "3", "1.5", "one", "9" * 30, "%00", "²"])
def test_there_are_no_other_entries(papers: dict[str, Any], api: Caller, n: str) -> None:
    assert api.post(f"/requests/{papers['id']}/entries/{n}/accept").status == 404


def test_the_same_key_is_the_same_answer(papers: dict[str, Any], api: Caller) -> None:  # M12
    at = f"/requests/{papers['id']}/entries"
    first, again = (api.post(at, {"title": "Passport"}, Idempotency_Key="once") for _each in range(2))
    assert first.json == again.json
    assert RequestEntry.objects.count() == 3


def test_a_member_without_the_right_reads_and_does_nothing(
    papers: dict[str, Any], make_member: Any, as_member: Any, api: Caller
) -> None:  # X1
    at = f"/requests/{papers['id']}"
    api.post(f"{at}/entries/1/submit", {"text": "x"})
    watcher = as_member(make_member(rights=["view all accounts"]))
    assert watcher.get(f"/items/{papers['id']}").status == 200
    before = list(RequestEntry.objects.values())
    for path, body in (
        ("entries/2/submit", {"text": "x"}),
        ("entries/1/accept", None),
        ("entries/1/return", {"reason": "x"}),
        ("accept-all", None),
        ("entries", {"title": "x"}),
        ("archive", None),
    ):
        assert watcher.post(f"{at}/{path}", body).status == 403, path
    assert list(RequestEntry.objects.values()) == before


def test_the_client_sees_what_is_waited_for(papers: dict[str, Any], api: Caller, ada: Account) -> None:
    [line] = api.get(f"/accounts/acc_{ada.pk}/portal")["todo"]
    assert (line["kind"], line["title"]) == ("request", "Papers for Ada Okafor")


def test_add_job_brings_no_request_of_its_own(add_job: AddJob) -> None:
    assert [item["kind"] for item in add_job()["items"]] == ["task"]


def test_due_dates_are_changed_after_it_was_sent(api: Caller, job: dict[str, Any]) -> None:
    item = api.post(f"/jobs/{job['id']}/items", LIST)
    done = api.patch(f"/requests/{item['id']}", {"due": "2031-05-14"})
    assert done["item"]["due"] == "2031-05-14"
    done = api.patch(f"/requests/{item['id']}/entries/2", {"due": "2031-05-01"})
    assert [entry["due"] for entry in done["item"]["entries"]] == [None, "2031-05-01"]
    assert api.patch(f"/requests/{item['id']}", {"due": None})["item"]["due"] is None
    for path, body, status in (
        (f"/requests/{item['id']}", {}, 422),
        (f"/requests/{item['id']}", {"due": "soon"}, 422),
        (f"/requests/{item['id']}", {"due": None, "title": "x"}, 422),
        (f"/requests/{item['id']}/entries/9", {"due": None}, 404),
        ("/requests/req_999", {"due": None}, 404),
    ):
        assert api.patch(path, body).status == status, (path, body)
