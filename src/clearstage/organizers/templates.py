"""What an organizer template holds: sections of questions, with what they are shown for and which tags they change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _t
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from clearstage.engine.conditions import answer_key, tag_key
from clearstage.jobs.kinds import Line, Ref, Settings, TagName, Text, WhenText
from clearstage.messaging.reminder_plan import ReminderPlan

from .content import ANY, CHOICES, Question, read_content
from .values import BadAnswer, checked

MOST_SECTIONS, MOST_QUESTIONS, MOST_OPTIONS, LONGEST_KEY = 50, 300, 100, 60
Path = tuple[str | int, ...]


def _plain(value: Any) -> Any:
    """Numbers are compared as exact texts; what is no single value is left to be refused."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Given = Annotated[
    bool | Annotated[str, StringConstraints(min_length=1, max_length=500)], BeforeValidator(_plain)
]
Key = Annotated[str, StringConstraints(pattern=r"^[\w.\-]+$", max_length=LONGEST_KEY)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000), Ref("text")]
Heading = Annotated[str, StringConstraints(max_length=300), Ref("text")]
Type = Literal[
    "short_text",
    "long_text",
    "number",
    "money",
    "date",
    "yes_no",
    "one_of",
    "several_of",
    "file",
    "explanation",
]


class ShownIfBody(Settings):
    """The question, by key or text, and what has to be answered to it: `is`, one of `any_of`, or anything."""

    model_config = ConfigDict(serialize_by_alias=True)

    question: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    is_: Annotated[Given | None, Field(alias="is")] = None
    any_of: Annotated[list[Given], Field(max_length=MOST_OPTIONS)] = []
    answered: bool | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ShownIfBody:
        if (self.is_ is not None) + bool(self.any_of) + (self.answered is not None) != 1:
            raise ValueError("name one of “is”, “any_of” and “answered”")
        return self

    @property
    def expected(self) -> list[tuple[Path, Any]]:
        if self.is_ is not None:
            return [(("is",), self.is_)]
        return [(("any_of", place), each) for place, each in enumerate(self.any_of)]


class TagRuleBody(Settings):
    when: Annotated[Given, Field(description="The answer, or “any” for whatever was answered")]
    add: list[TagName] = []
    remove: list[TagName] = []

    @model_validator(mode="after")
    def _something_to_do(self) -> TagRuleBody:
        if not (self.add or self.remove):
            raise ValueError("name tags to add or remove")
        if {tag_key(name) for name in self.add} & {tag_key(name) for name in self.remove}:
            raise ValueError("a tag cannot be both added and removed")
        return self


class QuestionBody(Settings):
    text: Annotated[Words, Field(description="The question, or what is explained")]
    type: Type
    key: Annotated[
        Key | None, Field(description="Its lasting name; made from the text where it is left out")
    ] = None
    required: bool = False
    help: Annotated[Text, Field(description="Stands below the question")] = ""
    options: Annotated[list[Line], Field(max_length=MOST_OPTIONS)] = []
    shown_if: ShownIfBody | None = None
    tags: Annotated[list[TagRuleBody], Field(max_length=MOST_OPTIONS)] = []

    @property
    def name(self) -> str:
        return self.key or key_of(self.text)


class SectionBody(Settings):
    title: Heading = ""
    help: Text = ""
    questions: Annotated[list[QuestionBody], Field(min_length=1, max_length=MOST_QUESTIONS)]


class OrganizerTemplate(Settings):
    """`questions` without sections are one section without a name; kept are sections alone."""

    title: Annotated[
        Line | None,
        Field(description="What the client reads above it; the template's name where it is empty"),
    ] = None
    intro: Annotated[Text, Field(description="What the client reads first")] = ""
    due: Annotated[WhenText | None, Field(description="A date, or counted from the sending: 10 days")] = None
    reminders: ReminderPlan | None = None
    sections: Annotated[list[SectionBody], Field(max_length=MOST_SECTIONS)] = []
    questions: Annotated[list[QuestionBody], Field(max_length=MOST_QUESTIONS)] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> OrganizerTemplate:
        if bool(self.sections) == bool(self.questions):
            raise ValueError("an organizer has questions, in sections or alone")
        if sum(len(each.questions) for each in self.sections) > MOST_QUESTIONS:
            raise ValueError(f"an organizer has at most {MOST_QUESTIONS} questions")
        mistakes = list(_mistakes(self))
        if mistakes:
            raise ValidationError.from_exception_data(
                "organizer", [_line(path, message) for path, message in mistakes]
            )
        return self

    def placed(self) -> Iterator[tuple[Path, QuestionBody]]:
        """Every question with its place."""
        yield from ((("questions", place), each) for place, each in enumerate(self.questions))
        for number, section in enumerate(self.sections):
            for place, each in enumerate(section.questions):
                yield ("sections", number, "questions", place), each

    def stored(self) -> dict[str, Any]:
        """With every question in a section, under its key, and naming others by theirs."""
        kept = super().stored()
        if alone := kept.pop("questions", None):
            kept["sections"] = [{"questions": alone}]
        keys: dict[str, str] = {}
        bodies = [body for _path, body in self.placed()]
        for question, body in zip(
            (each for section in kept["sections"] for each in section["questions"]), bodies, strict=True
        ):
            question["key"] = body.name
            if body.shown_if is not None:
                question["shown_if"]["question"] = keys[answer_key(body.shown_if.question)]
            keys |= {answer_key(body.text): body.name, answer_key(body.name): body.name}
        return kept


def key_of(text: str) -> str:
    """The lasting name of a question that was given none: its words, in small letters."""
    return "_".join(re.findall(r"\w+", text.casefold()))[:LONGEST_KEY].strip("_") or "question"


def _line(path: Path, message: str) -> Any:
    return {
        "type": PydanticCustomError("document", "{message}", {"message": message}),
        "loc": path,
        "input": None,
    }


def _mistakes(template: OrganizerTemplate) -> Iterator[tuple[Path, str]]:
    """What is wrong between questions, each with its place."""
    earlier: dict[str, QuestionBody] = {}
    named: set[str] = set()
    for path, body in template.placed():
        yield from ((path + where, message) for where, message in _alone(body))
        if answer_key(body.name) in named:
            message = _t("two questions have the key “{key}”; give one of them another one")
            yield (*path, "key"), message.format(key=body.name)
        if body.shown_if is not None:
            yield from ((path + where, said) for where, said in _condition(body.shown_if, earlier))
        named.add(answer_key(body.name))
        earlier |= {answer_key(body.text): body, answer_key(body.name): body}


def _alone(body: QuestionBody) -> Iterator[tuple[Path, str]]:
    choice = body.type in CHOICES
    if choice and not body.options:
        yield ("options",), _t("name the options to choose from")
    if body.options and not choice:
        yield ("options",), _t("only “one_of” and “several_of” have options")
    if len({each.casefold() for each in body.options}) < len(body.options):
        yield ("options",), _t("an option stands there twice")
    if body.type == "explanation" and (body.required or body.tags):
        yield ("type",), _t("an explanation is not answered: it cannot be required, nor change tags")
    for place, rule in enumerate(body.tags):
        if rule.when != ANY and body.type != "explanation" and (said := _never(body, rule.when)):
            yield ("tags", place, "when"), said


def _condition(condition: ShownIfBody, earlier: dict[str, QuestionBody]) -> Iterator[tuple[Path, str]]:
    asked = earlier.get(answer_key(condition.question))
    if asked is None:
        message = _t("“{question}” is no earlier question")
        yield ("shown_if", "question"), message.format(question=condition.question)
    elif asked.type == "explanation":
        yield ("shown_if", "question"), _t("an explanation is not answered")
    else:
        for where, expected in condition.expected:
            if said := _never(asked, expected):
                yield ("shown_if", *where), said


def _never(asked: QuestionBody, expected: Any) -> str:
    """Why the question is never answered like this, or an empty text where it may be."""
    if asked.type == "file":
        return _t("a file is there or not; use “answered” or “any”")
    if asked.type == "yes_no" and isinstance(expected, str):
        expected = expected.casefold()
    question = Question(asked.name, asked.text, asked.type, options=tuple(asked.options))
    try:
        checked(question, [expected] if asked.type == "several_of" else expected)
    except BadAnswer as bad:
        return _t("is no answer to “{question}”: {reason}").format(question=asked.text, reason=bad)
    return ""


__all__ = ["OrganizerTemplate", "key_of", "read_content"]
