"""Adding jobs (M10, C7): one account or many, from typed values, a template and the pipeline, then the stage's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.engine import planner
from clearstage.engine.facts import Facts, JobFacts, PipelineFacts, StageFacts
from clearstage.engine.planned import Cannot, PlannedAccount, PlannedJob
from clearstage.engine.planner import Add, Choices, Plan
from clearstage.engine.sentences import render
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, PlanChanged, Refused

from ..apply import carry_out
from ..failures import record_failures
from ..gather import gather
from ..kinds import Needs
from ..models import Pipeline
from ..policies import can_assign
from .command import MOST_AT_ONCE, Expected
from .outcome import Outcome


@dataclass(frozen=True, slots=True)
class NewJobs:
    """One job for each account. `stage` is None for the template's or the first; `typed` holds values by field name.

    `apply_client_status` answers C7: False keeps what the template or the person set. None is unattended: the
    automation wins.
    """

    accounts: Sequence[int]
    pipeline: int
    stage: int | None = None
    template: str | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)
    choices: Choices = Choices()
    apply_client_status: bool | None = None


@dataclass(slots=True)
class Added(Outcome):
    """`missing` are accounts that the actor cannot see."""


def preview_adding(actor: Actor, request: NewJobs) -> Added:
    """The plan of adding, nothing done."""
    return _planned(actor, request)


def add_jobs(actor: Actor, request: NewJobs, expected: Expected = Expected()) -> Added:
    """Add the jobs that can be added; the others are in the outcome with their reasons (A12)."""
    with transaction.atomic():
        added = _planned(actor, request)
        if expected.digest is not None and expected.digest != added.plan.digest:
            raise PlanChanged(
                _t("Something changed since this was shown, so nothing was done. Please look again."),
                added.plan,
            )
        if added.plan.going:
            carried = carry_out(actor, added.plan.going, command="add")
            record_failures(actor, added.plan.going, carried.events)
            added.action = carried.action
        return added


def _planned(actor: Actor, request: NewJobs) -> Added:
    if not request.accounts:
        raise Invalid([("accounts", _t("name at least one account"))])
    if len(request.accounts) > MOST_AT_ONCE:
        raise Invalid([("accounts", _t("at most {most} at once").format(most=MOST_AT_ONCE))])
    if not Pipeline.objects.visible_to(actor).filter(pk=request.pipeline).exists():
        raise NotFound
    # Whom a role leads to is known only later, so naming one counts as naming somebody else.
    can_assign(
        actor, {each if isinstance(each, int) else 0 for each in request.typed.get("assignees", ())}
    ).demand()
    accounts = list(dict.fromkeys(request.accounts))
    seen = set(Account.objects.visible_to(actor).filter(pk__in=accounts).values_list("pk", flat=True))
    wanted = Needs(templates=frozenset({("job", request.template)} if request.template else ()))
    facts = gather(actor, accounts=seen, pipelines=[request.pipeline], more=wanted)
    pipeline = facts.pipelines[request.pipeline]
    body = _template(facts, request)
    stage = _stage(pipeline, request, body)
    choices = _choices(request, body, stage)
    drafted = [_draft(facts, account, pipeline, body, request) for account in accounts if account in seen]
    additions = [Add(draft, stage.id, choices) for draft in drafted if isinstance(draft, JobFacts)]
    refused = tuple(draft for draft in drafted if isinstance(draft, PlannedJob))
    plan = planner.plan_add(facts, additions)
    return Added(
        Plan((*plan.jobs, *refused)), missing=[account for account in accounts if account not in seen]
    )


def _draft(
    facts: Facts, account: int, pipeline: PipelineFacts, body: Mapping[str, Any], request: NewJobs
) -> JobFacts | PlannedJob:
    from ..drafts import draft_from_template

    try:
        return draft_from_template(facts, facts.accounts[account], pipeline, body, request.typed)
    except Cannot as cannot:
        blank = JobFacts(0, 1, pipeline.name, account, pipeline.id)
        job = PlannedJob(facts, blank, PlannedAccount(facts.accounts[account]))
        job.problems.append(cannot.reason)
        return job


def _template(facts: Facts, request: NewJobs) -> Mapping[str, Any]:
    if request.template is None:
        return {}
    body = facts.template("job", request.template)
    if body is None:
        raise Refused([_t("There is no job template “{name}”.").format(name=request.template)])
    return body


def _stage(pipeline: PipelineFacts, request: NewJobs, body: Mapping[str, Any]) -> StageFacts:
    if request.stage is not None:
        stage = pipeline.stage(request.stage)
        if stage is None:
            raise NotFound
        return stage
    if body.get("stage"):
        stage = pipeline.stage_named(body["stage"])
        if stage is None:
            raise Refused(
                [_t("The template's stage “{name}” is no longer there.").format(name=body["stage"])]
            )
        return stage
    return pipeline.stages[0]


def _choices(request: NewJobs, body: Mapping[str, Any], stage: StageFacts) -> Choices:
    """C7: where the answer is “do not apply”, the stage's client-facing automations are left out."""
    if request.apply_client_status is not False:
        return request.choices
    left_out = {each.key for each in stage.automations if each.action.kind == "client_status"}
    return Choices(request.choices.skip | left_out, request.choices.block)


def reasons_of(job: PlannedJob) -> list[str]:
    """Why a planned job is refused, in the reader's language."""
    return [render(problem, _t) for problem in job.problems]
