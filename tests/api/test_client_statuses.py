"""The firm's list of client-facing statuses: C1, C2, C11."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import AccountContact, Contact
from clearstage.jobs.models import ClientStatus

from .caller import Caller

HOLD = {"name": "At rest", "turn": "nobody", "description": "Nothing happens."}


def test_a_status_is_made_changed_and_deleted(api: Caller) -> None:
    made = api.post("/client-statuses", HOLD)
    assert made.status == 201
    assert {key: made[key] for key in HOLD} == HOLD
    changed = api.patch("/client-statuses/at rest", {"color": "blue"})
    assert (changed["color"], changed["description"]) == ("blue", "Nothing happens.")
    assert api.delete(f"/client-statuses/{made['id']}").status == 204
    assert api.get("/client-statuses")["results"] == []
    assert api.patch(f"/client-statuses/{made['id']}", {"color": "red"}).status == 404


def test_the_list_is_in_the_firms_order(api: Caller) -> None:
    names = ["Zulu", "Alpha", "Mike"]
    for name in names:
        api.post("/client-statuses", {**HOLD, "name": name})
    ClientStatus.objects.filter(name="Mike").update(position=0)
    ClientStatus.objects.filter(name="Zulu").update(position=2)
    assert [row["name"] for row in api.all("/client-statuses", limit=1)] == ["Mike", "Alpha", "Zulu"]


def test_jobs_follow_a_new_description_unless_they_have_their_own(api: Caller, add_job: Any) -> None:  # C2
    job, own = add_job(), add_job(client_status={"description": "Mine."})
    api.patch("/client-statuses/Waiting for documents", {"description": "Papers, please."})
    told = [api.get(f"/jobs/{each['id']}")["client_status"] for each in (job, own)]
    assert [each["description"] for each in told] == ["Papers, please.", "Mine."]
    assert api.patch(f"/jobs/{own['id']}", {"client_status": {"description": None}})["client_status"] == {
        **told[0], "since": api.get(f"/jobs/{own['id']}")["client_status"]["since"]
    }  # fmt: skip


def test_a_status_in_use_takes_a_replacement(api: Caller, add_job: Any) -> None:  # C11
    job, archived = add_job(), add_job()
    api.post(f"/jobs/{archived['id']}/status", {"status": "Archived"})
    path = "/client-statuses/Waiting for documents"
    refused = api.delete(path)
    assert refused.status == 409
    assert any("1 job has the status" in reason for reason in refused["reasons"])
    assert list(api.delete(path, params={"replace_by": "On hld"}).errors) == ["replace_by"]
    assert api.delete(path, params={"replace_by": "on hold"}).status == 204
    assert api.get(f"/jobs/{job['id']}")["client_status"]["status"]["name"] == "On hold"
    assert api.get(f"/jobs/{archived['id']}")["client_status"]["status"]["name"] == "Waiting for documents"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"turn": "theirs"}, "turn"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"color": "octarine"}, "color"),
        ({"position": 1}, "position"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(api: Caller, body: Any, where: str) -> None:
    answer = api.post("/client-statuses", {**HOLD, **body})
    assert (answer.status, list(answer.errors)) == (422, [where])


def test_whose_turn_it_is_has_to_be_said(api: Caller) -> None:
    assert api.post("/client-statuses", {"name": "Vague"}).errors == {"turn": "is needed"}


def test_two_of_one_name_are_refused(api: Caller) -> None:
    api.post("/client-statuses", HOLD)
    assert list(api.post("/client-statuses", {**HOLD, "name": "AT REST"}).errors) == ["name"]


def test_translations_are_taken_answered_and_replaced_as_a_whole(api: Caller) -> None:  # P4
    german = {"de": {"name": "Ruht", "description": "Es geschieht nichts."}}
    made = api.post("/client-statuses", {**HOLD, "translations": german})
    assert (made.status, made["translations"]) == (201, german)
    path = f"/client-statuses/{made['id']}"
    assert api.patch(path, {"color": "blue"})["translations"] == german
    assert api.patch(path, {"translations": {"es": {"name": "En pausa"}}})["translations"] == {
        "es": {"name": "En pausa"}
    }
    assert api.get("/client-statuses")["results"][0]["translations"] == {"es": {"name": "En pausa"}}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"xx": {"name": "A"}}, "translations.xx"),
        ({"de": {"name": "x" * 101}}, "translations.de.name"),
        ({"de": {"colour": "blue"}}, "translations.de.colour"),
        ({"de": "A"}, "translations.de"),
        ("de", "translations"),
        (None, "translations"),
    ],
)
def test_translations_without_sense_are_refused_with_their_place(api: Caller, given: Any, where: str) -> None:
    answer = api.post("/client-statuses", {**HOLD, "translations": given})
    assert (answer.status, list(answer.errors)) == (422, [where])


def test_the_portal_answer_is_in_the_language_of_the_contact(api: Caller, add_job: Any) -> None:
    job = add_job()
    account, contact = job["account"]["id"], Contact.objects.get()
    Contact.objects.update(language="de")
    AccountContact.objects.update(login=True)
    texts = {"de": {"name": "Wartet auf Unterlagen"}}
    api.patch("/client-statuses/Waiting for documents", {"translations": texts})
    told = [
        api.get(f"/accounts/{account}/portal", **asked)["work_in_progress"][0]["status"]
        for asked in ({}, {"contact": contact.email})
    ]
    assert told == ["Waiting for documents", "Wartet auf Unterlagen"]
    assert api.get(f"/jobs/{job['id']}")["client_status"]["status"]["name"] == "Waiting for documents"
