"""Pipelines on paper: facts for the engine in one line each, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from clearstage.engine import conditions
from clearstage.engine.effects import ChangeTags, Effect, MakeItem, SetClientBlock
from clearstage.engine.facts import (
    AccountFacts,
    ActorFacts,
    AutomationFacts,
    ClientBlock,
    ClientStatusFacts,
    Facts,
    JobFacts,
    JobStatus,
    LinkFacts,
    PipelineFacts,
    StageFacts,
    StatusFacts,
    TagFacts,
)
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.planner import Plan, plan
from clearstage.engine.sentences import Sentence, say

NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
PIPELINE = 1


@dataclass(frozen=True)
class Spec:
    title: str

    def fingerprint(self) -> tuple[Any, ...]:
        return (self.title,)


@dataclass(frozen=True)
class Does:
    """An automation's action that yields what it is given."""

    effects: tuple[Effect, ...]
    kind: str = "test"
    refusal: str = ""

    def describe(self, job: PlannedJob) -> Sentence:
        return say("does it")

    def plan(self, job: PlannedJob) -> Iterable[Effect]:
        if self.refusal:
            raise Cannot(say(self.refusal))
        return self.effects


def task(title: str = "a task") -> Does:
    return Does((MakeItem("task", Spec(title), holds=True),), "task")


def tells(status: int, description: str | None = None) -> Does:
    return Does((SetClientBlock(ClientBlock(True, status, description)),), "client_status")


def tags(add: Sequence[str] = (), remove: Sequence[str] = ()) -> Does:
    return Does((ChangeTags(tuple(add), tuple(remove)),), "tags")


def refuses(reason: str = "no contact") -> Does:
    return Does((), "email", reason)


def automations(owner: str, *actions: Does | tuple[Does, dict[str, Any]]) -> tuple[AutomationFacts, ...]:
    found = []
    for position, each in enumerate(actions, 1):
        action, when = each if isinstance(each, tuple) else (each, None)
        key = f"{action.kind}-{position}"
        found.append(AutomationFacts(key, f"{owner}:{key}", action, conditions.parse(when) if when else None))
    return tuple(found)


def stage(number: int, name: str, *actions: Any, automove: bool = False, when: Any = None) -> StageFacts:
    condition = conditions.parse(when) if when else None
    return StageFacts(number, name, 0, automove, condition, automations(f"stage:{number}", *actions))


def status(number: int, name: str, *actions: Any, restore: bool = False) -> StatusFacts:
    return StatusFacts(number, name, restore, automations(f"status:{number}", *actions))


def pipeline(
    *stages: StageFacts, statuses: Sequence[StatusFacts] = (), pass_through: bool = False
) -> PipelineFacts:
    placed = tuple(replace(each, position=position) for position, each in enumerate(stages))
    return PipelineFacts(PIPELINE, "Tax return", 1, placed, tuple(statuses), pass_through)


def job(**fields: Any) -> JobFacts:
    values = {
        "id": 1,
        "version": 1,
        "name": "1040",
        "account": 1,
        "pipeline": PIPELINE,
        "stage": 1,
        "visit": 1,
        "visits": 1,
    }
    return JobFacts(**{**values, **fields})


def link(
    number: int, *, visit: int = 1, open: bool = True, holds: bool = True, made_by: str = ""
) -> LinkFacts:
    return LinkFacts(number, "task", number, visit, holds, open, made_by)


def facts(
    of: PipelineFacts,
    *jobs: JobFacts,
    tags: Sequence[str] = (),
    may_tag: bool = True,
    more: Sequence[PipelineFacts] = (),
) -> Facts:
    return Facts(
        now=NOW,
        today=date(2026, 2, 3),
        actor=ActorFacts(None, "Olivia", may_tag),
        client_statuses={
            1: ClientStatusFacts(1, "In progress", "We are at work.", "firm"),
            2: ClientStatusFacts(2, "On hold", "We wait.", "nobody"),
        },
        tags={name: TagFacts(number, name) for number, name in enumerate(("foreign", "new", "returning"))},
        pipelines={of.id: of, **{each.id: each for each in more}},
        accounts={1: AccountFacts(1, "Ada Okafor", "individual", tags=frozenset(tags))},
        jobs=jobs,
    )


def planned(of: PipelineFacts, before: JobFacts, command: Any, **more: Any) -> PlannedJob:
    """The one job of a plan."""
    made: Plan = plan(facts(of, before, **more), command)
    return made.jobs[0]


def standing(planned_job: PlannedJob) -> str:
    """Where the job stands, as one word for tables: `Review`, or `Review/Needs extension`."""
    assert planned_job.stage is not None
    if planned_job.custom:
        return f"{planned_job.stage.name}/{planned_job.custom.name}"
    if planned_job.status is not JobStatus.ACTIVE:
        return f"{planned_job.stage.name}/{planned_job.status}"
    return planned_job.stage.name
