"""Pipelines: documents in and out, boards, trying out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.jobs.models import ClientStatus, Pipeline
from tests.jobs.conftest import TAX

from .caller import Caller
from .conftest import YAML, put

LAST_UNTRUE = TAX.replace("  - stage: Finished", "  - stage: Finished\n    when: {tags: {all: [foreign]}}")


def put_yaml(api: Caller, text: str, **how: Any) -> Any:
    return api.put("/pipelines", raw=text.encode(), content_type=YAML, **how)


@pytest.mark.parametrize(
    "content_type", ["application/yaml", "text/yaml", "application/x-yaml; charset=utf-8"]
)
def test_a_document_makes_a_pipeline(api: Caller, content_type: str) -> None:
    saved = api.put("/pipelines", raw=TAX.encode(), content_type=content_type)
    assert (saved.status, saved["created"], saved["revision"]) == (200, True, 1)
    assert saved["pipeline"]["name"] == "Tax return"
    assert saved["changes"]
    assert all(finding["line"] for finding in saved["findings"])


def test_the_same_as_json(api: Caller, tax: Any) -> None:
    saved = api.put("/pipelines", yaml.safe_load(TAX))
    assert (saved.status, saved["created"], saved["revision"], saved["changes"]) == (200, False, 1, [])


def test_the_export_is_the_same_again(api: Caller, tax: Any) -> None:  # F7
    values = api.get(f"/pipelines/{tax['id']}/document").json
    text = api.send("GET", f"/pipelines/{tax['id']}/document", Accept="application/yaml")
    assert text.type == YAML
    assert yaml.safe_load(text.content) == values
    for saved in (put_yaml(api, text.content.decode()), api.put("/pipelines", values)):
        assert (saved["revision"], saved["changes"]) == (1, [])


def test_a_preview_saves_nothing(api: Caller, tax: Any) -> None:
    new = put_yaml(api, TAX.replace("pipeline: Tax return", "pipeline: Another"), params={"preview": "true"})
    assert (new["created"], new["pipeline"]["id"], new["revision"]) == (True, None, 0)
    changed = put_yaml(api, TAX.replace("stage: Finished", "stage: Delivered"), params={"preview": "true"})
    assert (changed["created"], changed["revision"], len(changed["changes"]) > 0) == (False, 1, True)
    assert Pipeline.objects.count() == 1
    assert api.get(f"/pipelines/{tax['id']}")["revision"] == 1


def test_only_the_revision_that_was_seen_is_replaced(api: Caller, tax: Any) -> None:  # M13
    changed = TAX.replace("stage: Finished", "stage: Delivered\n    was: Finished")
    assert put_yaml(api, changed, if_match='"7"').status == 412
    assert put_yaml(api, changed, if_match="one").status == 400
    assert put_yaml(api, changed, if_match='"1"')["revision"] == 2
    assert put_yaml(api, TAX, if_match='"1"').status == 412


def test_what_breaks_a_rule_is_refused_with_its_place(api: Caller) -> None:  # A4
    answer = put_yaml(api, LAST_UNTRUE)
    assert answer.status == 409
    condition = "    when: {tags: {all: [foreign]}}"
    line = max(number for number, text in enumerate(LAST_UNTRUE.splitlines(), 1) if text == condition)
    blocking = [finding for finding in answer["findings"] if finding["blocks"]]
    assert [(each["code"], each["line"]) for each in blocking] == [("condition-on-first-or-last", line)]
    assert blocking[0]["column"] == 5
    assert not Pipeline.objects.exists()
    assert not ClientStatus.objects.exists()


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("pipeline: A\nstages:\n  - {stage: One}\n  - {stage: one}\n", "line 4, column 5", "twice"),
        ("pipeline: A\nstages: []\n", "line 2, column 1", "at least 1"),
        ("pipeline: A\nstages:\n  - stage: One\n    automoves: true\n", "line 4, column 5", ""),
        ("pipeline: A\npipeline: B\nstages: [{stage: One}]\n", "line 2, column 1", "twice"),
        ("pipeline: A\nstages: [{stage: One, automove: maybe}]\n", "line 2", "true or false"),
        ("pipeline: A\nstages: [{stage: One, on_entry: [{taks: {title: T}}]}]\n", "line 2", "task"),
        ("pipeline: [\n", "line 2", "not YAML"),
        ("a: &a [*a]\n", "line 1", "anchors"),
        ('pipeline: "\\x00"\nstages: [{stage: One}]\n', "", "NUL"),
        ("pipeline: !!python/object:os.system A\n", "line 1", "tags"),
        ("\n", "", "empty"),
        ("- a\n", "line 1", "mapping"),
    ],
)
def test_a_contradictory_document_is_refused_with_line_and_column(
    api: Caller, text: str, where: str, words: str
) -> None:
    answer = put_yaml(api, text)
    assert answer.status == 422, answer
    assert any(where in place and words in message for place, message in answer.errors.items()), answer.errors
    assert not Pipeline.objects.exists()


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"\xff\xfe", YAML, 400),
        (b'{"pipeline": "A", "pipeline": "B"}', "application/json", 400),
        (b'{"pipeline": NaN}', "application/json", 400),
        (b'{"pipeline": "\\ud800"}', "application/json", 422),
        (b'{"pipeline": "A", "stages": 1180591620717411303424}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"pipeline: A\n" + b"#" * 5_000_000, YAML, 413),
        (b"pipeline: A\n" + b"#" * 1_500_000, YAML, 422),
        (b"[" * 200 + b"]" * 200, YAML, 422),
        (
            json.dumps({"pipeline": "A", "stages": [{"stage": f"S{n}"} for n in range(101)]}).encode(),
            "application/json",
            422,
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    api: Caller, raw: bytes, content_type: str, status: int
) -> None:
    assert api.put("/pipelines", raw=raw, content_type=content_type).status == status
    assert not Pipeline.objects.exists()


def test_a_stage_with_jobs_needs_a_place_for_them(api: Caller, tax: Any, add_job: Any) -> None:  # A1
    add_job()
    answer = put_yaml(api, TAX.replace("stage: Documents", "stage: Papers"))
    assert answer.status == 409
    assert any("Documents" in reason for reason in answer["reasons"])
    assert put_yaml(api, TAX.replace("stage: Documents", "stage: Papers\n    was: Documents")).status == 200


def test_a_pipeline_is_read_in_full(api: Caller, tax: Any) -> None:
    assert [stage["name"] for stage in tax["stages"]] == [
        "Documents",
        "Foreign income",
        "Preparation",
        "Finished",
    ]
    foreign = tax["stages"][1]
    assert (foreign["automove"], foreign["condition"]["when"]) == (True, {"tags": {"all": ["foreign"]}})
    assert foreign["condition"]["says"] == "needs the tag foreign"
    keys = [automation["key"] for automation in tax["stages"][2]["automations"]]
    assert keys == ["client_status-1", "task-2", "tags-3", "email-4", "assignees-5"]
    assert tax["statuses"][0]["restore_client_status"] is True
    assert tax["available_to"] == "everyone"
    assert api.get("/pipelines/tax RETURN").json == tax
    [listed] = api.all("/pipelines")
    assert [stage["id"] for stage in listed["stages"]] == [stage["id"] for stage in tax["stages"]]


def test_pages_of_pipelines(api: Caller, tax: Any) -> None:
    for number in range(3):
        put(api, f"pipeline: P{number}\nstages: [{{stage: One}}]\n")
    assert [row["name"] for row in api.all("/pipelines", limit=2)] == ["Tax return", "P0", "P1", "P2"]


def test_revisions_tell_who_changed_what(api: Caller, tax: Any) -> None:  # A9
    put_yaml(api, TAX.replace("automove: true", "automove: false", 1))
    latest, first = api.all(f"/pipelines/{tax['id']}/revisions", limit=1)
    assert (latest["number"], first["number"], latest["author"]) == (2, 1, "Olga Owner")
    assert latest["changes"]


def test_the_schema_is_open_to_everybody(nobody: Caller) -> None:
    schema = nobody.get("/schemas/pipeline.json")
    assert (schema.status, "stages" in schema["properties"]) == (200, True)


# The board


def test_the_board_has_a_column_for_each_stage(
    api: Caller, tax: Any, add_job: Any, make_account: Any
) -> None:  # B1
    job = add_job(name="Return", priority="high")
    add_job(make_account("Bauer", tags=["vip"]))
    board = api.get(f"/pipelines/{tax['id']}/board")
    assert [(column["stage"]["name"], column["count"]) for column in board["columns"]] == [
        ("Documents", 2), ("Foreign income", 0), ("Preparation", 0), ("Finished", 0)
    ]  # fmt: skip
    card = next(card for card in board["columns"][0]["cards"] if card["id"] == job["id"])
    assert (card["open_blockers"], card["priority"], card["days_in_stage"]) == (1, "high", 0)
    narrowed = api.get(f"/pipelines/{tax['id']}/board", tag="vip", q="bau")
    assert narrowed["columns"][0]["count"] == 1
    assert api.get(f"/pipelines/{tax['id']}/board", overdue=True)["columns"][0]["count"] == 0
    assert api.get(f"/pipelines/{tax['id']}/board", status="needs extension")["columns"][0]["count"] == 0


@pytest.mark.parametrize("name", ["tag", "assignee", "status"])
def test_a_board_narrowed_to_nothing_that_is_there_is_refused(api: Caller, tax: Any, name: str) -> None:
    assert list(api.get(f"/pipelines/{tax['id']}/board", **{name: "Nothing"}).errors) == [name]


def test_a_board_costs_the_same_however_full_it_is(api: Caller, tax: Any, add_job: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get(f"/pipelines/{tax['id']}/board")
        return len(captured)

    add_job()
    one = queries()
    for _ in range(4):
        add_job()
    assert queries() == one


# Trying out


def test_an_imaginary_client_walks_through(api: Caller, tax: Any) -> None:  # F5
    walk = api.post(f"/pipelines/{tax['id']}/try", {"tags": ["foreign"], "answers": {}})
    assert walk.status == 200
    assert [(stop["stage"], stop["entered"]) for stop in walk["stages"]] == [
        ("Documents", True), ("Foreign income", True), ("Preparation", True), ("Finished", True)
    ]  # fmt: skip
    assert walk["end"]["reached"] is True
    plain = api.post(f"/pipelines/{tax['id']}/try", {})
    assert (plain["stages"][1]["entered"], plain["stages"][1]["reason"]) == (False, "needs the tag foreign")
    assert api.all("/jobs") == []


@pytest.mark.parametrize(
    "body",
    [
        {"tags": "foreign"},
        {"tags": [""]},
        {"answers": []},
        {"account_kind": "charity"},
        {"tag": []},
        {"priority": 1},
    ],
)
def test_an_imaginary_client_without_sense_is_refused(api: Caller, tax: Any, body: Any) -> None:
    assert api.post(f"/pipelines/{tax['id']}/try", body).status == 422
