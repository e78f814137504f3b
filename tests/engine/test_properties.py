"""What holds for every pipeline and every job, found by search rather than by example."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clearstage.engine.facts import JobFacts, JobStatus, PipelineFacts
from clearstage.engine.planned import MOST_EFFECTS
from clearstage.engine.planner import Choices, Move, Release, SetStatus

from .paper import PIPELINE, job, link, pipeline, planned, refuses, stage, status, tags, task, tells

TAGS = ("foreign", "new", "returning")
actions = st.one_of(
    st.just(task()),
    st.builds(tells, st.sampled_from([1, 2])),
    st.builds(lambda name: tags(add=[name]), st.sampled_from(TAGS)),
    st.builds(lambda name: tags(remove=[name]), st.sampled_from(TAGS)),
    st.just(refuses()),
)
conditions = st.none() | st.builds(lambda name: {"tags": {"all": [name]}}, st.sampled_from(TAGS))
automations = st.lists(
    st.tuples(actions, conditions).map(lambda pair: pair if pair[1] else pair[0]), max_size=3
)


@st.composite
def pipelines(draw: st.DrawFn) -> PipelineFacts:
    count = draw(st.integers(2, 6))
    stages = []
    for number in range(1, count + 1):
        inner = 1 < number < count
        stages.append(
            stage(
                number,
                f"S{number}",
                *draw(automations),
                automove=number < count and draw(st.booleans()),
                when=draw(conditions) if inner else None,
            )
        )
    return pipeline(
        *stages, statuses=[status(7, "Exception", *draw(automations))], pass_through=draw(st.booleans())
    )


@st.composite
def jobs(draw: st.DrawFn) -> JobFacts:
    custom = draw(st.booleans())
    links = tuple(
        link(number, visit=draw(st.sampled_from([1, 2, 3])), open=draw(st.booleans()))
        for number in range(1, draw(st.integers(0, 4)) + 1)
    )
    return job(
        stage=draw(st.sampled_from([1, 2])),
        visit=2,
        visits=3,
        status=JobStatus.CUSTOM if custom else JobStatus.ACTIVE,
        custom_status=7 if custom else None,
        status_visit=3,
        links=links,
    )


commands = st.one_of(
    st.just(Release()),
    st.builds(lambda number: Move(PIPELINE, number), st.sampled_from([1, 2])),
    st.just(SetStatus(JobStatus.CUSTOM, 7, Choices())),
    st.just(SetStatus(JobStatus.ACTIVE)),
)
account_tags = st.sets(st.sampled_from(TAGS)).map(sorted)
many = settings(max_examples=300)


@many
@given(pipelines(), jobs(), account_tags)
def test_an_open_blocker_always_holds(
    of: PipelineFacts, before: JobFacts, on_account: list[str]
) -> None:  # L2
    after = planned(of, before, Release(), tags=on_account)
    scope = before.status_visit if before.status is JobStatus.CUSTOM else before.visit
    if any(each.open and each.visit == scope for each in before.links):
        assert not after.steps


@many
@given(pipelines(), jobs(), account_tags)
def test_nothing_goes_backwards_by_itself(
    of: PipelineFacts, before: JobFacts, on_account: list[str]
) -> None:  # L8
    after = planned(of, before, Release(), tags=on_account)
    start = of.stage(before.stage)
    assert after.stage is not None
    assert start is not None
    assert after.stage.position >= start.position


@many
@given(pipelines(), jobs(), commands, account_tags)
def test_plans_are_deterministic(
    of: PipelineFacts, before: JobFacts, command: object, on_account: list[str]
) -> None:  # F1
    digests = {planned(of, before, command, tags=on_account).digest for _ in range(2)}
    assert len(digests) == 1


@many
@given(pipelines(), jobs(), commands, account_tags)
def test_a_refusal_leaves_no_trace(
    of: PipelineFacts, before: JobFacts, command: object, on_account: list[str]
) -> None:  # A11
    after = planned(of, before, command, tags=on_account)
    if after.refused:
        assert not after.effects
        assert not after.steps
        assert not after.finish
        assert after.account.tags == frozenset(on_account)
        assert (after.stage.id if after.stage else None, after.status, after.block) == (
            before.stage,
            before.status,
            before.block,
        )


@many
@given(pipelines(), jobs(), commands, account_tags)
def test_effects_are_bounded(
    of: PipelineFacts, before: JobFacts, command: object, on_account: list[str]
) -> None:  # A13
    assert len(planned(of, before, command, tags=on_account).effects) <= MOST_EFFECTS


@many
@given(pipelines(), jobs(), account_tags)
def test_automove_skips_exactly_the_stages_whose_condition_fails(
    of: PipelineFacts, before: JobFacts, on_account: list[str]
) -> None:  # A5
    after = planned(of, before, Release(), tags=on_account)
    stages = [step for step in after.steps if step.what == "stage"]
    if len(stages) == 1 and after.failure is None:
        entered, left = of.stage(stages[0].id), of.stage(before.stage)
        assert entered is not None
        assert left is not None
        for skipped in of.stages[left.position + 1 : entered.position]:
            assert skipped.condition is not None
