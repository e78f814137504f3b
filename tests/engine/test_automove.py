"""Automove: L2 to L11 and A5, as tables an accountant can read."""

from __future__ import annotations

import pytest

from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import Move, Release

from .paper import PIPELINE, facts, job, link, pipeline, planned, refuses, stage, standing, tags, task

FOREIGN = {"tags": {"all": ["foreign"]}}

TAX = pipeline(
    stage(1, "Documents", automove=True),
    stage(2, "Foreign income", task(), automove=True, when=FOREIGN),
    stage(3, "Preparation", task(), automove=True),
    stage(4, "Finished"),
)


@pytest.mark.parametrize(
    ("links", "lands_in"),
    [
        ([], "Documents"),  # L5: nothing was ever waited for
        ([link(1, open=True)], "Documents"),
        ([link(1, open=False)], "Preparation"),  # L4, A5: the stage whose condition fails is skipped
        ([link(1, open=False), link(2, open=True)], "Documents"),
        ([link(1, open=False), link(2, open=False)], "Preparation"),
        ([link(1, open=False), link(2, visit=9, open=True)], "Preparation"),  # L11: another stay's item
        ([link(1, visit=9, open=False)], "Documents"),  # L2: finished in an earlier stay
        ([link(1, open=False), link(2, open=True, holds=False)], "Preparation"),
    ],
)
def test_a_stage_is_left_when_its_last_blocker_is_finished(links: list, lands_in: str) -> None:  # L4
    assert standing(planned(TAX, job(links=tuple(links)), Release())) == lands_in


def test_a_stage_whose_condition_holds_is_not_skipped() -> None:  # A5
    after = planned(TAX, job(links=(link(1, open=False),)), Release(), tags=["foreign"])
    assert standing(after) == "Foreign income"


@pytest.mark.parametrize("status", [JobStatus.COMPLETED, JobStatus.ARCHIVED])
def test_completed_and_archived_jobs_never_go_on_by_themselves(status: JobStatus) -> None:  # S2
    after = planned(TAX, job(status=status, links=(link(1, open=False),)), Release())
    assert not after.steps


def test_the_last_stage_is_never_left() -> None:  # L3
    last = pipeline(stage(1, "Start"), stage(2, "End", automove=True))
    assert standing(planned(last, job(stage=2, links=(link(1, open=False),)), Release())) == "End"


def test_with_pass_through_a_job_goes_through_stages_that_wait_for_nothing() -> None:  # L5
    through = pipeline(
        stage(1, "One", automove=True),
        stage(2, "Two", automove=True),
        stage(3, "Three", task(), automove=True),
        stage(4, "Four"),
        pass_through=True,
    )
    after = planned(through, job(stage=4, visit=1), Move(PIPELINE, 1))
    assert [step.name for step in after.steps] == ["One", "Two", "Three"]
    assert standing(after) == "Three"


def test_without_it_a_stage_that_waits_for_nothing_holds_the_job() -> None:  # L5
    after = planned(TAX, job(stage=4), Move(PIPELINE, 1))
    assert standing(after) == "Documents"


def test_tags_that_an_automation_adds_decide_where_automove_goes() -> None:  # A3, A5
    tagging = pipeline(
        stage(1, "Intake", automove=True),
        stage(2, "Sort", tags(add=["foreign"]), automove=True),
        stage(3, "Foreign income", task(), when=FOREIGN),
        stage(4, "Finished"),
        pass_through=True,
    )
    assert standing(planned(tagging, job(links=(link(1, open=False),)), Release())) == "Foreign income"


def test_an_automove_that_cannot_enter_leaves_the_job_and_says_why() -> None:  # A11
    refusing = pipeline(
        stage(1, "Documents", automove=True), stage(2, "Letter", refuses("no contact")), stage(3, "End")
    )
    after = planned(refusing, job(links=(link(1, open=False),)), Release(), tags=["new"])
    assert standing(after) == "Documents"
    assert after.failure is not None
    assert [str(problem) for problem in after.failure.problems] == ["no contact"]
    assert not after.steps
    assert not after.effects
    assert not after.refused


def test_a_failing_hop_keeps_the_hops_before_it() -> None:  # A11: all or nothing, run by run
    chain = pipeline(
        stage(1, "One", automove=True),
        stage(2, "Two", tags(add=["foreign"]), automove=True),
        stage(3, "Three", tags(add=["new"]), refuses(), automove=True),
        stage(4, "Four"),
        pass_through=True,
    )
    after = planned(chain, job(links=(link(1, open=False),)), Release())
    assert standing(after) == "Two"
    assert after.account.tags == {"foreign"}
    assert after.failure is not None
    assert after.failure.stage_name == "Three"


def test_a_cascade_through_more_than_ten_stages_is_refused_whole() -> None:  # A13
    long = pipeline(
        *[stage(n, f"S{n}", automove=True) for n in range(1, 14)], stage(14, "End"), pass_through=True
    )
    after = planned(long, job(stage=14), Move(PIPELINE, 1))
    assert after.refused
    assert not after.effects
    assert standing(after) == "End"


def test_each_job_of_a_batch_is_judged_for_itself() -> None:  # A12
    from clearstage.engine.planner import plan

    two = facts(TAX, job(id=1, links=(link(1, open=False),)), job(id=2, links=(link(2, open=True),)))
    assert [standing(each) for each in plan(two, Release()).jobs] == ["Preparation", "Documents"]
