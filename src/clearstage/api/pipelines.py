"""Pipelines: lists, documents, boards, trying them out."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.engine.conditions import ACCOUNT_KINDS
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Automation, Pipeline, PipelineRevision
from clearstage.jobs.operations.pipelines import export_document, rename_pipeline, save_pipeline
from clearstage.jobs.schema import document_schema
from clearstage.jobs.trying import try_pipeline
from clearstage.jobs.writing import to_yaml
from clearstage.kernel.ids import public_id

from . import pipeline_answers as answers
from . import references, schemas
from .auth import Asked
from .boards import Board, BoardFilters, board_document
from .fields import AccountKind, Input, Priority
from .headers import named_version
from .job_inputs import Previewing
from .paging import Paging, page_of
from .parsing import JSON, YAML, json_values, media_type, text_of
from .routing import Noun

noun = Noun("Pipelines")

_DOCUMENTS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string", "description": "A pipeline document"}},
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A pipeline document, as /schemas/pipeline.json says",
                }
            },
        },
    }
}
Tags = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=60)]], Field(max_length=200)]


class Imagined(Input):
    """An imaginary client."""

    tags: Tags = []
    answers: Annotated[dict[str, Any], Field(max_length=500, description="By question")] = {}
    account_kind: AccountKind = ACCOUNT_KINDS[0]  # type: ignore[assignment]
    priority: Priority = "medium"


class PipelineChanges(Input):
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]


@noun.reads("/pipelines", schemas.Page[answers.PipelineListed], summary="List pipelines")
def list_pipelines(request: Asked, asked: Query[Paging]) -> Any:
    """The pipelines that are available to the caller."""
    rows = Pipeline.objects.filter(pk__in=Pipeline.objects.visible_to(request.actor).values("pk"))
    found, following = page_of(rows.prefetch_related("stages"), asked)
    return {"results": [answers.listed(row) for row in found], "next": following}


@noun.writes(
    "PUT",
    "/pipelines",
    answers.SavedPipeline,
    summary="Make or replace a pipeline",
    versioned=True,
    previews=True,
    extra=_DOCUMENTS,
)
def put_pipeline(request: Asked, asked: Query[Previewing]) -> Any:
    """By its name. Nothing fires, and running jobs stay as they are (A9).

    With `If-Match` only that revision is replaced. What *Check* finds is in `findings`; what breaks a rule is refused.
    """
    kind = media_type(request, (*JSON, *YAML))
    source = text_of(request.body) if kind in YAML else json_values(request.body)
    document, places = read_document(source)
    saved = save_pipeline(
        request.actor, document, places, preview=asked.preview, expected_revision=named_version(request)
    )
    return {
        "pipeline": {
            "id": public_id("pipeline", saved.pipeline_id) if saved.pipeline_id else None,
            "name": document.pipeline,
        },
        "revision": saved.revision,
        "created": saved.created,
        "changes": saved.changes,
        "findings": [each.as_values() for each in saved.findings],
    }


@noun.reads("/pipelines/{pipeline}", answers.PipelineDetail, summary="Read a pipeline")
def read_pipeline(request: Asked, pipeline: str) -> Any:
    return _detail(_row(request, pipeline))


@noun.writes(
    "PATCH", "/pipelines/{pipeline}", answers.PipelineDetail, summary="Rename a pipeline", versioned=True
)
def change_pipeline(request: Asked, pipeline: str, body: PipelineChanges) -> Any:
    """As a new revision. Automations and job templates that name it follow; jobs keep their names.

    Everything else of a pipeline is changed by putting its document.
    """
    row = _row(request, pipeline)
    return _detail(
        rename_pipeline(request.actor, row.pk, body.name, expected_revision=named_version(request))
    )


def _detail(row: Pipeline) -> dict[str, Any]:
    automations: dict[tuple[str, int], list[Automation]] = {}
    for each in Automation.objects.filter(Q(stage__pipeline=row) | Q(status__pipeline=row)).order_by(
        "position"
    ):
        place = ("stage", each.stage_id) if each.stage_id else ("status", each.status_id or 0)
        automations.setdefault(place, []).append(each)
    return answers.detail(row, automations)


@noun.reads(
    "/pipelines/{pipeline}/document",
    dict[str, Any],
    summary="Export a pipeline as a document",
    extra={
        "responses": {
            200: {
                "description": "The document: JSON, or YAML with `Accept: application/yaml`",
                "content": {"application/yaml": {"schema": {"type": "string"}}},
            }
        }
    },
)
def export_pipeline(request: Asked, pipeline: str) -> Any:
    """Putting the same document again changes nothing."""
    values = export_document(_row(request, pipeline).pk)
    if request.get_preferred_type([*JSON, *YAML]) in YAML:
        return HttpResponse(to_yaml(values), content_type="application/yaml; charset=utf-8")
    return values


@noun.reads("/pipelines/{pipeline}/board", Board, summary="See the board")
def read_board(request: Asked, pipeline: str, asked: Query[BoardFilters]) -> Any:
    """A column for each stage, with whole counts and the first cards. More of a column: `GET /jobs?stage=`."""
    return board_document(request.actor, _row(request, pipeline).pk, asked)


@noun.asks("/pipelines/{pipeline}/try", answers.Walk, summary="Walk an imaginary client through")
def try_out(request: Asked, pipeline: str, body: Imagined) -> Any:
    """Every stage entered or skipped and why, what runs there, and what the client reads. Nothing is done (F5)."""
    row = _row(request, pipeline)
    return try_pipeline(
        request.actor,
        row.pk,
        tags=body.tags,
        answers=body.answers,
        account_kind=body.account_kind,
        priority=body.priority,
    )


@noun.reads(
    "/pipelines/{pipeline}/revisions", schemas.Page[answers.Revision], summary="List a pipeline's revisions"
)
def list_revisions(request: Asked, pipeline: str, asked: Query[Paging]) -> Any:
    """Newest first: who saved it, when, and what was different (A9)."""
    rows = PipelineRevision.objects.filter(pipeline=_row(request, pipeline))
    found, following = page_of(rows, asked, "-number")
    return {"results": [answers.revision(row) for row in found], "next": following}


@noun.reads(
    "/schemas/pipeline.json", dict[str, Any], summary="Read the JSON Schema of pipeline documents", open=True
)
def pipeline_schema(request: HttpRequest) -> Any:
    return document_schema()


def _row(request: Asked, text: str) -> Pipeline:
    return Pipeline.objects.get(pk=references.pipeline_in_path(request.actor, text))
