"""What follows from answers, for whatever is asked and answered: found by search rather than by example."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clearstage.organizers.answers import counting, for_conditions, missing, progress, shown, tag_changes
from clearstage.organizers.content import Content, Question, Section, ShownIf, TagRule
from clearstage.organizers.values import TYPES, BadAnswer, checked

OPTIONS = ("a", "b", "10")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "short_text": st.sampled_from(["x", "yes", "10"]),
    "number": st.sampled_from(["10", "10.5"]),
    "yes_no": st.booleans(),
    "one_of": st.sampled_from(OPTIONS),
    "several_of": st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True),
}


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Content, dict[str, Any]]:
    """A questionnaire with conditions and tags, and some answers to it."""
    questions: list[Question] = []
    answers: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from([*VALUES, "explanation"]))
        shown_if = None
        if questions and draw(st.booleans()):
            expected = draw(st.lists(st.sampled_from(["yes", True, "a", "10"]), max_size=2))
            shown_if = ShownIf(draw(st.sampled_from(questions)).key, tuple(expected), draw(st.booleans()))
        rule = TagRule(
            draw(st.sampled_from(["any", "yes", "10"])),
            (draw(st.integers(1, 3)),),
            (draw(st.integers(1, 3)),),
        )
        question = Question(
            f"q{number}", f"Question {number}", kind, kind != "explanation" and draw(st.booleans()),
            options=OPTIONS if kind.endswith("_of") else (), shown_if=shown_if,
            tags=(rule,) if kind != "explanation" else (),
        )  # fmt: skip
        questions.append(question)
        if kind in VALUES and draw(st.booleans()):
            answers[question.key] = draw(VALUES[kind])
    return Content("", (Section("", "", tuple(questions)),)), answers


@given(sheets())
def test_only_shown_answers_count(sheet: tuple[Content, dict[str, Any]]) -> None:
    content, answers = sheet
    visible = {question.key for question in shown(content, answers)}
    counted = counting(content, answers)
    assert counted.keys() <= visible & answers.keys()
    # What is hidden may be anything: nothing follows from it.
    other = {key: value for key, value in answers.items() if key in counted}
    assert shown(content, other) == shown(content, answers)
    assert tag_changes(content, other) == tag_changes(content, answers)
    assert for_conditions(content, other) == for_conditions(content, answers)


@given(sheets())
def test_what_is_missing_is_shown_required_and_not_answered(sheet: tuple[Content, dict[str, Any]]) -> None:
    content, answers = sheet
    gaps = missing(content, answers)
    assert all(each.required and each.key not in answers for each in gaps)
    done = progress(content, answers)
    assert 0 <= done.answered <= done.of - len(gaps)


@given(sheets())
def test_a_tag_is_never_both_put_on_and_taken_off(sheet: tuple[Content, dict[str, Any]]) -> None:
    add, remove = tag_changes(*sheet)
    assert not set(add) & set(remove)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(TYPES), anything)
def test_any_value_is_kept_or_refused_in_words(kind: str, value: Any) -> None:
    question = Question("q", "Question?", kind, options=OPTIONS if kind.endswith("_of") else ())
    try:
        kept = checked(question, value)
    except BadAnswer as bad:
        said = str(bad)
    else:
        said = "kept" if checked(question, kept) == kept else ""
    assert said


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**14), max_value=10**14))
def test_amounts_are_exact(amount: Any) -> None:
    from decimal import Decimal

    kept = checked(Question("q", "How much?", "money"), str(amount))
    assert Decimal(kept) == amount
