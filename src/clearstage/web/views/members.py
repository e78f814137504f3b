"""Who works at the firm: roles, rights, passwords (X1)."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from clearstage.firm.models import Member
from clearstage.firm.operations.members import add_member, edit_member, set_member_password
from clearstage.firm.policies import can_edit_member, can_manage_members, can_set_password
from clearstage.firm.queries import members_list
from clearstage.firm.rights import RIGHTS
from clearstage.kernel.actor import ADMIN, EMPLOYEE, OWNER, Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import done, trigger

from ..access import MemberRequest, member_page, render_dialog
from .asking import row_number
from .member_labels import ROLES, right_choices, rights_in_words

CHANGED = "members-changed"


class MemberForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(EMPLOYEE, ROLES[EMPLOYEE]), (ADMIN, ROLES[ADMIN])],
        help_text=gettext_lazy("Admins may do everything except what is the owner's alone."),
    )


class NewMemberForm(MemberForm):
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    field_order = ["email", "name", "role"]


@require_safe
@member_page
def members(request: MemberRequest, actor: Actor) -> HttpResponse:
    manages = can_manage_members(actor)
    rows = [
        {
            "row": row,
            "role": ROLES[row.role],
            "rights": rights_in_words(row),
            "may_edit": bool(can_edit_member(actor, row, ["name"])),
            "may_password": bool(can_set_password(actor, row)),
        }
        for row in members_list()
    ]
    return render(request, "web/settings/members.html", {"rows": rows, "may": manages, "tab": "members"})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def add(request: MemberRequest, actor: Actor) -> HttpResponse:
    """A first password is made here and shown once, to be handed over."""
    can_manage_members(actor).demand()
    form = NewMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password, values = fresh_password(), form.cleaned_data
        rights = request.POST.getlist("right")
        try:
            member = add_member(actor, values["email"], values["name"], values["role"], rights, password)
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return _shown_once(request, member, password)
    return _form(request, form, {"heading": _("New member"), "new": True}, set(request.POST.getlist("right")))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, member: int) -> HttpResponse:
    row = _found(member)
    can_edit_member(actor, row, ["name"]).demand()
    whole = bool(can_manage_members(actor)) and row.role != OWNER
    form = MemberForm(request.POST or None, initial={"name": row.name, "role": row.role})
    if not whole:
        del form.fields["role"]
    if request.method == "POST" and form.is_valid():
        changes: dict[str, Any] = {"name": form.cleaned_data["name"]}
        if whole:
            changes["role"], changes["rights"] = form.cleaned_data["role"], request.POST.getlist("right")
            if row.pk != actor.member_id:
                changes["is_active"] = "active" in request.POST
        try:
            edit_member(actor, row.pk, changes)
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return done(request, _("Saved"), to="members", changed=[CHANGED])
    context = {"heading": row.name, "row": row, "whole": whole, "self": row.pk == actor.member_id}
    picked = set(request.POST.getlist("right") if request.method == "POST" else row.rights)
    return _form(request, form, context, picked)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def password(request: MemberRequest, actor: Actor, member: int) -> HttpResponse:
    """Make a new password for somebody who has lost his. Whoever is signed in with the old one is signed out."""
    row = _found(member)
    can_set_password(actor, row).demand()
    if request.method == "POST":
        fresh = fresh_password()
        set_member_password(actor, row.pk, fresh)
        return _shown_once(request, row, fresh)
    context = {
        "heading": _("New password for {name}?").format(name=row.name),
        "text": _(
            "The present password stops working at once, and whoever is signed in with it has to sign in again."
        ),
        "submit": _("Make a new password"),
        "danger": True,
    }
    return render_dialog(request, "pages/confirm.html", context)


def fresh_password() -> str:
    """Long enough, and easy to read out: four groups without letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _each in range(5)) for _group in range(4))


def _shown_once(request: MemberRequest, member: Member, password: str) -> HttpResponse:
    response = render_dialog(request, "web/settings/password.html", {"member": member, "password": password})
    trigger(response, CHANGED)
    return response


def _form(
    request: MemberRequest, form: forms.Form, context: dict[str, Any], picked: set[str]
) -> HttpResponse:
    whole = {"whole": True, "rights": right_choices(picked & set(RIGHTS)), "form": form, **context}
    return render_dialog(request, "web/settings/member.html", whole, status=422 if form.errors else 200)


def _found(member: int) -> Member:
    row = Member.objects.filter(pk=row_number(member)).first()
    if row is None:
        raise NotFound
    return row
