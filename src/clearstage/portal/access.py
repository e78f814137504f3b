"""Who gets into the portal: contacts who are signed in and may still sign in for at least one account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac

from clearstage.clients.models import Account, Contact
from clearstage.firm.models import Firm
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import NotFound

from .principal import Principal

P = ParamSpec("P")
WHO, PROOF, SINCE = "contact", "contact_proof", "contact_since"
CHOSEN = "account"
SAID = "clearstage_said"
FRESH = timedelta(minutes=15)


def contact_page(
    view: Callable[Concatenate[HttpRequest, Principal, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view is called as `view(request, principal, ...)`, in the contact's language and the firm's time zone."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        number = request.session.get(WHO)
        if not number:
            return redirect("portal-sign-in")
        firm, contact, accounts = _firm_contact_and_accounts(number)
        if firm is None or contact is None:
            return sign_out_contact(request)
        if not _proves(request, contact):
            return redirect("portal-sign-in")
        actor = Actor("contact", contact.pk, contact.name, via="portal")
        translation.activate(spoken(contact.language))
        account = chosen_account(request, accounts)
        principal = Principal(actor, contact.email, firm, accounts, contact.language, account=account)
        with timezone.override(firm.timezone):
            response = view(request, principal, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return page


def chosen_account(request: HttpRequest, accounts: Sequence[tuple[int, str]]) -> int | None:
    """The one account he looks at, None for all: what a page's `?account=` says, and from then on what it said.

    Somebody else's does not exist (X4); one that is no longer open to him is forgotten.
    """
    numbers = {str(number): number for number, _name in accounts}
    asked = request.GET.get("account")
    if asked is not None and request.method in ("GET", "HEAD"):
        if asked and asked not in numbers:
            raise NotFound
        request.session[CHOSEN] = numbers.get(asked)
    kept: int | None = request.session.get(CHOSEN)
    return kept if len(numbers) > 1 and kept in numbers.values() else None


def sign_in_contact(request: HttpRequest, contact: Contact) -> None:
    """Start a session with a new key. It holds a proof of how he signs in, so that changing that ends the session."""
    request.session.flush()
    request.session[WHO] = contact.pk
    request.session[PROOF] = proof(contact)
    request.session[SINCE] = clock.now().timestamp()
    rotate_token(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether he has signed in just now, as whoever changes how one signs in should have."""
    return clock.now().timestamp() - float(request.session.get(SINCE, 0)) < FRESH.total_seconds()


def sign_out_contact(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    response = redirect("portal-sign-in")
    response.delete_cookie(SAID)
    return response


def signed_in_contact(request: HttpRequest) -> Contact | None:
    number = request.session.get(WHO)
    contact = Contact.objects.filter(pk=number).first() if number else None
    return contact if contact is not None and _proves(request, contact) else None


_OF_CONTACT = ("id", "name", "email", "password", "language", "sessions_round")
_OF_FIRM = ("id", "name", "timezone", "clients_begin_chats")


def _firm_contact_and_accounts(
    number: int,
) -> tuple[Firm | None, Contact | None, tuple[tuple[int, str], ...]]:
    """The firm, who he is, and (id, name) of the accounts that are open to him; None where there is no such account.

    In one query, which each of his requests begins with; of firm and contact what the portal needs to know.
    """
    rows = _open_to(number)
    if not rows:
        return None, None, ()
    first, ends = rows[0], 2 + len(_OF_FIRM)
    return (
        Firm.from_db(DEFAULT_DB_ALIAS, _OF_FIRM, first[2:ends]),
        Contact.from_db(DEFAULT_DB_ALIAS, _OF_CONTACT, first[ends:]),
        tuple((row[0], row[1]) for row in rows),
    )


@composed
def _open_to(contact: int) -> QuerySet[Account, tuple[Any, ...]]:
    accounts = Account.objects.visible_to(Actor("contact", contact, "", via="portal")).order_by("name", "id")
    firm = Firm.objects.filter(pk=Firm.ONLY)
    of_firm = [Subquery(firm.values(name)) for name in _OF_FIRM]
    of_contact = [f"contact_links__contact__{name}" for name in _OF_CONTACT]
    return accounts.values_list("id", "name", *of_firm, *of_contact)


def _proves(request: HttpRequest, contact: Contact) -> bool:
    return constant_time_compare(request.session.get(PROOF, ""), proof(contact))


def proof(contact: Contact) -> str:
    """Another one after a new password or address, and after he has signed out everywhere."""
    held = f"{contact.password} {contact.sessions_round} {contact.email.casefold()}"
    return salted_hmac("clearstage.portal", held, algorithm="sha256").hexdigest()


def languages() -> list[tuple[str, str]]:
    """The languages there are translations for, English always."""
    return [(code, name) for code, name in settings.LANGUAGES if code == "en" or _translated(code)]


def spoken(code: str) -> str:
    return code if code in dict(languages()) else "en"


def _translated(code: str) -> bool:
    return any(
        (Path(folder) / code / "LC_MESSAGES" / "django.mo").exists() for folder in settings.LOCALE_PATHS
    )
