"""The portal's pages, for whoever reads them: the client, or the firm read-only. They read and never write."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import is_password_usable
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearstage.clients.models import Contact
from clearstage.clients.passkeys import relying_party
from clearstage.clients.queries import notified_accounts
from clearstage.jobs.items import client_item_kind
from clearstage.jobs.portal import to_do, work_in_progress
from clearstage.kernel import clock
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import noun_and_number

from .access import is_fresh, languages
from .principal import Principal

NOTICES = {
    "each": gettext_lazy("At once: one e-mail for each thing that waits for you"),
    "daily": gettext_lazy("Once a day: one e-mail with all of it"),
    "none": gettext_lazy("No e-mails: I look in here myself"),
}


def show_home(request: HttpRequest, principal: Principal) -> HttpResponse:
    """To do and work in progress, of all accounts or of one (P1, C9)."""
    accounts = principal.looked_at_numbers
    context = {
        "principal": principal,
        "page": "home",
        "greeting": greeting(principal.actor.name),
        "todo": to_do(accounts, principal.language),
        "jobs": work_in_progress(accounts, principal.language),
        "several": len(accounts) > 1,
        "today": timezone.localdate(clock.now()),
    }
    return render(request, "portal/home.html", context)


def show_you(request: HttpRequest, principal: Principal) -> HttpResponse:
    return render(request, "portal/you.html", you_context(request, principal))


def you_context(request: HttpRequest, principal: Principal) -> dict[str, Any]:
    """Who one is, the language, how one is told of things; to himself also how he signs in."""
    contact = Contact.objects.filter(pk=principal.actor.id or 0).first()
    context = {
        "principal": principal,
        "page": "you",
        "languages": languages(),
        "contact": contact,
        "notices": NOTICES,
    }
    if contact is not None:
        context["told_of"] = notified_accounts(contact, principal.account_numbers)
    if contact is not None and not principal.read_only:
        context |= {
            "fresh": is_fresh(request),
            "has_password": is_password_usable(contact.password),
            "passkeys": contact.passkeys.order_by("created_at", "pk"),
            "may_add_passkey": relying_party() is not None,
        }
    return context


def show_item(request: HttpRequest, principal: Principal, item: str) -> HttpResponse:
    """The one address of everything that waits for clients, as mails give it; each kind has a page of its own name."""
    kind, number = noun_and_number(item) or ("", 0)
    of_kind = client_item_kind(kind)
    found = of_kind.client_items([number]).get(number) if of_kind else None
    if found is None or found.account not in principal.account_numbers:
        raise NotFound
    return redirect(principal.address(kind, item))


def greeting(name: str) -> str:
    """By the firm's clock; with the whole name, as a first name alone is too familiar in some languages."""
    hour = timezone.localtime(clock.now()).hour
    words = _("Good morning, {name}") if 4 <= hour < 12 else _("Good afternoon, {name}")
    if hour >= 18 or hour < 4:
        words = _("Good evening, {name}")
    return words.format(name=name)
