"""When a request is finished: an accountant's table, and properties of the rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearstage.requests.finishing import STATES, FinishRule


@dataclass(frozen=True)
class Entry:
    state: str = "requested"
    required: bool = True
    critical: bool = False


R, S, A, B = "requested", "submitted", "accepted", "returned"
OPTIONAL = Entry(R, required=False)


def many(count: int, state: str) -> list[Entry]:
    return [Entry(state)] * count


@pytest.mark.parametrize(
    ("rule", "entries", "finished"),
    [
        (FinishRule(), many(2, A), True),
        (FinishRule(), [*many(2, A), OPTIONAL], True),
        (FinishRule(), [Entry(A), Entry(S)], False),
        (FinishRule(), [Entry(A), Entry(B)], False),
        (FinishRule(), [], False),
        (FinishRule(), [Entry(A, required=False)], False),
        (FinishRule(review=False), [Entry(S), Entry(A)], True),
        (FinishRule(review=False), [Entry(S), Entry(B)], False),
        # All critical and 90 % of the rest, rounded up.
        (FinishRule(rest_percent=90), [*many(9, A), Entry(R)], True),
        (FinishRule(rest_percent=90), [*many(8, A), *many(2, S)], False),
        (FinishRule(rest_percent=90), [*many(10, A), Entry(R)], True),
        (FinishRule(rest_percent=90), [*many(9, A), *many(2, R)], False),
        (FinishRule(rest_percent=90), [*many(10, A), Entry(R, critical=True)], False),
        (FinishRule(rest_percent=0), [*many(3, R), Entry(A, critical=True)], True),
    ],
)
def test_a_request_is_finished_when_its_rule_says_so(
    rule: FinishRule, entries: list[Entry], finished: bool
) -> None:
    assert rule.finished(entries) is finished


entries = st.lists(
    st.builds(Entry, st.sampled_from(STATES), st.booleans(), st.booleans()), min_size=1, max_size=12
)
rules = st.builds(FinishRule, st.booleans(), st.integers(0, 100))


@given(rules, entries, st.data())
def test_accepting_one_more_never_opens_it(rule: FinishRule, given: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(given) - 1))
    after = [replace(each, state=A) if at == place else each for at, each in enumerate(given)]
    assert rule.finished(after) >= rule.finished(given)


@given(rules, entries, st.data())
def test_returning_one_never_finishes_it(rule: FinishRule, given: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(given) - 1))
    after = [replace(each, state=B) if at == place else each for at, each in enumerate(given)]
    assert rule.finished(after) <= rule.finished(given)


@given(rules, entries)
def test_an_open_critical_entry_always_holds(rule: FinishRule, given: list[Entry]) -> None:
    assert not rule.finished([*given, Entry(R, critical=True)])


@given(rules, entries)
def test_what_is_optional_changes_nothing(rule: FinishRule, given: list[Entry]) -> None:
    assert rule.finished([*given, OPTIONAL]) is rule.finished(given)


@given(entries, st.integers(0, 100))
def test_without_review_it_is_finished_no_later(given: list[Entry], percent: int) -> None:
    assert FinishRule(False, percent).finished(given) >= FinishRule(True, percent).finished(given)


@given(rules, entries)
def test_it_is_finished_once_everything_required_is_accepted(rule: FinishRule, given: list[Entry]) -> None:
    done = [replace(each, state=A) for each in given]
    assert rule.finished(done) is any(each.required for each in given)


@given(st.integers(1, 200), st.integers(1, 100))
def test_the_share_of_the_rest_is_rounded_up(count: int, percent: int) -> None:
    rule = FinishRule(rest_percent=percent)
    needed = next(n for n in range(count + 1) if rule.finished([*many(n, A), *many(count - n, R)]))
    assert needed * 100 >= count * percent > (needed - 1) * 100
