"""Links that sign in: asking for one, and coming in by one.

The address in the mail only notes in the session which link was brought, and goes on to a page without it; so scanners
of mails that open every link use none up, and the link stands in no further address. Using it takes the page's button.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearstage.clients.links import Purpose, is_open, link_of
from clearstage.clients.models import SignInLink
from clearstage.clients.operations.links import ask_for_link, use_link
from clearstage.clients.passkeys import relying_party
from clearstage.clients.queries import contact_actor
from clearstage.firm import throttle
from clearstage.firm.queries import the_firm_row
from clearstage.kernel.errors import Invalid, Refused
from clearstage.pages.forms import place_of, take_errors

from ..access import sign_in_contact, signed_in_contact, spoken
from ..forms import AddressForm, NewPasswordForm

LINK = "link"
BROUGHT = ".,;:!?)>]\"'/"
"""What mail programs take for a part of an address at its end."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """“Send me a link instead”: the same answer and the same work, whoever asks (P1)."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _asked(request, form.cleaned_data["email"]):
            return redirect("portal-link-sent")
        form.add_error(None, _("Too many tries. Please wait a quarter of an hour, then try again."))
    context = {"form": form, "firm": the_firm_row()}
    return render(request, "portal/ask_link.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/link_sent.html", {"firm": the_firm_row()})


@require_safe
@never_cache
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail."""
    brought = link_of(token.rstrip(BROUGHT))
    request.session[LINK] = brought.pk if brought else 0
    return redirect("portal-link")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and by which of the ways he chooses; then it is done once."""
    row = _brought(request)
    if row is None or not is_open(row):
        return _past(request, row)
    translation.activate(spoken(row.contact.language))
    way = request.POST.get("way", "")
    form = NewPasswordForm(request.POST if way == "password" else None)
    if request.method == "POST" and (way != "password" or form.is_valid()):
        try:
            contact = use_link(
                contact_actor(row.contact),
                row.pk,
                form.cleaned_data.get("password") if form.is_bound else None,
            )
        except Invalid as invalid:
            take_errors(form, invalid)
        except Refused:
            return _past(request, row)
        else:
            sign_in_contact(request, contact)
            return redirect("portal-you" if way == "passkey" else "portal-home")
    here = signed_in_contact(request)
    context = {
        "form": form,
        "firm": the_firm_row(),
        "contact": row.contact,
        "accounts": row.contact.account_links.filter(login=True)
        .select_related("account")
        .order_by("account__name"),
        "passkeys": relying_party(),
        "invited": row.purpose == Purpose.INVITATION,
        "other": here if here and here != row.contact else None,
    }
    return render(request, "portal/link.html", context, status=422 if form.errors else 200)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """A new link for one that works no more, to the address that the old one was sent to."""
    row = _brought(request)
    if row is None:
        return redirect("portal-ask-link")
    if _asked(request, row.email):
        return redirect("portal-link-sent")
    return redirect("portal-link")


def _asked(request: HttpRequest, email: str) -> bool:
    """Note that a link is wanted, unless too many were for this address or from this place."""
    key, place = f"link:{email}", place_of(request)
    if not throttle.may_try(key, place):
        return False
    throttle.note_failure(key, place)
    ask_for_link(email)
    return True


def _brought(request: HttpRequest) -> SignInLink | None:
    number = request.session.get(LINK)
    return SignInLink.objects.select_related("contact").filter(pk=number).first() if number else None


def _past(request: HttpRequest, row: SignInLink | None) -> HttpResponse:
    """One page for used, replaced, ended, too old and never real: with a way to a new one."""
    context = {
        "firm": the_firm_row(),
        "known": row is not None,
        "signed_in": signed_in_contact(request) is not None,
    }
    return render(request, "portal/link_past.html", context, status=410)
