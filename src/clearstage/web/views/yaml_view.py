"""A pipeline as text (F7): check, plan, apply, download; its revisions; and trying it on an imaginary client (F5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clearstage.clients.queries import tags_list
from clearstage.engine.conditions import ACCOUNT_KINDS, PRIORITIES
from clearstage.jobs.check import Finding
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Pipeline
from clearstage.jobs.operations.pipelines import Saved, export_document, save_pipeline
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.jobs.trying import try_pipeline
from clearstage.jobs.writing import to_yaml
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale
from clearstage.pages.htmx import go

from ..access import MemberRequest, member_page
from .asking import row_number
from .editor import editable
from .editor_labels import choice_label
from .editor_names import Option
from .editor_page import Mistake, mistakes

REVISIONS = 50


def seen(actor: Actor, pipeline: int) -> Pipeline:
    row = Pipeline.objects.visible_to(actor).filter(pk=row_number(pipeline)).first()
    if row is None:
        raise NotFound
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def yaml(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    """Reading takes seeing the pipeline; the buttons take the right."""
    row = seen(actor, pipeline)
    if request.method != "POST":
        return _page(request, actor, row, to_yaml(export_document(row.pk)), row.revision)
    editable(actor, pipeline)
    text = request.POST.get("document", "").replace("\r\n", "\n")
    revision = _number(request.POST.get("revision", ""))
    applying = request.POST.get("do") == "apply"
    try:
        document, places = read_document(text)
        copy = document.pipeline.casefold() != row.name.casefold()
        expected = 0 if copy else revision
        saved = save_pipeline(actor, document, places, preview=not applying, expected_revision=expected)
    except Invalid as invalid:
        return _page(request, actor, row, text, revision, mistakes=mistakes(invalid))
    except Refused as refused:
        return _page(
            request,
            actor,
            row,
            text,
            revision,
            problems=refused.problems,
            findings=refused.extra.get("findings", []),
        )
    except Stale:
        return _page(request, actor, row, text, revision, stale=True)
    if applying and saved.changes:
        return go(
            request, f"{reverse('pipeline-revisions', args=[saved.pipeline_id])}?saved={saved.revision}"
        )
    return _page(request, actor, row, text, revision, saved=saved, copy=document.pipeline if copy else "")


def _page(
    request: MemberRequest,
    actor: Actor,
    row: Pipeline,
    text: str,
    revision: int,
    *,
    saved: Saved | None = None,
    findings: list[Finding] | None = None,
    mistakes: list[Mistake] | None = None,
    problems: list[str] | None = None,
    stale: bool = False,
    copy: str = "",
) -> HttpResponse:
    refused = bool(mistakes or problems or stale)
    context: dict[str, Any] = {
        "pipeline": row,
        "tab": "yaml",
        "may_edit": bool(can_save_pipelines(actor)),
        "text": text,
        "lines": max(text.count("\n") + 2, 24),
        "revision": revision,
        "may_save": can_save_pipelines(actor),
        "asked": request.POST.get("do", ""),
        "saved": saved,
        "findings": saved.findings if saved else findings or [],
        "mistakes": mistakes or [],
        "problems": problems or [],
        "stale": stale,
        "newer": row.revisions.filter(number__gt=revision).order_by("-number") if stale else [],
        "copy": copy,
    }
    return render(request, "web/editor/yaml.html", context, status=422 if refused else 200)


@require_safe
@member_page
def download(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    row = seen(actor, pipeline)
    response = HttpResponse(to_yaml(export_document(row.pk)), content_type="application/yaml; charset=utf-8")
    name = slugify(row.name) or "pipeline"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response


@require_safe
@member_page
def revisions(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    """Who changed what, and when (A9); `text` shows a revision as it was."""
    row = seen(actor, pipeline)
    rows = row.revisions.order_by("-number")
    if before := _number(request.GET.get("before", "")):
        rows = rows.filter(number__lt=before)
    found = list(rows[: REVISIONS + 1])
    number = _number(request.GET.get("text", ""))
    chosen = row.revisions.filter(number=number).first() if number else None
    context = {
        "pipeline": row,
        "tab": "revisions",
        "may_edit": bool(can_save_pipelines(actor)),
        "revisions": found[:REVISIONS],
        "more": found[REVISIONS - 1].number if len(found) > REVISIONS else None,
        "chosen": chosen,
        "text": to_yaml(chosen.document) if chosen else "",
        "saved": row.revisions.filter(number=_number(request.GET.get("saved", ""))).first(),
    }
    return render(request, "web/editor/revisions.html", context)


@require_safe
@member_page
def attempt(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    """A form that changes nothing, so it is a GET and its address can be kept or sent to a colleague."""
    row = seen(actor, pipeline)
    tags = [
        each.strip() for each in [*request.GET.getlist("tag"), *request.GET.get("tag-more", "").split(",")]
    ]
    tags = list(dict.fromkeys(each for each in tags if each))
    kind, priority = request.GET.get("kind", "individual"), request.GET.get("priority", "medium")
    walk, problems = None, []
    try:
        walk = try_pipeline(actor, row.pk, tags=tags, answers={}, account_kind=kind, priority=priority)
    except Invalid as invalid:
        problems = [message for _where, message in invalid.errors]
    context = {
        "pipeline": row,
        "tab": "try",
        "may_edit": bool(can_save_pipelines(actor)),
        "tags": _tag_options(tags),
        "kinds": [Option(each, choice_label("kind", each), each == kind) for each in ACCOUNT_KINDS],
        "priorities": [Option(each, choice_label("priority", each), each == priority) for each in PRIORITIES],
        "walk": walk,
        "turns": {
            "client": _("the client's turn"),
            "firm": _("the firm's turn"),
            "agency": _("the agency's turn"),
        },
        "problems": problems,
    }
    return render(request, "web/editor/try.html", context)


def _tag_options(picked: list[str]) -> list[Option]:
    wanted = {each.casefold() for each in picked}
    known = [(tag.name, tag.color) for tag in tags_list()]
    others = [each for each in picked if each.casefold() not in {name.casefold() for name, _color in known}]
    return [
        *(Option(name, name, name.casefold() in wanted, color) for name, color in known),
        *(Option(each, each, True) for each in others),
    ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
