"""Custom statuses: S6 to S11 and S15; completing, archiving and restoring: S2, S3."""

from __future__ import annotations

import pytest

from clearstage.engine.facts import ClientBlock, JobFacts, JobStatus, SavedBlock
from clearstage.engine.planner import Choices, Move, Release, SetStatus

from .paper import PIPELINE, job, link, pipeline, planned, refuses, stage, standing, status, task, tells

ON_HOLD = 2
TAX = pipeline(
    stage(1, "Documents", task(), automove=True),
    stage(2, "Review", tells(1), task(), automove=True),
    stage(3, "Finished"),
    statuses=[
        status(7, "Needs extension", tells(ON_HOLD), task("File form 4868"), restore=True),
        status(8, "Missing papers", task()),
        status(9, "Parked"),
    ],
)


def custom(number: int = 8, **more: object) -> JobFacts:
    return job(status=JobStatus.CUSTOM, custom_status=number, status_visit=2, visits=2, **more)


def give(number: int, *skip: str) -> SetStatus:
    return SetStatus(JobStatus.CUSTOM, number, Choices(frozenset(skip)))


def test_a_custom_status_runs_its_automations_and_leaves_the_stage() -> None:  # S6
    after = planned(TAX, job(), give(7))
    assert standing(after) == "Documents/Needs extension"
    assert [run.runs for run in after.steps[0].runs] == [True, True]
    assert after.block == ClientBlock(True, ON_HOLD)


def test_an_unticked_automation_of_a_status_does_not_run() -> None:  # S6, M2
    after = planned(TAX, job(), give(7, "task-2"))
    assert [run.runs for run in after.steps[0].runs] == [True, False]
    assert after.open_here == 0


def test_while_in_a_custom_status_the_job_does_not_automove() -> None:  # S7
    after = planned(TAX, custom(links=(link(1, visit=1, open=False), link(2, visit=2, open=True))), Release())
    assert standing(after) == "Documents/Missing papers"


@pytest.mark.parametrize(
    ("links", "stands"),
    [
        ([link(2, visit=2, open=False)], "Documents"),  # S8
        ([link(2, visit=2, open=True)], "Documents/Missing papers"),
        ([], "Documents/Missing papers"),  # S8: nothing to wait for, so it stays
        (
            [link(1, visit=1, open=True), link(2, visit=2, open=False)],
            "Documents",
        ),  # S9: the stage still waits
        ([link(1, visit=1, open=False), link(2, visit=2, open=False)], "Review"),  # S9, L7
        (
            [link(3, visit=9, open=True), link(2, visit=2, open=False)],
            "Documents",
        ),  # S11: an older status' item
    ],
)
def test_the_return_from_a_custom_status(links: list, stands: str) -> None:
    assert standing(planned(TAX, custom(links=tuple(links)), Release())) == stands


def test_becoming_active_by_hand_looks_at_the_stage_again() -> None:  # S10, S9
    waiting = custom(links=(link(1, visit=1, open=False), link(2, visit=2, open=True)))
    assert standing(planned(TAX, waiting, SetStatus(JobStatus.ACTIVE))) == "Review"


def test_changing_status_counts_only_the_new_one() -> None:  # S11
    after = planned(TAX, custom(8, links=(link(2, visit=2, open=True),)), give(7))
    assert standing(after) == "Documents/Needs extension"
    assert (after.open_here, after.status_visit) == (1, 3)


def test_giving_the_status_it_has_does_nothing() -> None:  # M7
    assert not planned(TAX, custom(8), give(8)).steps


def test_the_client_facing_status_comes_back_on_return() -> None:  # S15
    before = ClientBlock(True, 1, "Our words")
    extended = planned(TAX, job(block=before), give(7))
    assert extended.saved_block == SavedBlock(before, ClientBlock(True, ON_HOLD))
    back = planned(
        TAX,
        custom(
            7, block=extended.block, saved_block=extended.saved_block, links=(link(2, visit=2, open=False),)
        ),
        Release(),
    )
    assert back.block == before
    assert back.saved_block is None


def test_it_does_not_come_back_when_something_else_changed_it() -> None:  # S15
    saved = SavedBlock(ClientBlock(True, 1), ClientBlock(True, ON_HOLD))
    hidden = ClientBlock(False, ON_HOLD)
    back = planned(TAX, custom(7, block=hidden, saved_block=saved), SetStatus(JobStatus.ACTIVE))
    assert back.block == hidden


def test_a_manual_move_keeps_the_custom_status_and_runs_the_stage() -> None:
    after = planned(TAX, custom(links=(link(2, visit=2, open=True),)), Move(PIPELINE, 2))
    assert standing(after) == "Review/Missing papers"
    assert (after.open_in_stage, after.open_here) == (1, 1)


@pytest.mark.parametrize("to", [JobStatus.COMPLETED, JobStatus.ARCHIVED])
def test_completing_and_archiving_run_nothing(to: JobStatus) -> None:  # S3
    after = planned(TAX, job(links=(link(1, open=False),)), SetStatus(to))
    assert not after.effects
    assert after.status is to
    assert standing(after).startswith("Documents")


def test_restoring_brings_back_to_the_same_stage_and_runs_nothing() -> None:  # S3
    after = planned(
        TAX, job(status=JobStatus.ARCHIVED, links=(link(1, open=False),)), SetStatus(JobStatus.ACTIVE)
    )
    assert standing(after) == "Documents"
    assert not after.effects


def test_an_archived_job_is_not_moved() -> None:
    after = planned(TAX, job(status=JobStatus.ARCHIVED), Move(PIPELINE, 2))
    assert "restore it" in str(after.problems[0])


def test_a_status_that_cannot_run_is_not_given() -> None:  # A11
    of = pipeline(stage(1, "Documents"), stage(2, "End"), statuses=[status(7, "Letter", task(), refuses())])
    after = planned(of, job(), give(7))
    assert after.refused
    assert not after.effects
    assert after.status is JobStatus.ACTIVE
