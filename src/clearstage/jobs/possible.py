"""Whether a condition can ever hold, found out by trying: every tag on and off, all kinds, priorities, answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from clearstage.engine.conditions import (
    ACCOUNT_KINDS,
    PRIORITIES,
    AllOf,
    AnyOf,
    Condition,
    HasAnswer,
    HasPriority,
    HasTags,
    IsAccountKind,
    IsAssigned,
    Not,
    answer_key,
    tag_key,
)

MOST_TRIES = 1024
_SOMETHING_ELSE = object()


@dataclass(slots=True)
class _Imagined:
    """A job as a condition sees it."""

    tag_keys: set[str]
    account_kind: str
    priority: str
    has_assignee: bool
    answers: Mapping[str, Any]


def never_holds(condition: Condition) -> bool:
    """True where no job whatever can meet the condition; False also where that would take too long to find out."""
    parts = list(_parts(condition))
    choices = [_choices(kind, [each for each in parts if isinstance(each, kind)]) for kind in _KINDS]
    names = [name for found in choices for name in found]
    options = [values for found in choices for values in found.values()]
    if prod(len(values) for values in options) > MOST_TRIES:
        return False
    for values in product(*options):
        if condition.why_not(_imagined(dict(zip(names, values, strict=True)))) is None:
            return False
    return True


def always_one_of(conditions: Iterable[Condition]) -> bool:
    """True where every job whatever meets at least one of the conditions."""
    return never_holds(Not(AnyOf(tuple(conditions))))


def _parts(condition: Condition) -> Iterable[Condition]:
    yield condition
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _parts(part)
    elif isinstance(condition, Not):
        yield from _parts(condition.part)


_KINDS = (HasTags, IsAccountKind, HasPriority, IsAssigned, HasAnswer)
_Choices = dict[tuple[str, str], list[Any]]


def _choices(kind: type, parts: list[Any]) -> _Choices:
    """What may be one way or another, by (aspect, name), for the parts of one kind."""
    if not parts:
        return {}
    if kind is HasTags:
        names = {tag_key(name) for part in parts for name in (*part.all, *part.any, *part.none)}
        return {("tag", name): [False, True] for name in sorted(names)}
    if kind is IsAccountKind:
        return {("kind", ""): list(ACCOUNT_KINDS)}
    if kind is HasPriority:
        return {("priority", ""): list(PRIORITIES)}
    if kind is IsAssigned:
        return {("assigned", ""): [False, True]}
    answers: _Choices = {}
    for part in parts:
        answers.setdefault(("answer", answer_key(part.question)), [_SOMETHING_ELSE]).append(part.expected)
    return answers


def _imagined(values: Mapping[tuple[str, str], Any]) -> _Imagined:
    return _Imagined(
        tag_keys={name for (aspect, name), value in values.items() if aspect == "tag" and value},
        account_kind=values.get(("kind", ""), ACCOUNT_KINDS[0]),
        priority=values.get(("priority", ""), PRIORITIES[0]),
        has_assignee=values.get(("assigned", ""), False),
        answers={name: value for (aspect, name), value in values.items() if aspect == "answer"},
    )
