"""Jobs: lists, single jobs, adding, editing, their history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field

from clearstage.jobs.models import Job, Pipeline, Template
from clearstage.jobs.operations.adding import Added, NewJobs, add_jobs, preview_adding
from clearstage.jobs.operations.command import Expected
from clearstage.jobs.operations.editing import FIELDS, edit_as_action
from clearstage.jobs.present import plan_document, words
from clearstage.jobs.queries import beside, filtered, full_job_document, get_job, job_document, job_rows
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.ids import number_of, public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer
from .headers import demanded_version
from .job_inputs import STATUSES, JobChanges, JobFilters, NewJobsInput, Previewing
from .paging import page_of
from .routing import Answered, Noun

noun = Noun("Jobs")


class AddedJobs(Answer):
    jobs: list[schemas.JobListed]
    refused: list[schemas.RefusedAccount]
    action: str | None = Field(description="What can be undone")
    plan: schemas.Plan


@noun.reads("/jobs", schemas.Page[schemas.JobListed], summary="List jobs")
def list_jobs(request: Asked, asked: Query[JobFilters]) -> Any:
    """The jobs the caller sees, in the order in which they were made. Archived ones only where they are asked for."""
    rows, following = page_of(job_rows(_filtered(request.actor, asked)), asked)
    return {"results": job_documents(rows), "next": following}


@noun.reads("/jobs/{job}", schemas.Job, summary="Read a job, and why it is where it is", versioned=True)
def read_job(request: Asked, job: str) -> Any:
    row = get_job(request.actor, number_of("job", job))
    return full_job_document(request.actor, row)


class PlannedJobs(Answer):
    """What a preview answers."""

    plan: schemas.Plan
    refused: list[schemas.RefusedAccount]


@noun.writes(
    "POST",
    "/jobs",
    AddedJobs,
    summary="Add a job for each account",
    status=201,
    previews=True,
    also={200: PlannedJobs},
)
def create_jobs(request: Asked, body: NewJobsInput, asked: Query[Previewing]) -> Any:
    """What was typed wins over the template, and that over the pipeline; then the stage's automations run.

    Accounts that cannot have the job are in `refused` with their reasons; where none can, the answer is 409.
    """
    wanted, unknown = _new_jobs(request.actor, body)
    if asked.preview:
        planned = preview_adding(request.actor, wanted) if wanted.accounts else None
        plan = plan_document(planned) if planned else {"digest": "", "jobs": [], "refused": []}
        return Answered({"plan": plan, "refused": _refused(planned, unknown)}, 200)
    added = add_jobs(request.actor, wanted, Expected(body.expect)) if wanted.accounts else None
    refused = _refused(added, unknown)
    if added is None or not added.plan.going:
        reasons = list(dict.fromkeys(reason for each in refused for reason in each["reasons"]))
        raise Refused(reasons, refused=refused)
    made = [job.id for job in added.plan.going]
    rows = {row.pk: row for row in job_rows(Job.objects.filter(pk__in=made))}
    return {
        "jobs": job_documents([rows[number] for number in made]),
        "refused": refused,
        "action": public_id("action", added.action) if added.action else None,
        "plan": plan_document(added),
    }


class ChangedJob(schemas.Job):
    action: str | None = Field(description="What can be undone; null where everything was so already")


@noun.writes("PATCH", "/jobs/{job}", ChangedJob, summary="Change a job", versioned=True, rehearses=True)
def change_job(request: Asked, job: str, body: JobChanges) -> Any:
    """Fields, assignees (all of them) and what the client is told. Stage and status have calls of their own."""
    row = get_job(request.actor, number_of("job", job))
    action = edit_as_action(
        request.actor,
        row.pk,
        body.given(*FIELDS),
        assignees=references.people(body.assignees) if "assignees" in body.model_fields_set else None,
        block=body.client_status.changes() if body.client_status else None,
        version=demanded_version(request, row.version),
    )
    document = full_job_document(request.actor, get_job(request.actor, row.pk))
    return {**document, "action": public_id("action", action) if action else None}


def job_documents(rows: Sequence[Job]) -> list[dict[str, Any]]:
    around = beside(rows)
    return [job_document(row, around) for row in rows]


def _filtered(actor: Actor, asked: JobFilters) -> QuerySet[Job]:
    jobs = Job.objects.visible_to(actor)
    pipeline = references.pipeline(actor, asked.pipeline) if asked.pipeline is not None else None
    archived = asked.archived
    if asked.stage is not None or asked.status is not None:
        within = [pipeline] if pipeline else [number for number, _name in references.pipelines(actor).entries]
        if asked.stage is not None:
            jobs = jobs.filter(stage__in=references.stages_anywhere(within, asked.stage))
        if asked.status is not None:
            jobs = jobs.filter(_of_status(within, asked.status))
            archived = archived or asked.status.strip().casefold() == "archived"
    return filtered(
        jobs,
        pipeline=pipeline,
        account=references.account(actor, asked.account) if asked.account is not None else None,
        assignee=references.member(asked.assignee, "assignee") if asked.assignee is not None else None,
        tag=references.tag(asked.tag)[1] if asked.tag is not None else "",
        due_before=asked.due_before,
        overdue=asked.overdue,
        archived=archived,
        q=asked.q,
    )


def _of_status(pipelines: Sequence[int], text: str) -> Q:
    if known := STATUSES.get(text.strip().casefold()):
        return Q(status=known)
    listed = references.statuses(pipelines)
    numbers = listed.numbers(text)
    if not numbers:
        listed.refuse(text, "status", references.no_status(text))
    return Q(custom_status__in=numbers)


def _new_jobs(actor: Actor, body: NewJobsInput) -> tuple[NewJobs, list[str]]:
    """The command, and the accounts that are not there."""
    template = references.template("job", body.template) if body.template is not None else None
    pipeline = _pipeline(actor, body, template)
    stage = references.stage(pipeline, body.stage) if body.stage is not None else None
    typed = body.given("name", "description", "priority", "start", "due", "deadline", "budget_minutes")
    if "assignees" in body.model_fields_set:
        typed["assignees"] = references.people_and_roles(body.assignees)
    block = body.client_status.changes() if body.client_status else None
    if block is not None:
        typed["block"] = block
    found = references.accounts(actor, body.accounts)
    return (
        NewJobs(
            accounts=[number for number in found if number is not None],
            pipeline=pipeline.pk,
            stage=stage,
            template=template.name if template else None,
            typed=typed,
            choices=references.choices(body.skip, block, stage or _first_stage(pipeline, template)),
            apply_client_status=body.apply_client_status_automation,
        ),
        [text for text, number in zip(body.accounts, found, strict=True) if number is None],
    )


def _pipeline(actor: Actor, body: NewJobsInput, template: Template | None) -> Pipeline:
    name = body.pipeline or (template.body.get("pipeline") if template else None)
    if name is None:
        raise Invalid([("pipeline", _t("is needed"))])
    return Pipeline.objects.get(pk=references.pipeline(actor, name))


def _first_stage(pipeline: Pipeline, template: Template | None) -> int | None:
    """Where a job goes without a stage of its own: the template's, else the first."""
    named = template.body.get("stage") if template else None
    stages = list(pipeline.stages.values_list("pk", "name"))
    if named:
        return next((pk for pk, name in stages if name.casefold() == named.strip().casefold()), None)
    return stages[0][0] if stages else None


def _refused(added: Added | None, unknown: Sequence[str]) -> list[dict[str, Any]]:
    missing = [_t("There is no such account.")]
    found: list[dict[str, Any]] = [
        {"account": {"id": text, "name": None}, "reasons": missing} for text in unknown
    ]
    if added is None:
        return found
    for job in added.plan.refused:
        account = job.account.facts
        named = {"id": public_id("account", account.id), "name": account.name}
        found.append({"account": named, "reasons": [words(problem) for problem in job.problems]})
    for number in added.missing:
        found.append({"account": {"id": public_id("account", number), "name": None}, "reasons": missing})
    return found
