"""The pipeline editor: every form changes the draft that travels in the page; nothing is saved before *Save* (A9).

One address for all of it. Each button says in `do` what it does (`up:stages.2`, `open:stages.2.0`), so that the same
buttons work with htmx, which swaps the form or opens a dialog, and without JavaScript, where the page is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clearstage.engine import shortcodes
from clearstage.jobs.kinds import kind_named
from clearstage.jobs.models import Pipeline
from clearstage.jobs.operations.pipelines import rename_pipeline
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale
from clearstage.pages.htmx import go, is_htmx, toast, trigger

from ..access import MemberRequest, member_page, render_dialog
from .asking import number, row_number
from .editor_condition import condition_form, in_yaml, read_condition
from .editor_draft import Draft, Entry
from .editor_form import controls, general_problems, problems_of, read, validated
from .editor_labels import icon_of
from .editor_names import firm_names
from .editor_page import editor_page, save, with_saved
from .editor_words import kind_choices, kind_label

Deed = Callable[[MemberRequest, Actor, Draft, str], HttpResponse]
_deeds: dict[str, Deed] = {}


def deed(name: str) -> Callable[[Deed], Deed]:
    def register(function: Deed) -> Deed:
        _deeds[name] = function
        return function

    return register


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    row = editable(actor, pipeline)
    if request.method != "POST":
        return show(request, actor, with_saved(Draft.of_saved(row)))
    draft = with_saved(Draft.posted(row, request.POST))
    draft.lay_over(request.POST)
    name, _colon, path = request.POST.get("do", "").partition(":")
    return _deeds.get(name, show)(request, actor, draft, path)


def editable(actor: Actor, pipeline: int) -> Pipeline:
    row = Pipeline.objects.visible_to(actor).filter(pk=row_number(pipeline)).first()
    if row is None:
        raise NotFound
    can_save_pipelines(actor).demand()
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def rename(request: MemberRequest, actor: Actor, pipeline: int) -> HttpResponse:
    row = editable(actor, pipeline)
    if request.method != "POST":
        return render_dialog(request, "web/editor/rename.html", {"pipeline": row})
    seen = number(request.POST.get("revision"))
    rename_pipeline(actor, row.pk, request.POST.get("name", ""), expected_revision=seen)
    return go(request, reverse("pipeline-edit", args=[row.pk]))


def show(
    request: MemberRequest, actor: Actor, draft: Draft, path: str = "", *, focus: str = "", say: str = ""
) -> HttpResponse:
    """The page, or its form where htmx asks; from a dialog the form goes where it belongs and the dialog closes.

    `focus` is the control to go on with (`up:stages.1`, or a path for its name), `say` is read out.
    """
    context: dict[str, Any] = {
        "page": editor_page(actor, draft),
        "pipeline": draft.pipeline,
        "tab": "edit",
        "may_edit": True,
        "focus": focus,
    }
    if not is_htmx(request):
        saved = number(request.GET.get("saved")) if request.method != "POST" else None
        if saved is not None:
            context["saved"] = draft.pipeline.revisions.filter(number=saved).first()
        return render(request, "web/editor/edit.html", context)
    response = render(request, "web/editor/form.html", context)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#editor", "outerHTML"
    if request.headers.get("HX-Target") == "dialog":
        trigger(response, "close-dialog")
    if say:
        trigger(response, "announce", {"text": say})
    return response


@deed("look")
def look_again(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """After a change of a plain input: only what is said about the draft is drawn anew, so that typing goes on."""
    if not is_htmx(request):
        return show(request, actor, draft)
    context = {"page": editor_page(actor, draft), "pipeline": draft.pipeline}
    return render(request, "web/editor/look.html", context)


@deed("save")
def save_draft(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    try:
        revision = save(actor, draft)
    except (Invalid, Refused, Stale) as error:
        response = show(request, actor, draft)
        toast(request, response, _not_saved(error), tone="danger")
        return response
    address = reverse("pipeline-edit", args=[draft.pipeline.pk])
    if revision == draft.revision:
        response = go(request, address)
        toast(request, response, _("There was nothing to save."), tone="info")
        return response
    return go(request, f"{address}?saved={revision}")


def _not_saved(error: Invalid | Refused | Stale) -> str:
    if isinstance(error, Stale):
        return _("Not saved: somebody was quicker. What you did is still here.")
    count = len(error.errors if isinstance(error, Invalid) else error.problems)
    text = ngettext(
        "Not saved: {count} thing stands in the way.", "Not saved: {count} things stand in the way.", count
    )
    return text.format(count=count)


@deed("rebase")
def on_top(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """Keep mine: the draft now replaces what somebody else saved; the differences say so before it is saved."""
    draft.revision = draft.pipeline.revision
    return show(request, actor, draft)


@deed("up")
def up(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    return _moved(request, actor, draft, path, -1)


@deed("down")
def down(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    return _moved(request, actor, draft, path, 1)


def _moved(request: MemberRequest, actor: Actor, draft: Draft, path: str, step: int) -> HttpResponse:
    now, among = draft.move(path, step)
    place = int(now.rpartition(".")[2])
    back = (step < 0 and place == 0) or (step > 0 and place == among - 1)
    focus = f"{'down' if (step < 0) == back else 'up'}:{now}"
    said = _("Now in place {place} of {among}.").format(place=place + 1, among=among)
    return show(request, actor, draft, focus=focus, say=said)


@deed("add")
def add(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """`add:stages`, `add:statuses`, with the name that was typed beside the button."""
    return show(request, actor, draft, focus=draft.add(path, request.POST.get(f"new-{path}", "")))


@deed("drop")
def drop(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """Delete a stage or status; where it holds jobs it is asked first where they go (A1, S14)."""
    jobs = draft.jobs_in(path.partition(".")[0], draft.owner(path))
    kind, position = path.split(".")[:2]
    path = f"{kind}.{position}"
    if jobs and "into" not in request.POST:
        context = {
            **_about(draft, path),
            "jobs": jobs,
            "kind": kind,
            "heirs": _heirs(draft, kind, path),
            "danger": True,
        }
        return render_dialog(request, "web/editor/drop.html", context)
    if kind == "stages" and len(draft.owners("stages")) == 1:
        raise Refused([_("A pipeline has at least one stage.")])
    draft.drop(path, request.POST.get("into", ""))
    return show(request, actor, draft)


def _heirs(draft: Draft, kind: str, path: str) -> list[tuple[str, str]]:
    """Where the jobs may go: for a stage its neighbour first, for a status Active first."""
    noun = {"stages": "stage", "statuses": "status"}[kind]
    others = [
        (each, owner[noun]) for each, owner in draft.everything() if each.startswith(kind) and each != path
    ]
    here = int(path.partition(".")[2])
    if kind == "stages":
        return sorted(others, key=lambda other: abs(int(other[0].partition(".")[2]) - here))
    return [("", _("Active")), *others]


# Automations


@deed("pick")
def pick(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """Which kind is to be added to the stage or status."""
    context = {**_about(draft, path), "kinds": kind_choices()}
    return render_dialog(request, "web/editor/kinds.html", context)


@deed("open")
def open_automation(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    """`open:stages.2.0`, or `open:stages.2.new:task`."""
    path, kind, entry = _entry(draft, path)
    return _form(request, actor, draft, path, kind, entry)


@deed("set")
def set_automation(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    path, kind, entry = _entry(draft, path)
    found, settings, when = kind_named(kind), entry.get(kind, {}), entry.get("when")
    try:
        when = read_condition(request.POST)
        if found is not None:
            settings = read(found.settings_type, request.POST, settings)
            settings = validated(found.settings_type, settings)
    except Invalid as invalid:
        typed: Entry = {kind: settings, "when": when, "enabled": "enabled" in request.POST}
        return _form(request, actor, draft, path, kind, typed, invalid)
    draft.put(path, kind, settings, enabled="enabled" in request.POST, when=when)
    for name in request.POST:
        if name.startswith("set-") and name.endswith("-new"):
            draft.declare(request.POST[name].strip(), request.POST.get(f"{name}-turn", "firm"))
    return show(request, actor, draft)


@deed("remove")
def remove(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    draft.remove(path.partition(":")[0])
    return show(request, actor, draft)


def _entry(draft: Draft, path: str) -> tuple[str, str, Entry]:
    path, _colon, kind = path.partition(":")
    if path.endswith(".new"):
        draft.owner(path.removesuffix(".new"))
        if kind_named(kind) is None:
            raise NotFound
        return path, kind, {kind: {}}
    entry = draft.automation(path)
    kind = next(name for name in entry if name not in ("when", "enabled", "key"))
    return path, kind, entry


def _form(
    request: MemberRequest,
    actor: Actor,
    draft: Draft,
    path: str,
    kind: str,
    entry: Entry,
    invalid: Invalid | None = None,
) -> HttpResponse:
    found, names = kind_named(kind), firm_names(actor, draft.values.get("client_statuses", []))
    wrong = problems_of(invalid) if invalid else []
    context: dict[str, Any] = {
        **_about(draft, path),
        "kind": kind,
        "label": kind_label(kind),
        "icon": icon_of(kind),
        "new": path.endswith(".new"),
        "enabled": entry.get("enabled", True) is not False,
        "controls": controls(found.settings_type, entry[kind], names, wrong) if found else [],
        "holds": bool(found and found.holds),
        "unavailable": in_yaml(entry[kind]) or "{}" if found is None else "",
        "condition": condition_form(entry.get("when"), names, _typed_condition(request, wrong)),
        "problems": general_problems(found.settings_type, wrong)
        if found
        else [text for _where, text in wrong],
    }
    return render_dialog(request, "web/editor/automation.html", context, status=422 if invalid else 200)


# Conditions of stages


@deed("when")
def open_condition(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    return _condition(request, actor, draft, path, [])


@deed("set-when")
def set_condition(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    try:
        when = read_condition(request.POST)
    except Invalid as invalid:
        return _condition(request, actor, draft, path, problems_of(invalid))
    owner = draft.owner(path)
    owner.pop("when", None)
    if when:
        owner["when"] = when
    return show(request, actor, draft)


@deed("drop-when")
def drop_condition(request: MemberRequest, actor: Actor, draft: Draft, path: str) -> HttpResponse:
    draft.owner(path).pop("when", None)
    return show(request, actor, draft)


def _condition(
    request: MemberRequest, actor: Actor, draft: Draft, path: str, wrong: list[tuple[str, str]]
) -> HttpResponse:
    when = draft.owner(path).get("when")
    context = {
        **_about(draft, path),
        "condition": condition_form(when, firm_names(actor), _typed_condition(request, wrong)),
        "present": when is not None,
        "problems": [text for _where, text in wrong],
    }
    return render_dialog(request, "web/editor/condition_dialog.html", context, status=422 if wrong else 200)


def _typed_condition(request: MemberRequest, wrong: list[tuple[str, str]]) -> str:
    """What was typed as YAML and not understood is shown again as it was typed."""
    return request.POST.get("when-text", "") if wrong else ""


def _about(draft: Draft, path: str) -> dict[str, Any]:
    """What every dialog of the editor is given: the draft, and the stage or status it is about."""
    owner, kind = draft.owner(path), path.partition(".")[0]
    name = owner["stage" if kind == "stages" else "status"]
    return {
        "draft": draft,
        "path": path,
        "owner": name,
        "heading": name,
        "of_status": kind == "statuses",
        "codes": shortcodes.NAMES,
        "action": reverse("pipeline-edit", args=[draft.pipeline.pk]),
    }
