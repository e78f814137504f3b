"""Templates: T2, T4."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.jobs.models import Template

from .caller import Caller
from .conftest import put

LETTER = {
    "kind": "email",
    "name": "Welcome",
    "body": {"subject": "Hello [CONTACT_NAME]", "text": "Dear [CONTCT_NAME]"},
}
USING = """
pipeline: Onboarding
stages:
  - stage: Greet
    on_entry: [{email: {template: Welcome}}]
"""


def test_a_template_is_made_read_changed_and_deleted(api: Caller) -> None:
    made = api.post("/templates", LETTER)
    assert (made.status, made["unknown_shortcodes"]) == (201, ["CONTCT_NAME"])
    path = f"/templates/{made['id']}"
    assert api.get(path).json == made.json
    body = {**LETTER["body"], "text": "Dear [CONTACT_NAME]"}  # type: ignore[dict-item]
    changed = api.patch(path, {"body": body})
    assert (changed["name"], changed["body"], changed["unknown_shortcodes"]) == ("Welcome", body, [])
    assert api.all("/templates") == [changed.json]
    assert api.delete(path).status == 204
    assert api.get(path).status == 404


def test_of_one_kind(api: Caller) -> None:
    api.post("/templates", LETTER)
    api.post("/templates", {"kind": "job", "name": "Monthly", "body": {"priority": "low"}})
    assert [row["name"] for row in api.all("/templates", kind="job")] == ["Monthly"]


def test_pipelines_follow_a_new_name_and_hold_on_to_it(api: Caller) -> None:
    made = api.post("/templates", LETTER)
    pipeline = put(api, USING)
    api.patch(f"/templates/{made['id']}", {"name": "Hello"})
    document = api.get(f"/pipelines/{pipeline['id']}/document")
    assert document["stages"][0]["on_entry"] == [{"email": {"template": "Hello"}}]
    refused = api.delete(f"/templates/{made['id']}")
    assert (refused.status, refused["places"]) == (409, ["Onboarding · Greet"])
    assert api.delete(f"/templates/{made['id']}", params={"even_if_used": "true"}).status == 204


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"kind": "poem"}, "kind"),
        ({"kind": "proposal"}, "kind"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"body": []}, "body"),
        ({"body": {}}, "body"),
        ({"body": {**LETTER["body"], "txt": "x"}}, "body.txt"),  # type: ignore[dict-item]
        ({"body": {"subject": 5, "text": "x"}}, "body.subject"),
        ({"title": "x"}, "title"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(api: Caller, body: Any, where: str) -> None:
    answer = api.post("/templates", {**LETTER, **body})
    assert answer.status == 422, answer
    assert any(place.startswith(where) for place in answer.errors), answer
    assert not Template.objects.exists()


def test_translations_are_taken_answered_and_replaced_as_a_whole(api: Caller) -> None:  # P4
    german = {"de": {"Hello [CONTACT_NAME]": "Guten Tag [CNTACT_NAME]"}}
    made = api.post("/templates", {**LETTER, "translations": german})
    assert (made.status, made["translations"]) == (201, german)
    assert made["unknown_shortcodes"] == ["CONTCT_NAME", "CNTACT_NAME"]
    path = f"/templates/{made['id']}"
    assert api.patch(path, {"name": "Hello"})["translations"] == german
    spanish = {"es": {"Hello [CONTACT_NAME]": "Hola", "No longer there": "Ya no"}}
    assert api.patch(path, {"translations": spanish})["translations"] == spanish
    assert api.get(path)["translations"] == spanish
    assert api.patch(path, {"translations": {}})["translations"] == {}


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"xx": {"a": "b"}}, "translations.xx"),
        ({"en": {"a": "b"}}, "translations.en"),
        ({"de": {"a": 5}}, "translations.de.a"),
        ({"de": {"a": "x" * 20_001}}, "translations.de.a"),
        ({"de": None}, "translations.de"),
        (["de"], "translations"),
    ],
)
def test_translations_without_sense_are_refused_with_their_place(api: Caller, given: Any, where: str) -> None:
    made = api.post("/templates", LETTER)
    for answer in (
        api.post("/templates", {**LETTER, "name": "Other", "translations": given}),
        api.patch(f"/templates/{made['id']}", {"translations": given}),
    ):
        assert (answer.status, list(answer.errors)) == (422, [where])


def test_what_no_client_reads_is_not_translated(api: Caller) -> None:
    task = {
        "kind": "task",
        "name": "Call",
        "body": {"title": "Call"},
        "translations": {"de": {"Call": "Anruf"}},
    }
    assert list(api.post("/templates", task).errors) == ["translations"]
