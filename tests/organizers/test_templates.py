"""What an organizer template may hold, and that its mistakes are told with their places."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Tag
from clearstage.clients.operations.tags import delete_tag, edit_tag
from clearstage.clients.queries import tag_named
from clearstage.jobs.models import Template
from clearstage.jobs.operations.templates import create_template, delete_template
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused

from .conftest import BODY

pytestmark = pytest.mark.django_db


def after(first: dict[str, Any], **condition: Any) -> dict[str, Any]:
    """A question, and one that is shown on a condition of it."""
    return {"questions": [first, question(text="B", shown_if={"question": "a_question", **condition})]}


def question(**more: Any) -> dict[str, Any]:
    return {"text": "A question?", "type": "short_text", **more}


def kept(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    return create_template(actor, "organizer", "A template", body).body


def test_keys_are_made_from_the_texts_and_stay(template: Template) -> None:
    keys = [each["key"] for section in template.body["sections"] for each in section["questions"]]
    assert keys == [
        "what_is_your_job", "moved", "when_did_you_move", "we_keep_this_to_ourselves", "income_from_abroad",
        "countries", "how_much",
    ]  # fmt: skip
    shown_if = template.body["sections"][1]["questions"][2]["shown_if"]
    assert shown_if == {"question": "income_from_abroad", "is": "yes"}


def test_a_kept_body_is_kept_the_same_again(template: Template, owner_actor: Actor) -> None:
    assert kept(owner_actor, template.body) == template.body


def test_questions_without_sections_are_one_section(owner_actor: Actor) -> None:
    body = kept(owner_actor, {"questions": [question()]})
    assert body == {"sections": [{"questions": [{**question(), "key": "a_question"}]}]}


def test_tags_are_made_where_they_are_missing(template: Template) -> None:
    assert Tag.objects.filter(name="foreign").count() == 1


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body"),
        ({"questions": [question()], "sections": [{"questions": [question()]}]}, "body"),
        ({"sections": [{"title": "Empty", "questions": []}]}, "body.sections[0].questions"),
        ({"questions": [question(), question()]}, "body.questions[1].key"),
        ({"questions": [question(key="a"), question(key="A", text="B")]}, "body.questions[1].key"),
        ({"questions": [question(key="no blanks")]}, "body.questions[0].key"),
        ({"questions": [question(type="essay")]}, "body.questions[0].type"),
        ({"questions": [question(type="one_of")]}, "body.questions[0].options"),
        ({"questions": [question(options=["a"])]}, "body.questions[0].options"),
        ({"questions": [question(type="one_of", options=["a", "A"])]}, "body.questions[0].options"),
        ({"questions": [question(type="one_of", options=list(map(str, range(101))))]}, "body.questions[0].options"),
        ({"questions": [question(type="explanation", required=True)]}, "body.questions[0].type"),
        (
            {"questions": [question(shown_if={"question": "A question?", "is": "x"})]},
            "body.questions[0].shown_if.question",
        ),
        (
            {"questions": [question(), question(text="B", shown_if={"question": "C", "is": "x"}), question(text="C")]},
            "body.questions[1].shown_if.question",
        ),
        (
            after(question(type="yes_no"), **{"is": "maybe"}),
            "body.questions[1].shown_if.is",
        ),
        (
            after(question(), answered=True, **{"is": "x"}),
            "body.questions[1].shown_if",
        ),
        (
            {"questions": [question(type="one_of", options=["a"], tags=[{"when": "b", "add": ["t"]}])]},
            "body.questions[0].tags[0].when",
        ),
        ({"questions": [question(tags=[{"when": "any"}])]}, "body.questions[0].tags[0]"),
        ({"questions": [question(tags=[{"when": "a", "add": ["t"], "remove": ["T"]}])]}, "body.questions[0].tags[0]"),
        ({"questions": [question(colour="red")]}, "body.questions[0].colour"),
        ({"questions": [question(text="\x00")]}, "body.questions[0].text"),
        ({"questions": [question(text=f"{number}") for number in range(301)]}, "body.questions"),
        ({"sections": [{"questions": [question(text=f"{number}")]} for number in range(51)]}, "body.sections"),
        ({"questions": [question()], "due": "someday"}, "body.due"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_places(owner_actor: Actor, body: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as invalid:
        kept(owner_actor, body)
    assert where in [each for each, _message in invalid.value.errors]
    assert not Template.objects.exists()


def test_templates_follow_the_names_of_tags(template: Template, owner_actor: Actor) -> None:
    edit_tag(owner_actor, tag_named("foreign").pk, {"name": "abroad"})
    template.refresh_from_db()
    rules = template.body["sections"][1]["questions"][1]["tags"]
    assert rules == [{"when": True, "add": ["abroad"]}, {"when": False, "remove": ["abroad"]}]


def test_a_tag_that_a_template_names_is_not_deleted(template: Template, owner_actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        delete_tag(owner_actor, tag_named("foreign").pk)
    assert refused.value.extra["places"] == ["organizer template “1040”"]


def test_a_template_that_a_pipeline_uses_is_not_deleted(
    returns: Any, template: Template, owner_actor: Actor
) -> None:
    with pytest.raises(Refused) as refused:
        delete_template(owner_actor, template.pk)
    assert refused.value.extra["places"] == ["Returns · Documents"]


REMINDING = """
pipeline: Reminding
stages:
  - stage: Documents
    on_entry:
      - organizer: {template: TEMPLATE, reminders: {then_status: No answer}}
  - stage: Finished
"""


def test_check_finds_statuses_that_the_pipeline_does_not_have(template: Template, save: Any) -> None:  # F4
    saved = save(REMINDING.replace("TEMPLATE", "'1040'"))
    [finding] = [each for each in saved.findings if each.severity == "error"]
    assert (finding.code, finding.where) == (
        "unknown-status", "stages[0].on_entry[0].organizer.reminders.then_status",
    )  # fmt: skip
    missing = save(REMINDING.replace("TEMPLATE", "Other"))
    assert "unknown-template" in [each.code for each in missing.findings]


def test_check_looks_into_the_template_as_well(owner_actor: Actor, save: Any) -> None:  # F4
    body = {**BODY, "reminders": {"then_status": "No answer"}}
    create_template(owner_actor, "organizer", "Remind", body)
    text = REMINDING.replace("TEMPLATE, reminders: {then_status: No answer}", "Remind")
    [finding] = [each for each in save(text).findings if each.severity == "error"]
    assert (finding.code, finding.where) == ("unknown-status", "stages[0].on_entry[0].organizer.template")
