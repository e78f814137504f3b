"""Reading and writing pipeline documents (F7): what is understood, and how mistakes are told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearstage import library
from clearstage.jobs.document import CARD_FIELDS, PipelineDocument, keys_of, read_document
from clearstage.jobs.kinds import all_kinds, later_kinds
from clearstage.jobs.schema import document_schema
from clearstage.jobs.writing import document_values, to_yaml
from clearstage.kernel.errors import Invalid

SMALL = "pipeline: Small\nstages:\n  - stage: Only\n"


def errors_of(source: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        read_document(source)
    return invalid.value.errors


def only_error(source: Any) -> tuple[str, str]:
    (error,) = errors_of(source)
    return error


def stage_with(text: str) -> str:
    """A document whose one stage has this below it."""
    return SMALL + "".join(f"    {line}\n" for line in text.splitlines())


def read(text: str) -> PipelineDocument:
    return read_document(text)[0]


# What is understood


def test_the_example_of_the_contract_is_read_as_it_is_meant() -> None:
    document = read("""
pipeline: Individual tax return
available_to: everyone
card_fields: [client_status, assignees, priority, due, tags]
options: {pass_through: false, reviewer_is_not_preparer: true}
client_statuses:
  - {name: In progress, turn: firm, description: We are preparing your return.}
stages:
  - stage: Documents
    automove: true
    time_limit: 30 days
    on_entry:
      - organizer: {template: 1040 questionnaire}
  - stage: Preparation
    when: {tags: {all: [foreign]}}
    on_entry:
      - client_status: {show: In progress, description: Our tax team has everything.}
      - task: {title: Prepare, assignees: ["role:preparer"], due: 10 days}
        when: {tags: {any: [returning], none: [new]}}
        key: prepare
        enabled: false
  - stage: Finished
statuses:
  - status: Needs extension
    color: orange
    restore_client_status: true
""")
    first, second, _last = document.stages
    assert (first.automove, first.time_limit, first.on_entry[0].kind) == (True, 30, "organizer")
    task = second.on_entry[1]
    assert task.settings == {"title": "Prepare", "assignees": ["role:preparer"], "due": "10 days"}
    assert (task.when, task.key, task.enabled) == (
        {"tags": {"any": ["returning"], "none": ["new"]}},
        "prepare",
        False,
    )
    assert document.options.reviewer_is_not_preparer
    assert document.statuses[0].restore_client_status


def test_json_text_and_json_values_are_read_like_yaml() -> None:
    values = document_values(read(library.documents()["us-1040"]))
    assert document_values(read(json.dumps(values))) == values
    assert document_values(read_document(values)[0]) == values
    assert read('{"pipeline": "\\ud83d\\ude00", "stages": [{"stage": "a"}]}').pipeline == "😀"


def test_dates_are_text_and_words_like_no_are_not_taken_for_names() -> None:
    document = read(
        stage_with("on_entry:\n  - update_job: {due: 2027-10-15}\n  - task: {title: x, checklist: [12:30]}")
    )
    assert document.stages[0].on_entry[0].settings == {"due": "2027-10-15"}
    assert document.stages[0].on_entry[1].settings["checklist"] == ["12:30"]
    where, message = only_error("pipeline: Small\nstages:\n  - stage: off\n")
    assert where == "line 3, column 5: stages[0].stage"
    assert message == "“off” is read as yes or no, not as text; put quotes around it"
    assert only_error("pipeline: 1040\nstages: [{stage: a}]")[1].startswith("“1040” is read as a number")


@pytest.mark.parametrize(("written", "days"), [("30 days", 30), ("1 day", 1), ("2 weeks", 14)])
def test_a_time_limit_is_days_or_weeks(written: str, days: int) -> None:
    assert read(stage_with(f"time_limit: {written}")).stages[0].time_limit == days


@pytest.mark.parametrize("written", ["30", "0 days", "2 months", "5 business days", "soon", "[1]"])
def test_any_other_time_limit_is_refused(written: str) -> None:
    assert (
        only_error(stage_with(f"time_limit: {written}"))[1]
        == "a time limit is written “30 days” or “2 weeks”"
    )


def test_what_is_left_empty_counts_as_not_written() -> None:
    stage = read(stage_with("on_entry:\ntime_limit:\nwhen:")).stages[0]
    assert (stage.on_entry, stage.time_limit, stage.when) == ([], None, None)


def test_keys_are_given_or_made_from_kind_and_position_and_never_the_same() -> None:
    document = read(
        stage_with("""
on_entry:
  - client_status: {hide: true}
  - task: {title: a}
  - {task: {title: b}, key: mine}
  - {task: {title: c}, key: task-5}
  - task: {title: d}
""")
    )
    assert keys_of(document.stages[0].on_entry) == ["client_status-1", "task-2", "mine", "task-5", "task-5-2"]


def test_kinds_of_a_later_version_are_kept_as_they_are_written() -> None:
    for kind in later_kinds():
        if kind not in all_kinds():
            document = read(stage_with(f"on_entry: [{kind}: {{template: T, whatever: [1, {{a: true}}]}}]"))
            assert document.stages[0].on_entry[0].settings == {"template": "T", "whatever": [1, {"a": True}]}


# How mistakes are told


def test_every_mistake_is_told_at_once_with_line_and_column() -> None:
    assert errors_of("""pipeline: Tax
stages:
  - stage: Documents
    automov: true
    on_entry:
      - task: {titel: x}
      - {task: {title: a}, email: {template: b}}
      - enabled: true
      - tsk: {title: x}
      - task: {title: x, due: soon}
        when: {tags: {al: [x]}}
    color: grean
""") == [
        ("line 4, column 5: stages[0].automov", "unknown key “automov”; did you mean “automove”?"),
        ("line 6, column 16: stages[0].on_entry[0].task.titel", "unknown key “titel”; did you mean “title”?"),
        (
            "line 7, column 9: stages[0].on_entry[1]",
            "an automation has one kind; “task”, “email” make entries of their own",
        ),
        (
            "line 8, column 9: stages[0].on_entry[2]",
            f"an automation names its kind; known are {', '.join(sorted({*all_kinds(), *later_kinds()}))}",
        ),
        (
            "line 9, column 9: stages[0].on_entry[3].tsk",
            "there is no kind of automation “tsk”; did you mean “task”?",
        ),
        (
            "line 10, column 26: stages[0].on_entry[4].task.due",
            "an offset is a number and “days”, “business days”, “weeks” or “months”",
        ),
        (
            "line 12, column 5: stages[0].color",
            "“grean” is none of the colors blue, azure, indigo, purple, pink, red, orange, yellow, lime, green, teal, "
            "cyan, gray",
        ),
    ]


def test_json_values_have_places_without_lines() -> None:
    source = {"pipeline": "x", "stages": [{"stage": "a", "when": {"any": [{"tags": {}}]}}]}
    assert only_error(source)[0] == "stages[0].when.any[0].tags"
    assert errors_of({"stages": []}) == [
        ("pipeline", "“pipeline” is missing"),
        ("stages", "at least 1 is needed"),
    ]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("", "", "the document is empty"),
        ("- 1", "line 1, column 1", "a pipeline document is a mapping that begins with “pipeline: NAME”"),
        ("pipeline: [", "line 1, column 12", "this is not YAML: "),
        ("a: &x [1]\nb: *x", "line 2, column 4", "anchors and aliases are not taken; write it out"),
        (
            "pipeline: a\npipeline: b",
            "line 2, column 1: pipeline",
            "“pipeline” stands here twice, first in line 1",
        ),
        ("pipeline: a\n? [x]\n: b", "line 2, column 3", "a key is a plain text"),
        ("pipeline: a\non: b", "line 2, column 1: on", "“on” is read as yes or no"),
        ("pipeline: !!python/object:os.system {}", "line 1, column 11", "YAML's tags such as “tag:yaml.org"),
        ("pipeline: a\n---\nb: 1", "line 2, column 1", "this is not YAML: "),
        ("pipeline: a\x00b", "line 1, column 12", "contains a NUL character"),
        ('pipeline: "\\0"\nstages: [{stage: a}]', "line 1, column 1: pipeline", "contains a NUL character"),
        (
            'pipeline: "\\ud800"\nstages: [{stage: a}]',
            "line 1, column 1: pipeline",
            "contains half of a character",
        ),
        ("pipeline: a\ud800", "line 1, column 12", "contains half of a character"),
        ('x: "\\UFFFFFFFF"', "", "this is not YAML: "),
        ("[" * 60, "line 1, column 41", "the document is nested too deeply"),
        ("pipeline: [" + "1, " * 20_000 + "]", "line 1, column ", "the document is too long"),
        ("pipeline: " + "x" * 1_000_000, "", "the document is too large"),
    ],
)
def test_texts_that_are_broken_or_cunning_are_refused_with_their_place(
    text: str, where: str, message: str
) -> None:
    told_where, told = only_error(text)
    assert told_where.startswith(where)
    assert told.startswith(message)


def test_values_that_are_broken_or_cunning_are_refused_too() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert only_error({"pipeline": deep})[1].startswith("the document is nested too deeply")
    assert only_error({"pipeline": [1] * 20_001})[1].startswith("the document is too long")
    assert only_error({"pipeline": "\ud800", "stages": [{"stage": "a"}]})[0] == "pipeline"
    answer = {"question": "q", "is": float("nan")}
    assert (
        only_error({"pipeline": "x", "stages": [{"stage": "a", "when": {"answer": answer}}]})[1]
        == "is not a number"
    )


@pytest.mark.parametrize(
    ("below", "where", "message"),
    [
        ("stages: [{stage: a}, {stage: A}]", "stages[1]", "“A” is there twice"),
        (
            "stages: [{stage: a}]\nstatuses: [{status: Completed}]",
            "statuses[0]",
            "every pipeline has the status",
        ),
        ("stages: [{stage: a, was: b}, {stage: c, was: [B]}]", "stages[1].was", "“B” is there twice"),
        ("stages: [{stage: a}]\ncard_fields: [due, due]", "card_fields[1]", "“due” is there twice"),
        ("stages: [{stage: a}]\ncard_fields: [dew]", "card_fields[0]", "“dew” is not one of account_number"),
        ("stages: [{stage: a}]\navailable_to: nobody", "available_to", "either “everyone” or a list"),
        ("stages: [{stage: a}]\navailable_to: [1]", "available_to[0]", "an e-mail address is needed"),
        (
            "stages: [{stage: a}]\noptions: {pass_through: maybe}",
            "options.pass_through",
            "true or false is needed",
        ),
        ("stages: []", "stages", "at least 1 is needed"),
        ('stages: [{stage: "a\\nb"}]', "stages[0].stage", "a name is one line"),
        ("stages: [{stage: " + "x" * 101 + "}]", "stages[0].stage", "is too long (at most 100 characters)"),
        ("stages: [{stage: ' '}]", "stages[0].stage", "must not be empty"),
        ("stages: [{stage: a, on_entry: [task]}]", "stages[0].on_entry[0]", "an automation is a mapping"),
        ("stages: [{stage: a, on_entry: [task: 5]}]", "stages[0].on_entry[0].task", "a mapping is needed"),
        (
            "stages: [{stage: a, on_entry: [{task: {title: x}, key: a b}]}]",
            "stages[0].on_entry[0].key",
            "only letters, digits",
        ),
        (
            "stages: [{stage: a, on_entry: [{task: {title: x}, key: k}, {task: {title: y}, key: k}]}]",
            "stages[0].on_entry[1].key",
            "“k” is there twice",
        ),
        (
            "stages: [{stage: a, when: {answer: {question: q, is: {tags: {a: 5}}}}}]",
            "stages[0].when.answer.is",
            "an answer is a text, a number, or true or false",
        ),
        ("stages: [" + "{stage: a}, " * 101 + "]", "stages", "is too long a list (at most 100)"),
    ],
)
def test_what_does_not_fit_together_is_refused(below: str, where: str, message: str) -> None:
    told_where, told = errors_of("pipeline: x\n" + below)[0]
    assert told_where.split(": ", 1)[1] == where
    assert told.startswith(message)


# Writing


@pytest.mark.parametrize("name", list(library.documents()))
def test_the_library_reads_and_its_export_reads_the_same(name: str) -> None:
    values = document_values(read(library.documents()[name]))
    assert document_values(read(to_yaml(values))) == values


def test_yaml_is_written_as_a_person_would() -> None:
    text = """pipeline: Kürbis & Söhne
available_to: everyone
card_fields: [client_status, due]
options: {pass_through: false, reviewer_is_not_preparer: false}
client_statuses:
  - {name: In progress, turn: firm, description: We are preparing your return.}
stages:
  - stage: Documents
    automove: true
    time_limit: 30 days
    on_entry:
      - client_status: {show: In progress}
      - task:
          title: Compare address, bank and dependants of [ACCOUNT_NAME] with last year
          description: |-
            First this,
            then that.
          due: 5 business days
        when: {tags: {all: [foreign]}}
        enabled: false
        key: compare
  - stage: Finished
statuses:
  - status: Needs extension
    restore_client_status: true
"""
    document = read(text)
    values = document_values(document)
    entries = [each.model_dump(exclude_defaults=True) for each in document.client_statuses]
    entries = [{"name": "In progress", "turn": "firm", **each} for each in entries]
    whole = {key: values[key] for key in list(values)[:4]} | {"client_statuses": entries} | values
    assert to_yaml(whole) == text


NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(lambda text: text.isprintable() and text.strip())
LONG = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200)


@given(
    names=st.lists(NAMES, min_size=1, max_size=5, unique_by=lambda name: name.strip().casefold()), text=LONG
)
def test_whatever_the_texts_are_nothing_is_lost_on_the_way_through_yaml(names: list[str], text: str) -> None:
    task = {"title": names[0], "description": text, "checklist": names}
    stages = [{"stage": name, "on_entry": [{"task": task}]} for name in names]
    values = document_values(read_document({"pipeline": "x", "description": text, "stages": stages})[0])
    assert document_values(read(to_yaml(values))) == values


def test_the_schema_knows_every_key_card_field_and_kind() -> None:
    schema = document_schema()
    assert set(schema["properties"]) == set(PipelineDocument.model_fields)
    assert schema["properties"]["card_fields"]["items"]["enum"] == list(CARD_FIELDS)
    automation = schema["$defs"]["AutomationDocument"]
    assert set(automation["properties"]) == {*all_kinds(), *later_kinds(), "when", "enabled", "key"}
    assert not automation["additionalProperties"]
    references = json.dumps(schema).split('"$ref": "#/$defs/')[1:]
    assert {each.split('"')[0] for each in references} <= set(schema["$defs"])
