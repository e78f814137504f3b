"""The people of a client: linked, changed, taken off, invited to the portal."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clearstage.clients.models import Account, AccountContact
from clearstage.clients.operations.accounts import edit_account
from clearstage.clients.operations.contacts import edit_contact
from clearstage.clients.operations.links import invite_contact
from clearstage.clients.policies import can_manage_contacts
from clearstage.clients.queries import account_detail, account_document
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import done

from ..access import MemberRequest, member_page, render_dialog
from .account_forms import ContactForm, NewContactForm
from .accounts import CHANGED
from .asking import fresh_key, number, once, row_number

OF_PERSON = ("language", "notices", "status_notices")
"""What is not asked when somebody is added, who may be known already."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def add(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    row = account_detail(actor, row_number(account))
    can_manage_contacts(actor).demand()
    form = NewContactForm(request.POST or None)
    for name in OF_PERSON:
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new = {**values, "name": values["name"] or None}
        present = _links(row)
        try:
            edit_account(actor, row.pk, {"contacts": [*present, new]}, number(request.POST.get("version")))
        except Invalid as invalid:
            where = f"contacts[{len(present)}]"
            take_errors(form, invalid, {f"{where}.{name}": name for name in form.fields})
        else:
            return _done(request, row, _("Contact added"))
    context = {"form": form, "account": row, "version": request.POST.get("version", row.version)}
    return render_dialog(request, "web/accounts/contact.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, account: int, contact: int) -> HttpResponse:
    """Name, e-mail, language and how to be told are the person's, everywhere; sign-in and e-mails at all are of this
    account alone."""
    row, link = _link(actor, account, contact)
    can_manage_contacts(actor).demand()
    person = link.contact
    start = {name: getattr(person, name) for name in ("name", "email", *OF_PERSON)}
    form = ContactForm(request.POST or None, initial={**start, "login": link.login, "notify": link.notify})
    if request.method == "POST" and form.is_valid():
        try:
            _save(actor, row, link, form.cleaned_data, number(request.POST.get("version")))
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return _done(request, row, _("Saved"))
    elsewhere = AccountContact.objects.filter(contact=person).exclude(account=row).count()
    version = request.POST.get("version", row.version)
    context = {
        "form": form,
        "account": row,
        "link": link,
        "elsewhere": elsewhere,
        "version": version,
    }
    return render_dialog(request, "web/accounts/contact.html", context, status=422 if form.errors else 200)


def _save(
    actor: Actor, row: Account, link: AccountContact, values: dict[str, Any], version: int | None
) -> None:
    """Both or nothing."""
    of_person = {name: values[name] for name in ("name", "email", *OF_PERSON)}
    with transaction.atomic():
        person = edit_contact(actor, link.contact_id, of_person)
        links = _links(account_detail(actor, row.pk))
        for each in links:
            if each["email"].casefold() == person.email.casefold():
                each.update(login=values["login"], notify=values["notify"])
        edit_account(actor, row.pk, {"contacts": links}, version)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def unlink(request: MemberRequest, actor: Actor, account: int, contact: int) -> HttpResponse:
    """The person stays, with his other accounts; here he is no contact any more."""
    row, link = _link(actor, account, contact)
    can_manage_contacts(actor).demand()
    if request.method == "POST":
        rest = [each for each in _links(row) if each["email"] != link.contact.email]
        edit_account(actor, row.pk, {"contacts": rest}, row.version)
        return _done(request, row, _("Contact taken off"))
    context = {
        "heading": _("Take {name} off {account}?").format(name=link.contact.name, account=row.name),
        "text": _("They get no more e-mails about this account, and see it in the portal no more."),
        "submit": _("Take off"),
        "danger": True,
    }
    return render_dialog(request, "pages/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def invite(request: MemberRequest, actor: Actor, account: int, contact: int) -> HttpResponse:
    """Asks first, since a mail goes out: who is written to, and what the link in it does."""
    row, link = _link(actor, account, contact)
    can_manage_contacts(actor).demand()
    if request.method == "POST":
        once(request, actor, lambda: {"contact": invite_contact(actor, link.contact_id).pk})
        return _done(request, row, _("Invitation sent to {email}").format(email=link.contact.email))
    context = {"contact": link.contact, "key": fresh_key()}
    return render_dialog(request, "web/accounts/invite.html", context)


def _link(actor: Actor, account: int, contact: int) -> tuple[Account, AccountContact]:
    row = account_detail(actor, row_number(account))
    link = next((each for each in row.contact_links.all() if each.contact_id == contact), None)
    if link is None:
        raise NotFound
    return row, link


def _links(row: Account) -> list[dict[str, Any]]:
    """The contacts as the operation takes them: the whole list is replaced."""
    fields = ("name", "email", "login", "notify")
    return [{name: each[name] for name in fields} for each in account_document(row)["contacts"]]


def _done(request: MemberRequest, row: Account, text: str) -> HttpResponse:
    return done(request, text, to=reverse("account", args=[row.pk]), changed=[CHANGED])
