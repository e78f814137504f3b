"""The forms in which pipelines are answered: in lists, in full, as a walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from clearstage.jobs.board import condition_words
from clearstage.jobs.models import Automation, CustomStatus, Pipeline, PipelineRevision, Stage
from clearstage.jobs.queries import named
from clearstage.kernel.ids import public_id

from . import schemas
from .fields import Answer, Color, Turn

Automations = Mapping[tuple[str, int], Sequence[Automation]]


class PipelineListed(Answer):
    id: str
    name: str
    description: str
    revision: int
    stages: list[schemas.Named]


class PipelineAutomation(Answer):
    key: str
    kind: str
    settings: dict[str, Any]
    when: dict[str, Any] | None
    enabled: bool


class Condition(Answer):
    when: dict[str, Any]
    says: str


class PipelineStage(Answer):
    id: str
    name: str
    color: Color
    automove: bool
    time_limit: int | None = Field(description="In days")
    condition: Condition | None
    automations: list[PipelineAutomation]


class PipelineStatus(Answer):
    id: str
    name: str
    color: Color
    description: str
    restore_client_status: bool
    automations: list[PipelineAutomation]


class PipelineOptions(Answer):
    pass_through: bool
    reviewer_is_not_preparer: bool


class PipelineDetail(Answer):
    id: str
    name: str
    description: str
    revision: int
    available_to: Literal["everyone"] | list[schemas.Person]
    card_fields: list[str]
    options: PipelineOptions
    stages: list[PipelineStage]
    statuses: list[PipelineStatus]


class PipelineNamed(Answer):
    id: str | None = Field(description="Null in a preview of a new pipeline")
    name: str


class Finding(Answer):
    """What *Check* found (F4)."""

    severity: Literal["error", "warning"]
    code: str
    where: str
    line: int | None
    column: int | None
    message: str
    remedy: str
    blocks: bool


class SavedPipeline(Answer):
    pipeline: PipelineNamed
    revision: int
    created: bool
    changes: list[str]
    findings: list[Finding]


class Revision(Answer):
    number: int
    at: datetime
    author: str
    changes: list[str]


class WalkSees(Answer):
    job_name: str
    status: str
    description: str
    turn: Turn


class WalkStop(Answer):
    stage: str
    entered: bool
    reason: str | None
    automations: list[schemas.Automation]
    waits_for: list[str]
    client_sees: WalkSees | None
    messages: list[dict[str, str]]
    jobs: list[dict[str, str]]
    goes_on: Literal["by itself", "by hand"] | None


class WalkEnd(Answer):
    stage: str
    reached: bool
    says: str


class Walk(Answer):
    stages: list[WalkStop]
    end: WalkEnd


def listed(row: Pipeline) -> dict[str, Any]:
    return {
        "id": public_id("pipeline", row.pk),
        "name": row.name,
        "description": row.description,
        "revision": row.revision,
        "stages": [named("stage", stage.pk, stage.name) for stage in row.stages.all()],
    }


def detail(row: Pipeline, automations: Automations) -> dict[str, Any]:
    available_to = (
        "everyone" if row.for_everyone else [_person(each) for each in row.available_to.order_by("email")]
    )
    return {
        "id": public_id("pipeline", row.pk),
        "name": row.name,
        "description": row.description,
        "revision": row.revision,
        "available_to": available_to,
        "card_fields": row.card_fields,
        "options": {
            "pass_through": row.pass_through,
            "reviewer_is_not_preparer": row.reviewer_is_not_preparer,
        },
        "stages": [_stage(each, automations.get(("stage", each.pk), ())) for each in row.stages.all()],
        "statuses": [_status(each, automations.get(("status", each.pk), ())) for each in row.statuses.all()],
    }


def _stage(row: Stage, automations: Sequence[Automation]) -> dict[str, Any]:
    condition = {"when": row.condition, "says": condition_words(row.condition)} if row.condition else None
    return {
        "id": public_id("stage", row.pk),
        "name": row.name,
        "color": row.color,
        "automove": row.automove,
        "time_limit": row.time_limit,
        "condition": condition,
        "automations": [_automation(each) for each in automations],
    }


def _status(row: CustomStatus, automations: Sequence[Automation]) -> dict[str, Any]:
    return {
        "id": public_id("status", row.pk),
        "name": row.name,
        "color": row.color,
        "description": row.description,
        "restore_client_status": row.restore_client_status,
        "automations": [_automation(each) for each in automations],
    }


def _automation(row: Automation) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "settings": row.settings,
        "when": row.condition,
        "enabled": row.enabled,
    }


def _person(row: Any) -> dict[str, Any]:
    return {"id": public_id("member", row.pk), "name": row.name, "email": row.email}


def revision(row: PipelineRevision) -> dict[str, Any]:
    return {"number": row.number, "at": row.at, "author": row.author, "changes": row.changes}
