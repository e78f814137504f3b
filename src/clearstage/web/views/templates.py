"""Templates by kind. Their forms are made from the class that says what a kind's templates hold."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearstage.clients.models import Account
from clearstage.clients.queries import accounts_list
from clearstage.engine import shortcodes
from clearstage.firm.renames import used_in
from clearstage.jobs.models import ClientStatus, Template
from clearstage.jobs.operations.client_statuses import create_client_status
from clearstage.jobs.operations.pipelines import in_closed_pipelines, uses_of
from clearstage.jobs.operations.templates import create_template, delete_template, edit_template
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.jobs.policies import can_manage_templates
from clearstage.jobs.templates import (
    checked_body,
    is_for_clients,
    template_kinds,
    templates_naming,
    unknown_shortcodes,
    untranslated,
)
from clearstage.jobs.translations import chosen_languages, language_names
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.htmx import done, go

from ..access import MemberRequest, member_page, render_dialog
from . import organizer_template
from .asking import fresh_key, number, once, row_number
from .editor_form import controls, general_problems, read
from .editor_labels import TEMPLATE_KINDS, icon_of
from .editor_names import firm_names
from .template_preview import preview_of
from .template_translations import languages_of, typed
from .usage import places_by_noun

ACCOUNTS = 100


@require_safe
@member_page
def templates(request: MemberRequest, actor: Actor) -> HttpResponse:
    kinds = template_kinds()
    chosen = request.GET.get("kind", "")
    rows = Template.objects.filter(kind__in=[chosen] if chosen in kinds else kinds)
    parts, read = [], chosen_languages()
    used = places_by_noun(actor, [f"template:{kind}" for kind in kinds])
    for kind in kinds if chosen not in kinds else [chosen]:
        listed = [
            {
                "row": row,
                "places": used.get((f"template:{kind}", row.name.casefold()), []),
                "unknown": unknown_shortcodes([row.body, row.translations]),
                "missing": _missing(row, read),
            }
            for row in rows
            if row.kind == kind
        ]
        parts.append({"kind": kind, "label": kind_name(kind), "icon": icon_of(kind), "templates": listed})
    context = {
        "parts": parts,
        "kinds": [(kind, kind_name(kind)) for kind in kinds],
        "chosen": chosen,
        "may": can_manage_templates(actor),
    }
    return render(request, "web/templates/list.html", context)


def _missing(row: Template, read: list[str]) -> str:
    """The languages that clients read and that it is not wholly translated into, by name."""
    if not is_for_clients(row.kind):
        return ""
    return language_names(
        [each for each in read if untranslated(row.kind, row.name, row.body, row.translations, each)]
    )


def kind_name(kind: str) -> str:
    return str(TEMPLATE_KINDS.get(kind) or kind.capitalize())


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def create(request: MemberRequest, actor: Actor, kind: str) -> HttpResponse:
    can_manage_templates(actor).demand()
    if kind not in template_kinds():
        raise NotFound
    return _edit(request, actor, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, template: int) -> HttpResponse:
    can_manage_templates(actor).demand()
    row = _found(template)
    return _edit(request, actor, row.kind, row)


def _edit(request: MemberRequest, actor: Actor, kind: str, row: Template | None) -> HttpResponse:
    if kind == "organizer":
        more = {"used": used(actor, row), "languages": languages_of(row)} if row else {}
        return organizer_template.edit(request, actor, row, more)
    model, body, problems = template_kinds()[kind], dict(row.body) if row else {}, []
    name = request.POST.get("name", row.name if row else "").strip()
    if request.method == "POST":
        try:
            body = read(model, request.POST, body)
            saved = _save(request, actor, kind, row, name, body)
        except Invalid as invalid:
            problems = [
                (where.removeprefix("body").removeprefix("."), message) for where, message in invalid.errors
            ]
        else:
            return go(request, f"{reverse('template-edit', args=[saved])}?saved=1")
    context: dict[str, Any] = {
        "kind": kind,
        "label": kind_name(kind),
        "row": row,
        "name": name,
        "name_problems": [
            message for where, message in problems if where == "name" and "name" not in model.model_fields
        ],
        "controls": controls(model, body, firm_names(actor), _of_fields(problems, model)),
        "problems": [*general_problems(model, _of_fields(problems, model))],
        "codes": shortcodes.NAMES,
        "used": used(actor, row) if row else None,
        "languages": languages_of(row) if row else [],
        "accounts": accounts_list(actor, limit=ACCOUNTS).results,
        "preview": preview_of(actor, model, body, None),
        "key": request.POST.get("key") or fresh_key(),
        "saved": request.GET.get("saved"),
    }
    return render(request, "web/templates/edit.html", context, status=422 if problems else 200)


def used(actor: Actor, row: Template) -> dict[str, Any]:
    """Where it is used: pipelines with their address, templates, and how much there is that the actor may not see."""
    noun = f"template:{row.kind}"
    uses = uses_of(actor, noun, row.name)
    view = "pipeline-edit" if can_save_pipelines(actor) else "board"
    return {
        "pipelines": [(reverse(view, args=[number]), place) for number, place in uses.seen],
        "templates": templates_naming(noun, row.name),
        "closed": in_closed_pipelines(uses.closed) if uses.closed else "",
    }


def _of_fields(problems: list[tuple[str, str]], model: Any) -> list[tuple[str, str]]:
    """Complaints about the template's own name stand beside it; a body may have a field of that name too."""
    return [
        (where, message) for where, message in problems if where != "name" or "name" in model.model_fields
    ]


def _save(
    request: MemberRequest, actor: Actor, kind: str, row: Template | None, name: str, body: dict[str, Any]
) -> int:
    """With the client-facing statuses that were named as new ones (C1)."""

    def saved() -> dict[str, Any]:
        with transaction.atomic():
            for field in request.POST:
                if field.startswith("set-") and field.endswith("-new"):
                    _new_status(actor, request.POST.get(field, ""), request.POST.get(f"{field}-turn", "firm"))
            if row is not None:
                return {"template": edit_template(actor, row.pk, name=name, body=body).pk}
            return {"template": create_template(actor, kind, name, body).pk}

    return int((saved() if row is not None else once(request, actor, saved))["template"])


def _new_status(actor: Actor, name: str, turn: str) -> None:
    known = {
        each.casefold()
        for each in ClientStatus.objects.filter(deleted_at=None).values_list("name", flat=True)
    }
    if name.strip() and name.strip().casefold() not in known:
        create_client_status(actor, name, turn=turn)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def delete(request: MemberRequest, actor: Actor, template: int) -> HttpResponse:
    """Deleted although it is used, what uses it cannot run any more, and *Check* says so."""
    can_manage_templates(actor).demand()
    row = _found(template)
    places = used_in(actor, f"template:{row.kind}", row.name)
    if request.method == "POST":
        delete_template(actor, row.pk, even_if_used=bool(places) and "even" in request.POST)
        response = done(request, to="templates")
        return response if response.status_code != 204 else go(request, "templates")
    context = {
        "row": row,
        "places": places,
        "danger": True,
        "heading": _("Delete “{name}”?").format(name=row.name),
    }
    return render_dialog(request, "web/templates/delete.html", context)


@require_POST
@member_page
def preview(request: MemberRequest, actor: Actor, kind: str) -> HttpResponse:
    """The texts as they stand in the form of a template, or in that of its translation, filled for an account."""
    if kind not in template_kinds():
        raise NotFound
    account = Account.objects.visible_to(actor).filter(pk=number(request.POST.get("account")) or 0).first()
    row = Template.objects.filter(pk=number(request.POST.get("template")) or 0, kind=kind).first()
    language = request.POST.get("language", "")
    translations = dict(row.translations) if row else {}
    if row is not None and "translating" in request.POST:
        body, translations[language] = row.body, typed(row, language, request.POST)
    else:
        body = _typed_body(kind, request.POST)
    shown = preview_of(actor, template_kinds()[kind], body, account, translations, language)
    return render(request, "web/templates/preview.html", {"preview": shown})


def _typed_body(kind: str, post: QueryDict) -> dict[str, Any]:
    """As it would be kept; as far as it makes sense where it does not all."""
    try:
        body = read(template_kinds()[kind], post, {})
    except Invalid:
        return {}
    try:
        return checked_body(kind, body)
    except Invalid:
        return body


def _found(template: int) -> Template:
    row = Template.objects.filter(pk=row_number(template), kind__in=template_kinds()).first()
    if row is None:
        raise NotFound
    return row
