"""The read-only view (P5): a member sees an account's portal as one of its contacts sees it, and can change nothing.

Safe by construction: these addresses answer reading alone, no session is swapped, and the page is made while the
database refuses every write. That somebody looked is recorded before he sees anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from clearstage.clients.models import Account, Contact
from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.firm.queries import actor_for, the_firm_row
from clearstage.jobs.portal import can_view_as_client
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.readonly import read_only

from .access import spoken
from .pages import Page
from .principal import Principal

NOBODY = 0
"""Stands for the account as a whole, where an address names a contact."""


def member_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Members with the right, and accounts that are open to them: `view(request, actor, account, ...)`."""

    @require_safe
    @wraps(view)
    def page(request: HttpRequest, account: int, **rest: Any) -> HttpResponseBase:
        if not isinstance(request.user, Member):
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        actor = actor_for(request.user)
        row = Account.objects.visible_to(actor).filter(pk=account).first()
        if row is None:
            raise NotFound
        can_view_as_client(actor).demand()
        response = view(request, actor, row, **rest)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return page


@member_only
def choose(request: HttpRequest, actor: Actor, account: Account) -> HttpResponse:
    """As whom: one of the contacts who may sign in, or the account as a whole."""
    links = account.contact_links.select_related("contact").order_by("-login", "contact__name")
    return render(request, "portal/choose.html", {"account": account, "links": links})


def seen_as_client(page: Page) -> Callable[..., HttpResponseBase]:
    """One page of the portal, seen with the client's eyes."""

    @member_only
    def seen_page(
        request: HttpRequest, actor: Actor, account: Account, contact: int, **rest: Any
    ) -> HttpResponseBase:
        if request.GET.get("account", "") not in ("", str(account.pk)):
            raise NotFound
        principal, language = _principal(actor, account, contact)
        seen = {"contact": principal.actor.name if contact else None, "page": page.name}
        with transaction.atomic():
            record(actor, Happening("client_view_opened", seen, account=account.pk))
        with read_only(), timezone.override(principal.firm.timezone), translation.override(language):
            return page.show(request, principal, **rest)

    return seen_page


def _principal(actor: Actor, account: Account, number: int) -> tuple[Principal, str]:
    """The contact as a principal that can do nothing; of his accounts only the one the member came from."""
    contact = None
    if number != NOBODY:
        contact = Contact.objects.filter(
            account_links__account=account, account_links__login=True, pk=number
        ).first()
        if contact is None:
            raise NotFound
    firm = the_firm_row()
    assert firm is not None
    name, email, language = (
        (contact.name, contact.email, contact.language) if contact else (account.name, "", "en")
    )
    reader = Actor("contact", contact.pk if contact else None, name, via=actor.via, read_only=True)
    seen = ((account.pk, account.name),)
    return Principal(reader, email, firm, seen, language, (account.pk, number)), spoken(language)
