"""What follows from answers: which questions are shown, what is missing, how far it is, which tags change. Pure.

Answers to questions that are not shown are kept and count for nothing. `answers` hold values as `values.checked` keeps
them, by the question's key; a question without one is not answered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from clearstage.engine.conditions import answer_key, same_answer

from .content import ANY, Content, Question
from .values import BadAnswer, checked

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of the questions that are shown are answered."""

    answered: int
    of: int


def shown(content: Content, answers: Answers) -> list[Question]:
    """The questions that are to be answered, in order; conditions look at earlier ones that are shown themselves."""
    found: dict[str, Question] = {}
    for question in content.questions:
        if _is_shown(question, found, answers):
            found[question.key] = question
    return list(found.values())


def _is_shown(question: Question, earlier: Collection[str], answers: Answers) -> bool:
    condition = question.shown_if
    if condition is None:
        return True
    value = answers.get(condition.question) if condition.question in earlier else None
    if condition.expected:
        return any(same_answer(value, each) for each in condition.expected)
    return (value is not None) == condition.answered


def missing(content: Content, answers: Answers) -> list[Question]:
    """The required questions that are shown and not answered."""
    return [each for each in shown(content, answers) if each.required and answers.get(each.key) is None]


def progress(content: Content, answers: Answers) -> Progress:
    asked = [each for each in shown(content, answers) if each.asks]
    return Progress(sum(answers.get(each.key) is not None for each in asked), len(asked))


def counting(content: Content, answers: Answers) -> dict[str, Any]:
    """The answers that count, by key: those to questions that are shown."""
    return {
        each.key: answers[each.key]
        for each in shown(content, answers)
        if each.asks and answers.get(each.key) is not None
    }


def tag_changes(content: Content, answers: Answers) -> tuple[list[int], list[int]]:
    """The tags to put on and to take off; what a later question says counts more, and adding more than removing."""
    wanted: dict[int, bool] = {}
    given = counting(content, answers)
    for question in content.questions:
        for rule in question.tags:
            if question.key in given and _fits(given[question.key], rule.when):
                wanted |= dict.fromkeys(rule.remove, False) | dict.fromkeys(rule.add, True)
    return [tag for tag, on in wanted.items() if on], [tag for tag, on in wanted.items() if not on]


def _fits(value: Any, when: Any) -> bool:
    return when == ANY or same_answer(value, when)


def for_conditions(content: Content, answers: Answers) -> dict[str, Any]:
    """The answers as conditions of pipelines ask for them (A4): by key, and by the question's text."""
    given = counting(content, answers)
    by_text = {
        answer_key(each.text): given[each.key] for each in reversed(content.questions) if each.key in given
    }
    return by_text | {answer_key(key): value for key, value in given.items()}


def usable(content: Content, old: Content, answers: Answers) -> dict[str, Any]:
    """Of the answers to an older organizer, those that answer a question of this one under the same key and type.

    Files are for one year alone and are asked for anew.
    """
    found: dict[str, Any] = {}
    for key, value in counting(old, answers).items():
        question = content.by_key.get(key)
        if question is None or question.type != old.by_key[key].type or question.type == "file":
            continue
        try:
            found[key] = checked(question, value)
        except BadAnswer:
            continue  # an option that is no longer offered
    return found
