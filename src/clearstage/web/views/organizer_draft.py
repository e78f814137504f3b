"""A questionnaire while it is edited: from its body or from a form, changed by buttons, and back to a body.

Questions are named by their places in the form (`s0-q2`), so that a condition follows its question when that is moved
or rewritten. A question keeps the key it was saved under; a new one gets one from its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from clearstage.engine.conditions import answer_key
from clearstage.organizers.content import CHOICES
from clearstage.organizers.templates import LONGEST_KEY, MOST_QUESTIONS, MOST_SECTIONS, key_of

MOST_RULES = 20
IS, ANSWERED, UNANSWERED = "is", "answered", "unanswered"


@dataclass(eq=False)
class RuleDraft:
    """Tags that an answer puts on and takes off; names with commas between them."""

    when: str = ""
    add: str = ""
    remove: str = ""

    def body(self) -> dict[str, Any]:
        found = {"when": self.when or "any"}
        lists = {"add": _names(self.add), "remove": _names(self.remove)}
        return found | {way: names for way, names in lists.items() if names}


@dataclass(eq=False)
class QuestionDraft:
    text: str = ""
    type: str = "short_text"
    required: bool = False
    help: str = ""
    options: list[str] = field(default_factory=list)
    key: str = ""
    condition: QuestionDraft | None = None
    how: str = IS
    values: list[str] = field(default_factory=list)
    rules: list[RuleDraft] = field(default_factory=list)
    name: str = ""
    new: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def chooses(self) -> bool:
        return self.type in CHOICES

    @property
    def asks(self) -> bool:
        return self.type != "explanation"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be answered, where that is a matter of choosing: (as kept, as read)."""
        if self.type == "yes_no":
            return [("yes", "Yes"), ("no", "No")]
        return [(each, each) for each in self.options] if self.chooses else []

    @property
    def more(self) -> bool:
        """Whether something is set that is not asked for at first."""
        return bool(self.help or self.condition or self.rules or self.problems)

    def body(self, keys: Mapping[QuestionDraft, str]) -> dict[str, Any]:
        found: dict[str, Any] = {"text": self.text, "type": self.type, "key": keys[self]}
        if self.required and self.asks:
            found["required"] = True
        if self.help:
            found["help"] = self.help
        if self.chooses:
            found["options"] = self.options
        if self.condition is not None:
            found["shown_if"] = {"question": keys.get(self.condition, "?"), **self._expected()}
        if self.rules and self.asks:
            found["tags"] = [each.body() for each in self.rules]
        return found

    def _expected(self) -> dict[str, Any]:
        if self.how != IS or not self.values:
            return {"answered": self.how != UNANSWERED}
        return {"is": self.values[0]} if len(self.values) == 1 else {"any_of": self.values}


@dataclass(eq=False)
class SectionDraft:
    title: str = ""
    help: str = ""
    questions: list[QuestionDraft] = field(default_factory=list)
    name: str = ""
    problems: list[str] = field(default_factory=list)


@dataclass
class Draft:
    sections: list[SectionDraft] = field(default_factory=list)

    def questions(self) -> Iterator[QuestionDraft]:
        for section in self.sections:
            yield from section.questions

    def body(self) -> list[dict[str, Any]]:
        """The sections as a template's body has them, every question with a key of its own."""
        keys = self._keys()
        return [
            {
                **({"title": section.title} if section.title else {}),
                **({"help": section.help} if section.help else {}),
                "questions": [each.body(keys) for each in section.questions],
            }
            for section in self.sections
        ]

    def _keys(self) -> dict[QuestionDraft, str]:
        taken = {answer_key(each.key) for each in self.questions() if each.key}
        keys: dict[QuestionDraft, str] = {}
        for each in self.questions():
            key, number = each.key or key_of(each.text), 1
            while not each.key and answer_key(key) in taken:
                number += 1
                key = f"{key_of(each.text)[: LONGEST_KEY - 4]}_{number}"
            taken.add(answer_key(key))
            keys[each] = key
        return keys

    def number(self) -> Draft:
        """Give everything the name that its inputs have."""
        for place, section in enumerate(self.sections):
            section.name = f"s{place}"
            for position, question in enumerate(section.questions):
                question.name = f"s{place}-q{position}"
        return self

    def earlier(self) -> dict[str, list[QuestionDraft]]:
        """By the name of each question, those before it that are answered."""
        found: dict[str, list[QuestionDraft]] = {}
        before: list[QuestionDraft] = []
        for each in self.questions():
            found[each.name] = list(before)
            if each.asks and each.text:
                before.append(each)
        return found

    def take_problems(self, errors: list[tuple[str, str]]) -> list[str]:
        """Put complaints beside their sections and questions; answers those that belong to neither."""
        others = []
        for where, message in errors:
            place = next((each for each in self._places() if where.startswith(each[0])), None)
            said = message[:1].upper() + message[1:]
            if place is None:
                others.append(f"{where}: {message}" if where else said)
            else:
                place[1].problems.append(said)
        return others

    def _places(self) -> Iterator[tuple[str, QuestionDraft | SectionDraft]]:
        for place, section in enumerate(self.sections):
            for position, question in enumerate(section.questions):
                yield f"sections[{place}].questions[{position}]", question
            yield f"sections[{place}]", section


def from_body(body: Mapping[str, Any]) -> Draft:
    draft, keys = Draft(), dict[str, QuestionDraft]()
    for kept in body.get("sections", ()):
        section = SectionDraft(kept.get("title", ""), kept.get("help", ""))
        for each in kept["questions"]:
            question = QuestionDraft(
                each["text"], each["type"], each.get("required", False), each.get("help", ""),
                list(each.get("options", ())), each["key"],
            )  # fmt: skip
            if shown := each.get("shown_if"):
                question.condition = keys.get(shown["question"])
                question.values = [
                    _word(value) for value in shown.get("any_of", [shown.get("is")]) if value is not None
                ]
                question.how = (
                    IS if question.values else ANSWERED if shown.get("answered", True) else UNANSWERED
                )
            question.rules = [
                RuleDraft(
                    _word(rule["when"]), ", ".join(rule.get("add", ())), ", ".join(rule.get("remove", ()))
                )
                for rule in each.get("tags", ())
            ]
            keys[question.key] = question
            section.questions.append(question)
        draft.sections.append(section)
    return draft.number()


def from_post(post: QueryDict) -> Draft:
    """What the form held, as it was typed."""
    draft, names = Draft(), dict[str, QuestionDraft]()
    for place in range(_count(post, "sections", MOST_SECTIONS)):
        name = f"s{place}"
        section = SectionDraft(_text(post, f"{name}-title"), _text(post, f"{name}-help"))
        for position in range(_count(post, f"{name}-questions", MOST_QUESTIONS)):
            question = _question(post, f"{name}-q{position}")
            names[f"{name}-q{position}"] = question
            section.questions.append(question)
        draft.sections.append(section)
    for name, question in names.items():
        question.condition = names.get(post.get(f"{name}-if", ""))
    return draft.number()


def _question(post: QueryDict, name: str) -> QuestionDraft:
    found = QuestionDraft(
        text=_text(post, f"{name}-text"),
        type=_text(post, f"{name}-type"),
        required=f"{name}-required" in post,
        help=_text(post, f"{name}-help"),
        options=[line.strip() for line in _text(post, f"{name}-options").split("\n") if line.strip()],
        key=_text(post, f"{name}-key"),
        how=post.get(f"{name}-how", IS),
        values=[each.strip() for each in post.getlist(f"{name}-value") if each.strip()],
    )
    for number in range(_count(post, f"{name}-rules", MOST_RULES)):
        parts = [_text(post, f"{name}-r{number}-{part}") for part in ("when", "add", "remove")]
        found.rules.append(RuleDraft(*parts))
    return found


def _text(post: QueryDict, name: str) -> str:
    return str(post.get(name, "")).replace("\r\n", "\n").strip()


def _count(post: QueryDict, name: str, most: int) -> int:
    digits = str(post.get(name, "0"))
    return min(int(digits), most + 1) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _word(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else str(value)
