"""Client-facing statuses (C1, C11): the firm's list of what clients are told."""

from __future__ import annotations

from copy import copy
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearstage.firm.renames import used_in
from clearstage.jobs.models import COLOR_CHOICES, ClientStatus, Job
from clearstage.jobs.operations.client_statuses import (
    create_client_status,
    delete_client_status,
    edit_client_status,
    reorder_client_statuses,
)
from clearstage.jobs.policies import can_manage_templates
from clearstage.jobs.translations import STATUS_TEXTS, chosen_languages, language_names, other_languages
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import done, is_htmx, trigger

from ..access import MemberRequest, member_page, render_dialog
from .asking import fresh_key, number, numbers, once, row_number
from .usage import places_by_name

CHANGED = "client-statuses-changed"
TURNS = [
    ("client", gettext_lazy("The client's")),
    ("firm", gettext_lazy("The firm's")),
    ("agency", gettext_lazy("The agency's")),
    ("nobody", gettext_lazy("Nobody's")),
]
SHOWN_PLACES = 3


class StatusForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    turn = forms.ChoiceField(label=gettext_lazy("Whose turn it is"), choices=TURNS)
    description = forms.CharField(
        label=gettext_lazy("What the client reads below it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Plain words: what is happening, and what the client is to do, if anything."),
    )
    color = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=[(color, color.capitalize()) for color, _c in COLOR_CHOICES]
    )

    def __init__(self, data: QueryDict | None, row: ClientStatus | None = None) -> None:
        usual = {name: getattr(row, name) for name in StatusForm.base_fields} if row else {}
        super().__init__(data, initial=usual or {"turn": "firm", "color": "gray"})
        self.before = row.translations if row else {}
        for code in other_languages():
            texts = self.before.get(code, {})
            for name in STATUS_TEXTS:
                field = copy(self.fields[name])
                field.required, field.help_text, field.initial = False, "", texts.get(name, "")
                self.fields[f"{name}_{code}"] = field

    def translated(self) -> list[dict[str, Any]]:
        """The fields of each language, and whether something is there in it."""
        return [
            {
                "code": code,
                "language": language,
                "fields": [self[f"{name}_{code}"] for name in STATUS_TEXTS],
                "there": bool(self[f"name_{code}"].value()),
                "open": any(self[f"{name}_{code}"].errors for name in STATUS_TEXTS),
            }
            for code, language in other_languages().items()
        ]

    def values(self) -> dict[str, Any]:
        """What was typed; a language that was not asked for stays as it was."""
        given, texts = self.cleaned_data, dict(self.before)
        for code in other_languages():
            if f"name_{code}" in self.data:
                texts[code] = {name: given[f"{name}_{code}"] for name in STATUS_TEXTS}
        return {**{name: given[name] for name in StatusForm.base_fields}, "translations": texts}


@require_safe
@member_page
def statuses(request: MemberRequest, actor: Actor) -> HttpResponse:
    return _list(request, actor)


def _list(request: MemberRequest, actor: Actor, focus: str = "") -> HttpResponse:
    part = "list.html" if is_htmx(request) else "page.html"
    jobs = Job.objects.visible_to(actor).on_the_board()
    counts = dict(jobs.order_by().values_list("client_status").annotate(Count("pk", distinct=True)))
    turns, used = dict(TURNS), places_by_name(actor, "client_status")
    rows, read = [], chosen_languages()
    for row in ClientStatus.objects.filter(deleted_at=None):
        places = used.get(row.name.casefold(), [])
        missing = [code for code in read if not row.translations.get(code, {}).get("name")]
        rows.append(
            {
                "row": row,
                "turn": turns[row.turn],
                "jobs": counts.get(row.pk, 0),
                "places": places,
                "missing": language_names(missing),
            }
        )
    context = {"rows": rows, "may": can_manage_templates(actor), "shown": SHOWN_PLACES, "focus": focus}
    return render(request, f"web/client_statuses/{part}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def create(request: MemberRequest, actor: Actor) -> HttpResponse:
    can_manage_templates(actor).demand()
    form = StatusForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            once(request, actor, lambda: {"status": create_client_status(actor, **form.values()).pk})
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return done(request, _("Status added"), to="client-statuses", changed=[CHANGED])
    context = {
        "form": form,
        "heading": _("New client-facing status"),
        "key": request.POST.get("key") or fresh_key(),
    }
    return render_dialog(
        request, "web/client_statuses/form.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, status: int) -> HttpResponse:
    """A new name is followed by pipelines and templates; jobs without words of their own read the new description."""
    can_manage_templates(actor).demand()
    row = _living(status)
    form = StatusForm(request.POST or None, row)
    if request.method == "POST" and form.is_valid():
        try:
            edit_client_status(actor, row.pk, form.values())
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return done(request, _("Saved"), to="client-statuses", changed=[CHANGED])
    context = {"form": form, "heading": row.name, "row": row}
    return render_dialog(
        request, "web/client_statuses/form.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def delete(request: MemberRequest, actor: Actor, status: int) -> HttpResponse:
    """What uses it has to be given another one; archived jobs keep its words (C11)."""
    can_manage_templates(actor).demand()
    row = _living(status)
    if request.method == "POST":
        delete_client_status(actor, row.pk, number(request.POST.get("instead")))
        return done(request, _("Status deleted"), to="client-statuses", changed=[CHANGED])
    context: dict[str, Any] = {
        "row": row,
        "jobs": Job.objects.visible_to(actor).on_the_board().filter(client_status=row).count(),
        "places": used_in(actor, "client_status", row.name),
        "others": ClientStatus.objects.filter(deleted_at=None).exclude(pk=row.pk),
        "danger": True,
    }
    return render_dialog(request, "web/client_statuses/delete.html", context)


@require_POST
@member_page
def reorder(request: MemberRequest, actor: Actor) -> HttpResponse:
    """`order` as it was dragged, or `up`/`down` with a row's number."""
    order = numbers(request.POST, "order")
    focus = ""
    for name, step in (("up", -1), ("down", 1)):
        moved = number(request.POST.get(name))
        if moved in order:
            here = order.index(moved)
            there = min(max(here + step, 0), len(order) - 1)
            order.insert(there, order.pop(here))
            focus = f"{name}-{moved}"
    reorder_client_statuses(actor, order)
    if not is_htmx(request):
        return done(request, to="client-statuses")
    response = _list(request, actor, focus)
    trigger(response, "announce", {"text": _("The order is saved.")})
    return response


def _living(status: int) -> ClientStatus:
    row = ClientStatus.objects.filter(pk=row_number(status), deleted_at=None).first()
    if row is None:
        raise NotFound
    return row
