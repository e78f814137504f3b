"""What an organizer asks, as it was sent: sections of questions with their conditions and tags. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

CHOICES = ("one_of", "several_of")
ANY = "any"
"""As the `when` of a tag rule: whatever was answered."""


@dataclass(frozen=True, slots=True)
class ShownIf:
    """Shown where the answer to an earlier question is one of `expected` or, without any, where there is one."""

    question: str
    expected: tuple[Any, ...] = ()
    answered: bool = True


@dataclass(frozen=True, slots=True)
class TagRule:
    """Tags, by number, that the account gains and loses where the answer is `when`."""

    when: Any
    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    text: str
    type: str
    required: bool = False
    help: str = ""
    options: tuple[str, ...] = ()
    shown_if: ShownIf | None = None
    tags: tuple[TagRule, ...] = ()

    @property
    def asks(self) -> bool:
        """An explanation is read and asks for nothing."""
        return self.type != "explanation"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    help: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Content:
    intro: str
    sections: tuple[Section, ...]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}


def read_content(kept: Mapping[str, Any]) -> Content:
    """The content of an organizer (or the body of a template) from how it is kept."""
    return Content(kept.get("intro", ""), tuple(_section(each) for each in kept.get("sections", ())))


def _section(kept: Mapping[str, Any]) -> Section:
    return Section(
        kept.get("title", ""), kept.get("help", ""), tuple(_question(each) for each in kept["questions"])
    )


def _question(kept: Mapping[str, Any]) -> Question:
    return Question(
        key=kept["key"],
        text=kept["text"],
        type=kept["type"],
        required=kept.get("required", False),
        help=kept.get("help", ""),
        options=tuple(kept.get("options", ())),
        shown_if=_shown_if(kept["shown_if"]) if kept.get("shown_if") else None,
        tags=tuple(
            TagRule(rule["when"], tuple(rule.get("add", ())), tuple(rule.get("remove", ())))
            for rule in kept.get("tags", ())
        ),
    )


def _shown_if(kept: Mapping[str, Any]) -> ShownIf:
    if "is" in kept:
        return ShownIf(kept["question"], (kept["is"],))
    return ShownIf(kept["question"], tuple(kept.get("any_of", ())), kept.get("answered", True))
