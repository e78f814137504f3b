"""Conditions (A4): when an automation runs and which stages automove stops at."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from .sentences import Sentence, _, say

ACCOUNT_KINDS = ("individual", "company", "other")
PRIORITIES = ("low", "medium", "high", "urgent")
DEEPEST = 12


class Subject(Protocol):
    """What a condition is judged on: the job as it stands at that very moment of the run."""

    @property
    def tag_keys(self) -> AbstractSet[str]: ...
    @property
    def account_kind(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def has_assignee(self) -> bool: ...
    @property
    def answers(self) -> Mapping[str, Any]: ...


class Condition(Protocol):
    def why_not(self, subject: Subject) -> Sentence | None:
        """None where the condition holds, else the reason why it does not."""


class BadCondition(ValueError):
    """A condition that cannot be understood; `where` is its place inside the condition, as keys and positions."""

    def __init__(self, message: Sentence, where: tuple[str | int, ...] = ()) -> None:
        super().__init__(str(message))
        self.message = message
        self.where = where


def tag_key(name: str) -> str:
    """Tags are the same when they differ only in case or surrounding blanks."""
    return name.strip().casefold()


def answer_key(question: str) -> str:
    """Questions are named by their key or their text, without regard to case or surrounding blanks."""
    return question.strip().casefold()


def same_answer(given: Any, expected: Any) -> bool:
    """Whether an answer is the expected one. Yes and no are true and false, numbers count by their value, and of
    several chosen things one that fits is enough."""
    if isinstance(given, list | tuple):
        return any(same_answer(each, expected) for each in given)
    return given is not None and _plain(given) == _plain(expected)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).strip().casefold()
    try:
        return Decimal(text) if text.lstrip("-").replace(".", "", 1).isdecimal() else text
    except InvalidOperation:
        return text


@dataclass(frozen=True, slots=True)
class HasTags:
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()

    def why_not(self, subject: Subject) -> Sentence | None:
        tags = subject.tag_keys
        missing = [name for name in self.all if tag_key(name) not in tags]
        if missing:
            return say(_("needs the tag {tags}"), tags=missing)
        if self.any and not any(tag_key(name) in tags for name in self.any):
            return say(_("needs one of the tags {tags}"), tags=list(self.any))
        unwanted = [name for name in self.none if tag_key(name) in tags]
        if unwanted:
            return say(_("not for accounts with the tag {tags}"), tags=unwanted)
        return None


@dataclass(frozen=True, slots=True)
class IsAccountKind:
    kinds: tuple[str, ...]

    def why_not(self, subject: Subject) -> Sentence | None:
        if subject.account_kind in self.kinds:
            return None
        return say(_("only for accounts of the kind {kinds}"), kinds=list(self.kinds))


@dataclass(frozen=True, slots=True)
class HasPriority:
    priorities: tuple[str, ...]

    def why_not(self, subject: Subject) -> Sentence | None:
        if subject.priority in self.priorities:
            return None
        return say(_("only at priority {priorities}"), priorities=list(self.priorities))


@dataclass(frozen=True, slots=True)
class IsAssigned:
    assigned: bool

    def why_not(self, subject: Subject) -> Sentence | None:
        if subject.has_assignee == self.assigned:
            return None
        return say(_("needs an assignee")) if self.assigned else say(_("only while nobody is assigned"))


@dataclass(frozen=True, slots=True)
class HasAnswer:
    question: str
    expected: Any

    def why_not(self, subject: Subject) -> Sentence | None:
        if same_answer(subject.answers.get(answer_key(self.question)), self.expected):
            return None
        return say(
            _("needs the answer “{answer}” to “{question}”"),
            answer=_plain(self.expected) if isinstance(self.expected, bool) else str(self.expected),
            question=self.question,
        )


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]

    def why_not(self, subject: Subject) -> Sentence | None:
        for part in self.parts:
            reason = part.why_not(subject)
            if reason is not None:
                return reason
        return None


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def why_not(self, subject: Subject) -> Sentence | None:
        reasons = [part.why_not(subject) for part in self.parts]
        if any(reason is None for reason in reasons):
            return None
        return say(_("none of these holds: {reasons}"), reasons=reasons)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def why_not(self, subject: Subject) -> Sentence | None:
        if self.part.why_not(subject) is not None:
            return None
        return say(_("excluded by its condition"))


def parse(document: Any, depth: int = 0) -> Condition:
    """Read a `when` mapping of a pipeline document; raises `BadCondition` with its place. Several keys mean *all*."""
    if depth > DEEPEST:
        raise BadCondition(
            say(_("conditions are nested too deeply (at most {deepest} levels)"), deepest=DEEPEST)
        )
    if not isinstance(document, Mapping) or not document:
        raise BadCondition(say(_("a condition is a mapping such as {{tags: {{all: [foreign]}}}}")))
    parts: list[Condition] = []
    for key, value in document.items():
        reader = _READERS.get(key)
        if reader is None:
            raise BadCondition(
                say(_("unknown condition “{key}”; known are {known}"), key=str(key), known=list(_READERS)),
                (str(key),),
            )
        try:
            parts.append(reader(value, depth))
        except BadCondition as error:
            raise BadCondition(error.message, (str(key), *error.where)) from None
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _names(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if (
        not isinstance(names, list)
        or not names
        or not all(isinstance(name, str) and name.strip() for name in names)
    ):
        raise BadCondition(say(_("a list of names is needed")))
    return tuple(names)


def _tags(value: Any, depth: int) -> Condition:
    if not isinstance(value, Mapping) or not value or set(value) - {"all", "any", "none"}:
        raise BadCondition(say(_("tags takes “all”, “any” and “none”, each a list of tag names")))
    return HasTags(**{name: _names(names) for name, names in value.items()})


def _one_of(value: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    names = _names(value)
    for name in names:
        if name not in known:
            raise BadCondition(say(_("“{name}” is not one of {known}"), name=name, known=list(known)))
    return names


def _assigned(value: Any, depth: int) -> Condition:
    if not isinstance(value, bool):
        raise BadCondition(say(_("assigned is either true or false")))
    return IsAssigned(value)


def _answer(value: Any, depth: int) -> Condition:
    if (
        not isinstance(value, Mapping)
        or set(value) != {"question", "is"}
        or not isinstance(value["question"], str)
    ):
        raise BadCondition(say(_("answer takes “question” and “is”")))
    return HasAnswer(value["question"], value["is"])


def _several(value: Any, depth: int) -> tuple[Condition, ...]:
    if not isinstance(value, list) or not value:
        raise BadCondition(say(_("a list of conditions is needed")))
    parts = []
    for position, each in enumerate(value):
        try:
            parts.append(parse(each, depth + 1))
        except BadCondition as error:
            raise BadCondition(error.message, (position, *error.where)) from None
    return tuple(parts)


_READERS: dict[str, Any] = {
    "tags": _tags,
    "account_kind": lambda value, depth: IsAccountKind(_one_of(value, ACCOUNT_KINDS)),
    "priority": lambda value, depth: HasPriority(_one_of(value, PRIORITIES)),
    "assigned": _assigned,
    "answer": _answer,
    "all": lambda value, depth: AllOf(_several(value, depth)),
    "any": lambda value, depth: AnyOf(_several(value, depth)),
    "not": lambda value, depth: Not(parse(value, depth + 1)),
}


def questions_named(document: Any) -> set[str]:
    """Every question whose answer a condition asks for."""
    if isinstance(document, Mapping):
        asked = document.get("answer")
        own = {asked["question"]} if isinstance(asked, Mapping) and "question" in asked else set()
        return own.union(*(questions_named(value) for key, value in document.items() if key != "answer"))
    return set().union(*map(questions_named, document)) if isinstance(document, list) else set()


def tags_named(document: Any) -> set[str]:
    """Every tag name a condition mentions, for *Check* and for renaming."""
    names: set[str] = set()
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key == "tags" and isinstance(value, Mapping):
                for each in value.values():
                    names.update([each] if isinstance(each, str) else each)
            else:
                names |= tags_named(value)
    elif isinstance(document, list):
        for each in document:
            names |= tags_named(each)
    return names
