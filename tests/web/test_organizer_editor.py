"""The questionnaire editor: a plain form, used without a script; its buttons change the draft, saving keeps it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.jobs.models import Template
from tests.organizers.conftest import template
from tests.web.plain_forms import PlainForm

__all__ = ["template"]
pytestmark = pytest.mark.django_db


class Editor:
    """The editor's page: what is typed stays from button to button, as in a browser."""

    def __init__(self, web: Client, row: Template | None = None) -> None:
        self.web = web
        self.address = (
            reverse("template-edit", args=[row.pk]) if row else reverse("template-new", args=["organizer"])
        )
        self.answer = web.get(self.address)
        self.form = PlainForm(web, self.answer, "template", self.address)

    def fill(self, **values: str) -> Editor:
        for name, value in values.items():
            self.form.fill(name.replace("_", "-"), value)
        return self

    def press(self, button: str) -> Any:
        self.answer = self.form.press(button)
        if self.answer.status_code in (200, 422):
            self.form = PlainForm(self.web, self.answer, "template", self.address)
        return self.answer

    @property
    def text(self) -> str:
        return str(self.answer.content.decode())


def texts(row: Template) -> list[list[str]]:
    row.refresh_from_db()
    return [[each["text"] for each in section["questions"]] for section in row.body["sections"]]


def test_a_questionnaire_is_made_by_form_alone(web: Client) -> None:
    editor = Editor(web).fill(
        name="Yearly", s0_title="About you", s0_q0_text="Did you move?", s0_q0_type="yes_no"
    )
    editor.press("add-question:0")
    editor.fill(s0_q1_text="When?", s0_q1_type="date", s0_q1_if="s0-q0").press("refresh")
    editor.fill(s0_q1_value="yes", s0_q1_how="is").press("add-section")
    editor.fill(s1_q0_text="Income from abroad?", s1_q0_type="one_of").press("refresh")
    editor.fill(s1_q0_options="Some\nNone\n").press("add-rule:1.0")
    editor.fill(s1_q0_r0_when="Some", s1_q0_r0_add="foreign, travels")
    assert editor.press("save").status_code == 302
    body = Template.objects.get(kind="organizer").body
    assert body == {
        "sections": [
            {
                "title": "About you",
                "questions": [
                    {"text": "Did you move?", "type": "yes_no", "key": "did_you_move"},
                    {
                        "text": "When?", "type": "date", "key": "when",
                        "shown_if": {"question": "did_you_move", "is": "yes"},
                    },
                ],
            },
            {
                "questions": [
                    {
                        "text": "Income from abroad?", "type": "one_of", "key": "income_from_abroad",
                        "options": ["Some", "None"], "tags": [{"when": "Some", "add": ["foreign", "travels"]}],
                    }
                ]
            },
        ]
    }  # fmt: skip


def test_saving_what_was_not_touched_changes_nothing(web: Client, template: Template) -> None:
    assert Editor(web, template).press("save").status_code == 302
    before = Template.objects.get(pk=template.pk).body
    assert (before["sections"][0], before["due"], before["title"]) == (
        {**template.body["sections"][0], "questions": before["sections"][0]["questions"]},
        "10 days",
        "1040 for [LAST_YEAR]",
    )
    assert Editor(web, template).press("save").status_code == 302
    assert Template.objects.get(pk=template.pk).body == before


def test_questions_and_sections_are_moved_and_removed(web: Client, template: Template) -> None:
    editor = Editor(web, template)
    editor.press("down-question:0.2")  # past the edge of its section
    editor.press("up-question:1.1")
    editor.press("drop-question:0.0")
    assert texts(template)[0][0] == "What is your job?"  # nothing is saved before it is saved
    editor.press("save")
    assert [each[:2] for each in texts(template)] == [
        ["Did you move in [LAST_YEAR]?"],
        ["We keep this to ourselves.", "When did you move?"],
    ]
    editor = Editor(web, template)
    editor.press("drop-section:0")
    editor.press("save")
    template.refresh_from_db()
    kept = template.body["sections"][0]["questions"]
    assert [each.get("shown_if") for each in kept if each["key"] == "when_did_you_move"] == [None]


def test_a_condition_follows_its_question_and_keys_stay(web: Client, template: Template) -> None:
    editor = Editor(web, template).fill(s0_q1_text="Have you moved house?")
    editor.press("up-question:0.1")
    editor.press("save")
    template.refresh_from_db()
    first, second, third = template.body["sections"][0]["questions"]
    assert (first["text"], first["key"], second["key"]) == (
        "Have you moved house?",
        "moved",
        "what_is_your_job",
    )
    assert third["shown_if"]["question"] == "moved"


def test_two_questions_in_the_same_words_get_keys_of_their_own(web: Client) -> None:
    editor = Editor(web).fill(name="Twice", s0_q0_text="Date of birth")
    editor.press("add-question:0")
    editor.fill(s0_q1_text="Date of birth").press("save")
    keys = [each["key"] for each in Template.objects.get().body["sections"][0]["questions"]]
    assert keys == ["date_of_birth", "date_of_birth_2"]


def test_mistakes_are_marked_where_they_are_and_nothing_is_lost(web: Client, template: Template) -> None:
    editor = Editor(web, template)
    editor.press("up-question:0.2")
    editor.press("up-question:0.1")
    assert editor.fill(s1_q2_text="").press("save").status_code == 422
    assert "Must not be empty" in editor.text
    assert editor.fill(s1_q2_text="Countries?").press("save").status_code == 422
    assert "is no earlier question" in editor.text
    assert texts(template)[0][0] == "What is your job?"


def test_what_the_client_finds_is_shown_filled(web: Client, template: Template) -> None:
    editor = Editor(web, template)
    editor.fill(set_intro="Hello [CONTACT_FIRST_NAME], <b>welcome</b>").press("refresh")
    assert "Hello Ada, &lt;b&gt;welcome&lt;/b&gt;" in editor.text
    assert "only shown on its condition" in editor.text
    editor.fill(set_intro="[NOTHING_KNOWN]").press("refresh")
    assert "[NOTHING_KNOWN] stands for nothing" in editor.text


@pytest.mark.parametrize(
    "button",
    [
        "drop-question:9.9",
        "up-section:",
        "drop-rule:0.0.0",
        "add-question:x",
        "burn:1",
        "add-rule:99999999999",
        "",
    ],
)
def test_buttons_that_are_not_there_do_nothing(web: Client, template: Template, button: str) -> None:
    editor = Editor(web, template)
    answer = web.post(editor.address, {**dict(editor.form.fields), "do": button})
    assert answer.status_code == 200
    assert texts(template)[0][0] == "What is your job?"


@pytest.mark.parametrize(
    "fields",
    [
        {"sections": "99999"},
        {"sections": "1", "s0-questions": "99999"},
        {"sections": "1", "s0-questions": "1", "s0-q0-text": "a\x00b", "s0-q0-type": "yes_no"},
        {"sections": "1", "s0-questions": "1", "s0-q0-text": "a", "s0-q0-type": "essay"},
        {"sections": "1", "s0-questions": "1", "s0-q0-text": "a", "s0-q0-type": "yes_no", "s0-q0-key": "<b>"},
        {"sections": "-1"},
        {},
    ],
)
def test_hostile_forms_are_refused(web: Client, fields: dict[str, str]) -> None:
    answer = web.post("/templates/new/organizer/", {"name": "Bad", "do": "save", **fields})
    assert answer.status_code == 422
    assert not Template.objects.exists()


def test_without_the_right_there_is_no_editor(signed_in: Any, employee: Any, template: Template) -> None:
    member = signed_in(employee)
    for address in ("/templates/new/organizer/", reverse("template-edit", args=[template.pk])):
        assert member.get(address).status_code == 403
        assert member.post(address, {"do": "save"}).status_code == 403
