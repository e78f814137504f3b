"""*Try* (F5): walks an imaginary client through a pipeline, stage by stage, before a real one goes there.

Each stop is planned by the engine like any other move. What the client does not decide is assumed: everything a stage
waits for gets done, and where a stage does not go on by itself somebody moves the job, to the stage that automove would
choose (A5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _t

from clearstage.engine import planner
from clearstage.engine.conditions import ACCOUNT_KINDS, PRIORITIES, answer_key, tag_key
from clearstage.engine.effects import MakeItem, SendEmail
from clearstage.engine.facts import (
    AccountFacts,
    ContactFacts,
    Facts,
    JobFacts,
    MemberFacts,
    PipelineFacts,
    StageFacts,
)
from clearstage.engine.planned import PlannedJob
from clearstage.engine.planner import Add, Move
from clearstage.engine.sentences import render
from clearstage.firm.models import Role
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.text import flaws

from .gather import gather
from .models import Pipeline

_ACCOUNT, _CONTACT, _JOB = 0, 0, 1


def try_pipeline(
    actor: Actor,
    pipeline_id: int,
    *,
    tags: Sequence[str],
    answers: Mapping[str, Any],
    account_kind: str = "individual",
    priority: str = "medium",
) -> dict[str, Any]:
    """The walk: which stages are entered, what runs there and is waited for, what the client reads and gets."""
    _demand_sense(tags, answers, account_kind, priority)
    if not Pipeline.objects.visible_to(actor).filter(pk=pipeline_id).exists():
        raise NotFound
    gathered = gather(actor.for_the_firm(), pipelines=[pipeline_id])
    pipeline = gathered.pipelines[pipeline_id]
    facts = _imagined(gathered, pipeline_id, tags, account_kind)
    given = {answer_key(question): value for question, value in answers.items()}
    draft = JobFacts(0, 1, pipeline.name, _ACCOUNT, pipeline_id, priority=priority, answers=given)
    stops: list[dict[str, Any]] = []
    job: PlannedJob | None = None
    here, stop = pipeline.stages[0], None
    for stage in pipeline.stages:
        reason = stage.condition.why_not(job) if job and stage.condition else None
        if reason is not None:
            stops.append(_skipped(stage, render(reason, _t)))
            continue
        if job is None:
            job = planner.plan_add(facts, [Add(draft, stage.id)]).jobs[0]
        else:
            job = planner.plan(_moved_on(facts, job), Move(pipeline_id, stage.id)).jobs[0]
        if stop is not None:
            stop["goes_on"] = "by itself" if _by_itself(here, stop, pipeline) else "by hand"
        here, stop = stage, _stop(stage, job)
        stops.append(stop)
        if job.refused:
            break
    return {"stages": stops, "end": _end(here, stop["reason"] if stop else None)}


def _by_itself(stage: StageFacts, stop: Mapping[str, Any], pipeline: PipelineFacts) -> bool:
    """L4, L5: with automove, once something was finished, or where there was nothing to wait for and that is enough."""
    return stage.automove and (bool(stop["waits_for"]) or pipeline.pass_through)


def _demand_sense(tags: Sequence[str], answers: Mapping[str, Any], account_kind: str, priority: str) -> None:
    errors = list(flaws({"tags": list(tags), "answers": dict(answers)}))
    for name, value, known in (
        ("account_kind", account_kind, ACCOUNT_KINDS),
        ("priority", priority, PRIORITIES),
    ):
        if value not in known:
            errors.append(
                (name, _t("“{value}” is not one of {known}").format(value=value, known=", ".join(known)))
            )
    if errors:
        raise Invalid(errors)


# The imaginary client, and a firm in which each role is held by somebody called after it


def _imagined(facts: Facts, pipeline_id: int, tags: Sequence[str], account_kind: str) -> Facts:
    roles = list(Role.objects.values_list("name", flat=True))
    members = {
        -number: MemberFacts(-number, _t("the {role}").format(role=role), f"{-number}@imaginary.invalid")
        for number, role in enumerate(roles, 1)
    }
    client = AccountFacts(
        _ACCOUNT,
        _t("Imaginary client"),
        account_kind,
        tags=frozenset(tag_key(tag) for tag in tags),
        roles={role.casefold(): (-number,) for number, role in enumerate(roles, 1)},
        contacts=(
            ContactFacts(
                _CONTACT, _t("Imaginary contact"), "contact@imaginary.invalid", notify=True, login=True
            ),
        ),
    )
    return replace(
        facts,
        members={**facts.members, **members},
        accounts={_ACCOUNT: client},
        pipelines={**facts.pipelines, pipeline_id: _by_hand(facts.pipelines[pipeline_id])},
    )


def _by_hand(pipeline: PipelineFacts) -> PipelineFacts:
    """Without automove, so that each stage is a plan of its own; which stage comes next is found out here."""
    return replace(pipeline, stages=tuple(replace(stage, automove=False) for stage in pipeline.stages))


def _moved_on(facts: Facts, job: PlannedJob) -> Facts:
    """The facts as they are after the plan was carried out and everything it waits for was done."""
    assert job.stage is not None
    after = replace(
        job.before,
        id=_JOB,
        name=job.name,
        stage=job.stage.id,
        visit=job.visit,
        visits=job.visits,
        block=job.block,
        assignees=job.assignees,
        priority=job.priority,
        start=job.start,
        due=job.due,
        description=job.description,
    )
    client = replace(job.account.facts, tags=job.account.tags, members=job.account.members)
    return replace(facts, accounts={_ACCOUNT: client}, jobs=(after,))


# Telling it


def _stop(stage: StageFacts, job: PlannedJob) -> dict[str, Any]:
    runs = job.steps[-1].runs if job.steps else ()
    waits_for = [
        str(getattr(effect.spec, "title", effect.kind))
        for _scope, effect, _made_by in job.effects
        if isinstance(effect, MakeItem) and effect.holds
    ]
    sees = None if job.refused else job.client_sees
    return {
        "stage": stage.name,
        "entered": not job.refused,
        "reason": " ".join(render(each, _t) for each in job.problems) or None,
        "automations": [
            {
                "key": run.key,
                "kind": run.kind,
                "runs": run.runs,
                "reason": render(run.reason, _t) if run.reason else None,
                "says": render(run.says, _t),
            }
            for run in runs
        ],
        "waits_for": waits_for,
        "client_sees": {
            "job_name": sees.job_name,
            "status": sees.status,
            "description": sees.description,
            "turn": sees.turn,
        }
        if sees
        else None,
        "messages": list(_messages(job)),
        "jobs": [{"name": made.name, "pipeline": made.pipeline.name} for made in job.made_jobs],
        "goes_on": None,
    }


def _messages(job: PlannedJob) -> Iterator[dict[str, str]]:
    """What goes out, also from jobs that are made on the way."""
    for _scope, effect, _made_by in job.effects:
        if isinstance(effect, SendEmail):
            yield {"to": effect.to_name, "subject": effect.subject}
    for made in job.made_jobs:
        yield from _messages(made)


def _skipped(stage: StageFacts, reason: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "automations": [],
        "waits_for": [],
        "client_sees": None,
        "messages": [],
        "jobs": [],
        "goes_on": None,
    }
    return {"stage": stage.name, "entered": False, "reason": reason, **nothing}


def _end(stage: StageFacts, reasons: str | None) -> dict[str, Any]:
    if reasons is None:
        return {
            "stage": stage.name,
            "reached": True,
            "says": _t("The walk ends in “{stage}”.").format(stage=stage.name),
        }
    says = _t("The job cannot enter “{stage}”: {reasons}").format(stage=stage.name, reasons=reasons)
    return {"stage": stage.name, "reached": False, "says": says}
