"""Conditions on answers (A4): which answer counts as the expected one."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.engine.conditions import answer_key, parse, questions_named, same_answer


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("yes", True), (True, "Yes"), (False, "no"), ("12", 12), (12.5, "12.50"), ("1200.00", 1200),
        (" Married ", "married"), (["rent", "Wages"], "wages"), (("a", "b"), "b"), ("-3", -3),
    ],
)  # fmt: skip
def test_the_same_answer_in_other_clothes(given: Any, expected: Any) -> None:
    assert same_answer(given, expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "None"), (None, False), ("yes", False), ("no", True), ("12", 13), ([], "rent"), ("", "x"), ("½", 0.5),
        ("1.2.3", "1.2"), (["rent"], "wages"),
    ],
)  # fmt: skip
def test_another_answer(given: Any, expected: Any) -> None:
    assert not same_answer(given, expected)


def test_the_questions_a_condition_asks_for_are_found_wherever_they_stand() -> None:
    when = {"any": [{"tags": {"all": ["x"]}}, {"not": {"answer": {"question": "Abroad?", "is": True}}}]}
    assert questions_named(when) == {"Abroad?"}
    assert questions_named({"tags": {"all": ["answer"]}}) == set()


def test_a_question_is_named_without_regard_to_case() -> None:
    class Answered:
        answers = {answer_key("Income from ABROAD? "): True}

    condition = parse({"answer": {"question": "income from abroad?", "is": "yes"}})
    assert condition.why_not(Answered()) is None  # type: ignore[arg-type]
