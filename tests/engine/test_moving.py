"""Entering stages by hand: A3, A4, A7, A8, A11, C5 to C7, M2 to M8, X3."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clearstage.engine.facts import Brings, ClientBlock, JobStatus
from clearstage.engine.planner import FINISH, Choices, Move, Release, plan
from clearstage.engine.sentences import say

from .paper import (
    PIPELINE,
    facts,
    job,
    link,
    pipeline,
    planned,
    refuses,
    stage,
    standing,
    status,
    tags,
    task,
    tells,
)

TAX = pipeline(
    stage(1, "Documents"),
    stage(2, "Sort", tags(add=["foreign"]), (task("Foreign papers"), {"tags": {"all": ["foreign"]}})),
    stage(
        3,
        "Preparation",
        tells(1),
        task(),
        (task("Carry-overs"), {"tags": {"any": ["returning"], "none": ["new"]}}),
    ),
    stage(4, "Finished"),
    statuses=[status(7, "Parked")],
)


def to(number: int, *skip: str, **more: object) -> Move:
    return Move(PIPELINE, number, Choices(frozenset(skip), more.pop("block", None)), **more)  # type: ignore[arg-type]


def test_only_the_destination_runs() -> None:  # A7
    after = planned(TAX, job(), to(3))
    assert [step.name for step in after.steps] == ["Preparation"]


def test_what_an_earlier_automation_changes_a_later_one_sees() -> None:  # A3
    assert [run.runs for run in planned(TAX, job(), to(2)).steps[0].runs] == [True, True]


def test_an_unticked_tag_is_not_seen_either() -> None:  # M2, A3
    runs = planned(TAX, job(), to(2, "tags-1")).steps[0].runs
    assert [run.runs for run in runs] == [False, False]
    assert str(runs[1].reason) == "needs the tag foreign"


def test_tags_of_one_job_are_seen_by_the_next_of_the_same_account() -> None:  # A3: tags belong to the account
    of = pipeline(
        stage(1, "Documents"),
        stage(2, "Sort", (task("Foreign papers"), {"tags": {"all": ["foreign"]}}), tags(add=["foreign"])),
        stage(3, "End"),
    )
    first, second = plan(facts(of, job(id=1), job(id=2)), to(2)).jobs
    assert [job.steps[0].runs[0].runs for job in (first, second)] == [False, True]


@pytest.mark.parametrize(
    ("tags_on_account", "runs"),
    [
        ((), False),
        (("returning",), True),
        (("returning", "new"), False),
        (("new",), False),
        (("Returning",), False),
    ],
)
def test_a_condition_decides_whether_an_automation_runs(tags_on_account: tuple, runs: bool) -> None:  # A4
    after = planned(TAX, job(), to(3), tags=tags_on_account)
    assert after.steps[0].runs[2].runs is runs


def test_one_that_cannot_run_refuses_the_whole_move() -> None:  # A11
    of = pipeline(
        stage(1, "Documents"), stage(2, "Letter", task(), refuses("no contact"), refuses("no template"))
    )
    after = planned(of, job(), to(2), tags=["new"])
    assert [str(problem) for problem in after.problems] == ["no contact", "no template"]
    assert standing(after) == "Documents"
    assert not after.effects
    assert not after.steps


def test_a_refused_one_that_is_unticked_refuses_nothing() -> None:  # M2
    of = pipeline(stage(1, "Documents"), stage(2, "Letter", task(), refuses()))
    assert standing(planned(of, job(), to(2, "email-2"))) == "Letter"


def test_moving_to_where_it_is_does_nothing() -> None:  # M7
    assert not planned(TAX, job(stage=3), to(3)).changes


def test_moving_back_is_an_ordinary_move_and_a_new_stay() -> None:  # M6, L2
    after = planned(TAX, job(stage=4, visit=3, visits=5), to(3))
    assert after.visit == 6
    assert after.open_here == 1


def test_a_stage_without_the_automation_leaves_what_the_client_is_told() -> None:  # C5
    block = ClientBlock(True, 2, "Our words", "Your return")
    assert planned(TAX, job(block=block), to(4)).block == block


def test_the_persons_choice_wins_over_the_automation() -> None:  # C6
    after = planned(TAX, job(), to(3, block={"shown": False}))
    assert after.block == ClientBlock(False, 1)
    assert after.client_sees is None


def test_choosing_another_status_drops_the_description_of_the_old_one() -> None:  # C2
    told = planned(TAX, job(block=ClientBlock(True, 1, "Our words")), to(4, block={"status": 2}))
    assert told.block == ClientBlock(True, 2, None)
    assert told.client_sees is not None
    assert told.client_sees.description == "We wait."


def test_a_second_entry_warns_of_what_is_still_open() -> None:  # A8
    still = link(5, visit=1, made_by="stage:3:task-2")
    runs = planned(TAX, job(stage=4, links=(still,)), to(3)).steps[0].runs
    assert [run.warns is not None for run in runs] == [False, True, False]


def test_open_blockers_may_be_kept_finished_or_unlinked() -> None:  # M3
    links = (link(1), link(2), link(3))
    after = planned(TAX, job(links=links), to(3, unfinished={1: "keep", 2: "finish", 3: "unlink"}))
    assert [each.id for each in after.finish] == [2]
    assert [each.id for each in after.unlink] == [3]


def test_an_item_that_is_no_longer_open_changes_the_plan() -> None:  # M4
    assert planned(TAX, job(links=(link(1, open=False),)), to(3, unfinished={1: "finish"})).refused


def test_another_pipeline_resets_a_custom_status_and_keeps_the_client_facing_block() -> None:  # M8
    from dataclasses import replace

    other = replace(pipeline(stage(21, "Start"), stage(22, "End")), id=2, name="Books")
    block = ClientBlock(True, 2)
    before = job(status=JobStatus.CUSTOM, custom_status=7, status_visit=2, visits=2, block=block)
    after = planned(TAX, before, Move(2, 21), more=[other])
    assert (standing(after), after.pipeline.id, after.block) == ("Start", 2, block)


def test_a_stage_that_tags_takes_the_right_to_tag() -> None:  # X3
    after = planned(TAX, job(), to(2), may_tag=False)
    assert after.refused
    assert after.forbidden


def test_automove_into_it_does_not() -> None:  # X3: an automation acts with the firm's authority
    of = pipeline(
        stage(1, "Documents", automove=True), stage(2, "Sort", tags(add=["foreign"])), stage(3, "End")
    )
    after = planned(of, job(links=(link(1, open=False),)), Release(), may_tag=False)
    assert standing(after) == "Sort"


def test_the_digest_stands_for_what_was_shown() -> None:  # M4
    same = [planned(TAX, job(version=version), to(3)).digest for version in (1, 2)]
    assert same[0] == same[1]
    assert planned(TAX, job(), to(3, "task-2")).digest != same[0]
    assert planned(TAX, job(), to(3), tags=["returning"]).digest != same[0]


def test_what_is_finished_brings_its_tags_and_answers_before_anything_is_judged() -> None:  # M3, L6
    when = {"all": [{"tags": {"all": ["foreign"]}}, {"answer": {"question": "moved", "is": True}}]}
    target = stage(2, "Next", (task(), when))
    of = pipeline(stage(1, "First"), target)
    brings = Brings(frozenset({"foreign"}), answers={"moved": True}, says=say("Submits it"))
    told = replace(facts(of, job(links=(link(1),))), brings={("task", 1): brings})
    [kept] = plan(told, to(2)).jobs
    [finished] = plan(told, to(2, unfinished={1: FINISH})).jobs
    assert (kept.open_here, finished.open_here) == (0, 1)
    assert [str(each) for each in kept.brought] == []
    assert kept.digest != finished.digest
    stuck = replace(told, brings={("task", 1): replace(brings, problems=(say("It has gaps"),))})
    [refused] = plan(stuck, to(2, unfinished={1: FINISH})).jobs
    assert [str(each) for each in refused.problems] == ["It has gaps"]
    assert refused.account.tags == frozenset()
