"""The editor of questionnaires: a plain form whose buttons add, move and remove, beside what the client finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from clearstage.clients.models import Account
from clearstage.clients.queries import accounts_list, tags_list
from clearstage.engine import shortcodes
from clearstage.engine.planned import PlannedJob
from clearstage.jobs.models import Template
from clearstage.jobs.operations.templates import create_template, edit_template
from clearstage.jobs.templates import checked_body, unknown_shortcodes
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid
from clearstage.organizers.content import read_content
from clearstage.organizers.forms import Form, blank_form
from clearstage.organizers.templates import OrganizerTemplate
from clearstage.pages.htmx import go

from ..access import MemberRequest
from .asking import fresh_key, number, once
from .editor_form import controls, read
from .editor_names import firm_names
from .organizer_buttons import press
from .organizer_draft import Draft, QuestionDraft, SectionDraft, from_body, from_post
from .template_preview import imagined_job

ACCOUNTS = 100
SAVE = "save"
TYPES = [
    ("short_text", gettext_lazy("Short text")),
    ("long_text", gettext_lazy("Long text")),
    ("number", gettext_lazy("Number")),
    ("money", gettext_lazy("Money")),
    ("date", gettext_lazy("Date")),
    ("yes_no", gettext_lazy("Yes or no")),
    ("one_of", gettext_lazy("One of several")),
    ("several_of", gettext_lazy("Several of several")),
    ("file", gettext_lazy("Files")),
    ("explanation", gettext_lazy("Explanation")),
]
_QUESTIONS = ("sections", "questions")
_WORDS = ("title", "intro", "help", "text", "options")


def edit(request: MemberRequest, actor: Actor, row: Template | None, more: Mapping[str, Any]) -> HttpResponse:
    """The view has asked whether the actor may. `more` is what stands below the form."""
    name = request.POST.get("name", row.name if row else "").strip()
    body, draft = dict(row.body) if row else {}, from_body(row.body if row else {})
    problems: list[tuple[str, str]] = []
    if request.method == "POST":
        draft = from_post(request.POST)
        body, problems = _typed(request, body)
        button = request.POST.get("do", SAVE)
        press(draft, button)
        body["sections"] = draft.body()
        if button == SAVE and not problems:
            try:
                saved = _save(request, actor, row, name, body)
            except Invalid as invalid:
                problems = invalid.errors
            else:
                return go(request, f"{reverse('template-edit', args=[saved])}?saved=1")
    elif row is None:
        draft = Draft([SectionDraft(questions=[QuestionDraft()])]).number()
    return _page(request, actor, row, name, body, draft, problems, more)


def _typed(request: MemberRequest, before: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Everything but the questions."""
    kept = {field: value for field, value in before.items() if field not in _QUESTIONS}
    try:
        found = read(OrganizerTemplate, request.POST, kept)
    except Invalid as invalid:
        return kept, invalid.errors
    return {field: value for field, value in found.items() if field not in _QUESTIONS}, []


def _save(request: MemberRequest, actor: Actor, row: Template | None, name: str, body: dict[str, Any]) -> int:
    if row is not None:
        return edit_template(actor, row.pk, name=name, body=body).pk
    made = once(request, actor, lambda: {"template": create_template(actor, "organizer", name, body).pk})
    return int(made["template"])


def _page(
    request: MemberRequest,
    actor: Actor,
    row: Template | None,
    name: str,
    body: dict[str, Any],
    draft: Draft,
    problems: list[tuple[str, str]],
    more: Mapping[str, Any],
) -> HttpResponse:
    told = [(where.removeprefix("body").removeprefix("."), message) for where, message in problems]
    fields = [(where, message) for where, message in told if where.partition(".")[0] in _FIELDS]
    others = draft.take_problems([each for each in told if each not in fields and each[0] != "name"])
    account = Account.objects.visible_to(actor).filter(pk=number(request.POST.get("account")) or 0).first()
    general = [
        each
        for each in controls(OrganizerTemplate, body, firm_names(actor), fields)
        if each.name.removeprefix("set-") not in _QUESTIONS
    ]
    context = {
        "row": row,
        "name": name,
        "name_problems": [message for where, message in told if where == "name"],
        "problems": others,
        "wrong": bool(problems),
        "controls": general,
        "draft": draft,
        "earlier": draft.earlier(),
        "types": TYPES,
        "tags": tags_list(),
        "codes": shortcodes.NAMES,
        "unknown": unknown_shortcodes(body),
        "accounts": accounts_list(actor, limit=ACCOUNTS).results,
        "account": account.pk if account else None,
        "preview": _preview(actor, name, body, account),
        "key": request.POST.get("key") or fresh_key(),
        "saved": request.GET.get("saved"),
        **more,
    }
    status = 422 if problems and request.POST.get("do", SAVE) == SAVE else 200
    return render(request, "web/organizers/edit.html", context, status=status)


_FIELDS = [field for field in OrganizerTemplate.model_fields if field not in _QUESTIONS]


def _preview(actor: Actor, name: str, body: Mapping[str, Any], account: Account | None) -> Form | None:
    """What the client would find, as far as it makes sense already."""
    try:
        kept = checked_body("organizer", body)
    except Invalid:
        return None
    filled = _filled(kept, imagined_job(actor, account))
    return blank_form(filled.get("title") or name, read_content(filled))


def _filled(value: Any, job: PlannedJob) -> Any:
    """Every text that people read, with its shortcodes filled."""
    if isinstance(value, list):
        return [_filled(each, job) for each in value]
    if isinstance(value, dict):
        return {
            key: job.fill(each)
            if key in _WORDS and isinstance(each, str)
            else [job.fill(line) for line in each]
            if key == "options"
            else _filled(each, job)
            for key, each in value.items()
        }
    return value
