"""A new pipeline: from scratch, or from one of the library, whose stages are shown before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clearstage import library
from clearstage.jobs.document import PipelineDocument, read_document
from clearstage.jobs.models import Pipeline, Template
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.jobs.operations.templates import create_template
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.jobs.policies import can_manage_templates
from clearstage.jobs.writing import document_values
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused, Stale
from clearstage.pages.htmx import go, is_htmx

from ..access import MemberRequest, member_page
from .editor_condition import condition_words
from .editor_page import AutomationRow, automation_rows
from .editor_words import Words


@dataclass(frozen=True, slots=True)
class Sample:
    """A pipeline of the library, in a line."""

    id: str
    name: str
    description: str
    stages: int
    statuses: int


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """The library does not change while Clearstage runs."""
    found = []
    for name, text in library.documents().items():
        document = _read(text)
        found.append(
            Sample(
                name, document.pipeline, document.description, len(document.stages), len(document.statuses)
            )
        )
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


@lru_cache(maxsize=64)
def _read(text: str) -> PipelineDocument:
    return read_document(text)[0]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def new(request: MemberRequest, actor: Actor) -> HttpResponse:
    can_save_pipelines(actor).demand()
    if is_htmx(request) and request.method != "POST":
        return go(request, "pipeline-new")
    asked = request.POST if request.method == "POST" else request.GET
    chosen = asked.get("from", "")
    sample = library.documents().get(chosen)
    name = asked.get("name", _read(sample).pipeline if sample else "").strip()
    problems: list[str] = []
    if request.method == "POST":
        try:
            return go(request, reverse("pipeline-edit", args=[_create(actor, name, sample)]))
        except Stale:
            problems = [_("There is a pipeline “{name}” already; give it another name.").format(name=name)]
        except Invalid as invalid:
            problems = [message for _where, message in invalid.errors]
        except Refused as refused:
            problems = refused.problems
    context = {
        "samples": samples(),
        "chosen": chosen if sample else "",
        "preview": _preview(_read(sample)) if sample else None,
        "templates": _missing_templates(_read(sample)) if sample else [],
        "may_make_templates": can_manage_templates(actor),
        "name": name,
        "taken": Pipeline.objects.filter(name__iexact=name).exists(),
        "problems": problems,
    }
    return render(request, "web/editor/new.html", context, status=422 if problems else 200)


def _create(actor: Actor, name: str, sample: str | None) -> int:
    """With the templates it names, where they are not there yet and the actor may make them."""
    if not name:
        raise Invalid([("name", _("A name is needed."))])
    document = _read(sample) if sample else None
    values: dict[str, Any] = _from_scratch()
    if document:
        declared = [each.model_dump() for each in document.client_statuses]
        values = {**document_values(document), "client_statuses": declared}
    with transaction.atomic():
        for kind, template, body in (
            _missing_templates(document) if document and can_manage_templates(actor) else []
        ):
            create_template(actor, kind, template, body)
        ready, places = read_document({**values, "pipeline": name})
        saved = save_pipeline(actor, ready, places, expected_revision=0)
    assert saved.pipeline_id is not None
    return saved.pipeline_id


def _from_scratch() -> dict[str, Any]:
    return {"stages": [{"stage": _("To do")}, {"stage": _("In progress")}, {"stage": _("Finished")}]}


def _missing_templates(document: PipelineDocument) -> list[tuple[str, str, dict[str, Any]]]:
    """(kind, name, body) of the library's templates that the document names and the firm does not have."""
    named = {
        (kind, str(automation.settings["template"]).casefold())
        for _path, automation in document.automations()
        if (kind := {"create_job": "job"}.get(automation.kind, automation.kind))
        and "template" in automation.settings
    }
    present = {(kind, name.casefold()) for kind, name in Template.objects.values_list("kind", "name")}
    return [
        (each["kind"], each["name"], each["body"])
        for each in library.templates()
        if (each["kind"], each["name"].casefold()) in named - present
    ]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A stage or status of a pipeline that is not taken yet."""

    name: str
    color: str
    automove: bool
    limit: str
    when: list[str]
    automations: list[AutomationRow]


def _preview(document: PipelineDocument) -> dict[str, Any]:
    values, words = document_values(document), Words.of_the_firm()
    return {
        "name": document.pipeline,
        "description": document.description,
        "stages": [_preview_row(each, each["stage"], words) for each in values["stages"]],
        "statuses": [_preview_row(each, each["status"], words) for each in values.get("statuses", [])],
    }


def _preview_row(entry: dict[str, Any], name: str, words: Words) -> PreviewRow:
    usual = "gray" if "stage" in entry else "orange"
    return PreviewRow(
        name,
        entry.get("color", usual),
        entry.get("automove", False),
        entry.get("time_limit", ""),
        condition_words(entry.get("when")),
        automation_rows(entry, "", words, {}),
    )
