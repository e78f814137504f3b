"""The firm's settings: name, time zone, graces, holidays; account roles; tags."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from clearstage.clients.models import COLORS, Account, Tag
from clearstage.clients.operations.tags import create_tag, delete_tag, edit_tag
from clearstage.clients.policies import can_manage_tags
from clearstage.clients.queries import tags_list
from clearstage.firm.models import Role
from clearstage.firm.operations.roles import add_role, remove_role, rename_role
from clearstage.firm.operations.settings import FIELDS, LONGEST_HOLD, LONGEST_UNDO, edit_firm
from clearstage.firm.policies import can_edit_firm, can_manage_roles
from clearstage.firm.queries import roles_list
from clearstage.firm.renames import used_in
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import done

from ..access import MemberRequest, member_page, render_dialog
from .asking import number, row_number
from .usage import places_by_name

ROLES_CHANGED, TAGS_CHANGED = "roles-changed", "tags-changed"


class FirmForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the firm"), max_length=200)
    timezone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=60, widget=forms.TextInput({"list": "zones"})
    )
    undo_minutes = forms.IntegerField(
        label=gettext_lazy("Undo is possible for (minutes)"), min_value=0, max_value=LONGEST_UNDO
    )
    hold_minutes = forms.IntegerField(
        label=gettext_lazy("E-mails are held back for (minutes)"),
        min_value=0,
        max_value=LONGEST_HOLD,
        help_text=gettext_lazy("So long an undone move takes its e-mails back unsent."),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("No reminders from"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_to = forms.TimeField(label=gettext_lazy("until"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    quiet_days = forms.BooleanField(
        label=gettext_lazy("No reminders on weekends and holidays either"), required=False
    )
    tell_client_status = forms.BooleanField(
        label=gettext_lazy("E-mail the contacts when their client-facing status changes"),
        required=False,
        help_text=gettext_lazy("Held back as other e-mails are. Each contact can decline these."),
    )
    clients_begin_chats = forms.BooleanField(
        label=gettext_lazy("Clients may begin conversations"),
        required=False,
        help_text=gettext_lazy("Otherwise they answer in those that the firm has begun."),
    )
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("One date a line, such as 2026-12-24. Business days leave them out."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def firm(request: MemberRequest, actor: Actor) -> HttpResponse:
    row, may = request.firm, can_edit_firm(actor)
    start = {name: getattr(row, name) for name in FIELDS} | {"holidays": "\n".join(row.holidays)}
    form = FirmForm(request.POST or None, initial=start)
    if not may:
        for each in form.fields.values():
            each.disabled = True
    if request.method == "POST" and form.is_valid():
        may.demand()
        lines = form.cleaned_data["holidays"].split()
        try:
            edit_firm(actor, {**form.cleaned_data, **_hours(form), "holidays": lines})
        except Invalid as invalid:
            places = {f"holidays[{number}]": "holidays" for number in range(len(lines))}
            take_errors(form, _named(invalid, lines), places)
        else:
            return done(request, _("Saved"), to="settings")
    context = {"form": form, "may": may, "tab": "settings", "zones": sorted(available_timezones())}
    return render(request, "web/settings/firm.html", context, status=422 if form.errors else 200)


def _hours(form: FirmForm) -> dict[str, str]:
    return {name: form.cleaned_data[name].strftime("%H:%M") for name in ("quiet_from", "quiet_to")}


def _named(invalid: Invalid, lines: list[str]) -> Invalid:
    """Which line is meant."""
    found = []
    for where, message in invalid.errors:
        place = where.partition("[")[2].rstrip("]")
        line = lines[int(place)] if place.isdigit() and int(place) < len(lines) else ""
        found.append((where, f"“{line}” {message}" if line else message))
    return Invalid(found)


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class TagForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    color = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=[(color, color.capitalize()) for color in COLORS]
    )


@require_safe
@member_page
def roles(request: MemberRequest, actor: Actor) -> HttpResponse:
    listed = roles_list().annotate(accounts=Count("holders__account", distinct=True))
    used = places_by_name(actor, "person")
    rows = [{"row": row, "places": used.get(f"role:{row.name}".casefold(), [])} for row in listed]
    return render(
        request, "web/settings/roles.html", {"rows": rows, "may": can_manage_roles(actor), "tab": "roles"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def role(request: MemberRequest, actor: Actor, role: int | None = None) -> HttpResponse:
    """A new one, or another name for one: automations and templates follow it."""
    can_manage_roles(actor).demand()
    row = _row(Role, role) if role else None
    form = RoleForm(request.POST or None, initial={"name": row.name if row else ""})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            rename_role(actor, row.pk, name) if row else add_role(actor, name)
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return done(request, _("Saved"), to="roles", changed=[ROLES_CHANGED])
    context = {"form": form, "heading": row.name if row else _("New role")}
    return render_dialog(
        request, "web/settings/simple_form.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def role_delete(request: MemberRequest, actor: Actor, role: int) -> HttpResponse:
    can_manage_roles(actor).demand()
    row = _row(Role, role)
    if request.method == "POST":
        remove_role(actor, row.pk)
        return done(request, _("Role removed"), to="roles", changed=[ROLES_CHANGED])
    accounts = row.holders.values("account").distinct().count()
    context = {
        "heading": _("Remove the role “{name}”?").format(name=row.name),
        "text": _("It goes from the list and from {count} accounts. This cannot be undone.").format(
            count=accounts
        ),
        "submit": _("Remove"),
        "danger": True,
    }
    return render_dialog(request, "pages/confirm.html", context)


@require_safe
@member_page
def tags(request: MemberRequest, actor: Actor) -> HttpResponse:
    visible = Account.objects.visible_to(actor).order_by()
    counts = dict(visible.values_list("account_tags__tag").annotate(Count("pk", distinct=True)))
    used = places_by_name(actor, "tag")
    rows = [
        {"row": row, "accounts": counts.get(row.pk, 0), "places": used.get(row.name.casefold(), [])}
        for row in tags_list()
    ]
    return render(
        request, "web/settings/tags.html", {"rows": rows, "may": can_manage_tags(actor), "tab": "tags"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def tag(request: MemberRequest, actor: Actor, tag: int | None = None) -> HttpResponse:
    can_manage_tags(actor).demand()
    row = _row(Tag, tag) if tag else None
    form = TagForm(
        request.POST or None, initial={"name": row.name if row else "", "color": row.color if row else "gray"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            edit_tag(actor, row.pk, form.cleaned_data) if row else create_tag(actor, **form.cleaned_data)
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return done(request, _("Saved"), to="tags", changed=[TAGS_CHANGED])
    context = {"form": form, "heading": row.name if row else _("New tag")}
    return render_dialog(
        request, "web/settings/simple_form.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def tag_delete(request: MemberRequest, actor: Actor, tag: int) -> HttpResponse:
    """Accounts and automations may be given another one instead."""
    can_manage_tags(actor).demand()
    row = _row(Tag, tag)
    if request.method == "POST":
        delete_tag(actor, row.pk, number(request.POST.get("instead")))
        return done(request, _("Tag deleted"), to="tags", changed=[TAGS_CHANGED])
    context = {
        "row": row,
        "heading": _("Delete the tag “{name}”?").format(name=row.name),
        "places": used_in(actor, "tag", row.name),
        "accounts": row.account_tags.count(),
        "others": tags_list().exclude(pk=row.pk),
        "danger": True,
    }
    return render_dialog(request, "web/settings/tag_delete.html", context)


def _row(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=row_number(pk)).first()
    if row is None:
        raise NotFound
    return row
