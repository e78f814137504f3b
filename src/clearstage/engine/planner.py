"""From facts and a command to a plan. The rules of moving, statuses and automove live here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from .conditions import tag_key
from .effects import ChangeTags
from .facts import (
    AutomationFacts,
    Facts,
    JobFacts,
    JobStatus,
    LinkFacts,
    SavedBlock,
    StageFacts,
    StatusFacts,
)
from .planned import MOST_LEVELS, Cannot, Failure, PlannedAccount, PlannedJob, Run, Step, TooMuch
from .sentences import Sentence, _, say

KEEP, FINISH, UNLINK = "keep", "finish", "unlink"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided in the dialog: unticked automations (M2) and the client-facing block (C6)."""

    skip: frozenset[str] = frozenset()
    block: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Into a stage, possibly of another pipeline; `unfinished` maps link ids to keep, finish or unlink (M3)."""

    pipeline: int
    stage: int
    choices: Choices = Choices()
    unfinished: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetStatus:
    """A status for the job; where it is CUSTOM, `custom` is one of its pipeline's.

    For jobs of several pipelines `named` is the name by which each one's own pipeline has it.
    """

    status: JobStatus
    custom: int | None = None
    choices: Choices = Choices()
    named: str = ""


@dataclass(frozen=True, slots=True)
class Add:
    """A new job: the facts as typed or from the template, without a stage yet, and the stage to enter."""

    draft: JobFacts
    stage: int
    choices: Choices = Choices()


@dataclass(frozen=True, slots=True)
class Release:
    """Judge automove and the return from a custom status (L7), after something was finished or unlinked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan for one or many jobs."""

    jobs: tuple[PlannedJob, ...]

    @property
    def going(self) -> list[PlannedJob]:
        return [job for job in self.jobs if not job.refused]

    @property
    def refused(self) -> list[PlannedJob]:
        return [job for job in self.jobs if job.refused]

    @property
    def digest(self) -> str:
        return blake2b("".join(job.digest for job in self.jobs).encode(), digest_size=12).hexdigest()


def plan(facts: Facts, command: Move | SetStatus | Release) -> Plan:
    """Plan a command for every job among the facts, in their order."""
    accounts: dict[int, PlannedAccount] = {}
    planned = []
    for before in facts.jobs:
        job = PlannedJob(facts, before, _account(facts, accounts, before.account))
        _carry(job, command)
        planned.append(job)
    return Plan(tuple(planned))


def plan_add(facts: Facts, additions: Collection[Add]) -> Plan:
    """Plan new jobs (M10)."""
    accounts: dict[int, PlannedAccount] = {}
    planned = []
    for addition in additions:
        job = PlannedJob(facts, addition.draft, _account(facts, accounts, addition.draft.account))
        _carry(job, addition)
        planned.append(job)
    return Plan(tuple(planned))


def plan_made_job(parent: PlannedJob, draft: JobFacts, stage: StageFacts) -> PlannedJob:
    """Plan a job that an automation makes; raises `Cannot` where it may not come about (A11, A13)."""
    level = parent.level + 1
    if level > MOST_LEVELS:
        raise TooMuch(say(_("jobs would set off one another more than {most} levels deep"), most=MOST_LEVELS))
    job = PlannedJob(parent.facts, draft, parent.account, level, parent.spent)
    job.parent = parent
    _carry(job, Add(draft, stage.id))
    if job.refused:
        raise Cannot(
            say(
                _("the job in “{pipeline}” cannot be made: {reasons}"),
                pipeline=job.pipeline.name,
                reasons=job.problems,
            )
        )
    return job


def _account(facts: Facts, accounts: dict[int, PlannedAccount], account_id: int) -> PlannedAccount:
    if account_id not in accounts:
        accounts[account_id] = PlannedAccount(facts.accounts[account_id])
    return accounts[account_id]


def _carry(job: PlannedJob, command: Move | SetStatus | Release | Add) -> None:
    """Plan the command, or leave nothing but the problems."""
    memory = job.remember()
    try:
        if isinstance(command, Move):
            _move(job, command)
        elif isinstance(command, SetStatus):
            _set_status(job, command)
        elif isinstance(command, Add):
            stage = job.pipeline.stage(command.stage)
            if stage is None:
                raise Cannot(say(_("the stage is no longer there")))
            _enter_stage(job, stage, command.choices, automatic=False)
        _settle(job, command)
    except Cannot as cannot:
        if not job.problems:
            job.problems.append(cannot.reason)
        job.forbidden = job.forbidden or cannot.forbidden
        job.put_back(memory)
        job.failure = None
        job.finish = job.unlink = ()
        job.brought = []
        if isinstance(cannot, TooMuch) and job.level:
            raise


def _move(job: PlannedJob, move: Move) -> None:
    if job.status is JobStatus.ARCHIVED:
        raise Cannot(say(_("“{job}” is archived; restore it before moving it"), job=job.name))
    target = job.facts.pipelines.get(move.pipeline)
    stage = target.stage(move.stage) if target else None
    if target is None or stage is None:
        raise Cannot(say(_("the stage is no longer there")))
    if job.stage is not None and stage.id == job.stage.id:
        return
    _decide_unfinished(job, move.unfinished)
    if target.id != job.pipeline.id:
        custom = job.custom
        if custom is not None:
            _leave_custom(job, restore=False)
            why = say(_("“{status}” is a status of the pipeline it leaves"), status=custom.name)
            job.steps.append(Step("active", None, "", automatic=True, why=why))
            job.status = JobStatus.ACTIVE
        job.pipeline = target
    _enter_stage(job, stage, move.choices, automatic=False)


def _decide_unfinished(job: PlannedJob, choices: Mapping[int, str]) -> None:
    """M3: what becomes of the open blockers of the stage that is left."""
    if not choices:
        return
    by_id = {link.id: link for link in job.before.links if link.open}
    of = job.facts.job_of_link
    if any(link not in by_id and of.get(link, job.before.id) == job.before.id for link in choices):
        raise Cannot(say(_("an item that was listed as open is not open any more")))
    job.finish = tuple(by_id[link] for link, choice in choices.items() if choice == FINISH and link in by_id)
    job.unlink = tuple(by_id[link] for link, choice in choices.items() if choice == UNLINK and link in by_id)
    brought = [brings for link in job.finish if (brings := job.facts.brings.get((link.kind, link.item)))]
    job.problems.extend(problem for brings in brought for problem in brings.problems)
    if job.problems:
        raise Cannot(job.problems[0])
    for brings in brought:
        job.finish_first(brings)
    _discount(job, job.finish, finished=True)
    _discount(job, job.unlink, finished=False)


def _discount(job: PlannedJob, links: tuple[LinkFacts, ...], *, finished: bool) -> None:
    for link in links:
        if not link.holds:
            continue
        if link.visit == job.visit:
            job.open_in_stage -= 1
            job.finished_in_stage += finished
        if link.visit == (job.status_visit if job.custom else job.visit):
            job.open_here -= 1
            job.finished_here += finished


def _set_status(job: PlannedJob, command: SetStatus) -> None:
    if command.status is JobStatus.CUSTOM:
        status = (
            job.pipeline.status_named(command.named) if command.named else job.pipeline.status(command.custom)
        )
        if status is None:
            raise Cannot(say(_("“{pipeline}” has no such status"), pipeline=job.pipeline.name))
        if job.status is JobStatus.ARCHIVED:
            raise Cannot(say(_("“{job}” is archived; restore it before giving it a status"), job=job.name))
        if job.custom is not None and job.custom.id == status.id:
            return
        _give_custom(job, status, command.choices)
        return
    if command.status is job.status:
        return
    if job.status is JobStatus.ARCHIVED and command.status is not JobStatus.ACTIVE:
        raise Cannot(say(_("“{job}” is archived; restore it before giving it a status"), job=job.name))
    if job.custom is not None:
        _leave_custom(job, restore=command.status is not JobStatus.ARCHIVED)
    job.status = command.status
    job.steps.append(Step(str(command.status), None, "", automatic=False))
    if command.choices.block:
        job.block = job.block.with_changes(command.choices.block)


def _give_custom(job: PlannedJob, status: StatusFacts, choices: Choices) -> None:
    if job.custom is not None:
        _leave_custom(job)
    job.status, job.custom = JobStatus.CUSTOM, status
    job.visits += 1
    job.status_visit = job.visits
    job.open_here = job.finished_here = 0
    before = job.block
    step = Step("status", status.id, status.name, automatic=False)
    _run(job, step, status.automations, choices)
    if status.restore_client_status and job.block != before:
        job.saved_block = SavedBlock(before, job.block)


def _leave_custom(job: PlannedJob, *, restore: bool = True) -> None:
    """S15: put the client-facing block back, unless something else has changed it since."""
    if restore and job.saved_block is not None and job.block == job.saved_block.after:
        job.block = job.saved_block.before
    job.saved_block = None
    job.custom = None
    job.open_here, job.finished_here = job.open_in_stage, job.finished_in_stage


def _enter_stage(
    job: PlannedJob, stage: StageFacts, choices: Choices, *, automatic: bool, why: Sentence | None = None
) -> None:
    job.stage = stage
    job.visits += 1
    job.visit = job.visits
    job.open_in_stage = job.finished_in_stage = 0
    custom = job.custom
    waiting = (job.open_here, job.finished_here)
    job.custom = None
    job.open_here = job.finished_here = 0
    _run(job, Step("stage", stage.id, stage.name, automatic=automatic, why=why), stage.automations, choices)
    job.open_in_stage = job.open_here
    if custom is not None:
        job.custom = custom
        job.open_here, job.finished_here = waiting


def _run(job: PlannedJob, step: Step, automations: tuple[AutomationFacts, ...], choices: Choices) -> None:
    """A3, A4, A11: the automations in their order, each seeing what the earlier ones changed; all or none."""
    runs: list[Run] = []
    problems: list[Sentence] = []
    still_open = {link.made_by for link in job.before.links if link.open and link.made_by}
    for automation in automations:
        if not automation.enabled:
            continue
        action = automation.action
        reason = automation.condition.why_not(job) if automation.condition else None
        if reason is None and automation.key in choices.skip:
            reason = say(_("left out by hand"))
        if reason is not None:
            runs.append(Run(automation.key, action.kind, False, action.describe(job), reason))
            continue
        try:
            says = action.describe(job)
            effects = tuple(action.plan(job))
            job.take(effects, automation.made_by)
        except TooMuch:
            raise
        except Cannot as cannot:
            problems.append(cannot.reason)
            job.forbidden = job.forbidden or cannot.forbidden
            continue
        if (
            not step.automatic
            and not job.facts.actor.may_tag
            and any(isinstance(each, ChangeTags) for each in effects)
        ):
            problems.append(say(_("moving a job here changes tags, which needs the right “manage tags”")))
            job.forbidden = True
        warns = say(_("what it made last time is still open")) if automation.made_by in still_open else None
        runs.append(Run(automation.key, action.kind, True, says, None, warns))
    if problems:
        job.problems.extend(problems)
        raise Cannot(problems[0])
    job.steps.append(Step(step.what, step.id, step.name, step.automatic, step.why, tuple(runs)))
    if choices.block:
        job.block = job.block.with_changes(choices.block)


def _settle(job: PlannedJob, command: Move | SetStatus | Release | Add) -> None:
    """What follows by itself (L7): the return from a custom status (S8), then automove (L4)."""
    released = isinstance(command, Release) or bool(job.finish or job.unlink)
    if released and job.custom is not None and not job.open_here and job.finished_here:
        why = say(_("everything that “{status}” waited for is done"), status=job.custom.name)
        _leave_custom(job)
        job.status = JobStatus.ACTIVE
        job.steps.append(Step("active", None, "", automatic=True, why=why))
    restored = job.before.status is JobStatus.ARCHIVED
    if released or any(
        step.what == "stage" or (step.what == "active" and not restored) for step in job.steps
    ):
        _advance(job)


def _advance(job: PlannedJob) -> None:
    """L4, L5, A5: go on for as long as the present stage waits for nothing; a hop that cannot be done is left out."""
    while (
        job.status is JobStatus.ACTIVE and job.stage is not None and job.stage.automove and not job.open_here
    ):
        if not job.finished_here and not job.pipeline.pass_through:
            return
        target = _next_stage(job)
        if target is None:
            return
        if job.level >= MOST_LEVELS:
            raise TooMuch(
                say(_("the job would go on by itself through more than {most} stages"), most=MOST_LEVELS)
            )
        memory = job.remember()
        why = (
            say(_("everything that “{stage}” waited for is done"), stage=job.stage.name)
            if job.finished_here
            else say(_("there is nothing to wait for in “{stage}”"), stage=job.stage.name)
        )
        try:
            job.level += 1
            _enter_stage(job, target, Choices(), automatic=True, why=why)
        except TooMuch:
            raise
        except Cannot:
            job.put_back(memory)
            job.failure = Failure(target.id, target.name, tuple(job.problems))
            job.problems = []
            job.forbidden = False
            return


def _next_stage(job: PlannedJob) -> StageFacts | None:
    """The next stage in order whose condition holds now."""
    assert job.stage is not None
    later = job.pipeline.stages[job.stage.position + 1 :]
    return next(
        (stage for stage in later if stage.condition is None or stage.condition.why_not(job) is None), None
    )


__all__ = [
    "FINISH", "KEEP", "UNLINK", "Add", "Choices", "Move", "Plan", "Release", "SetStatus", "plan", "plan_add",
    "plan_made_job", "tag_key",
]  # fmt: skip
