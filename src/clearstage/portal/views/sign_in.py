"""Signing clients in and out, and the language they read."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clearstage.clients.models import Contact
from clearstage.clients.operations.contacts import choose_language
from clearstage.clients.operations.passkeys import sign_in_with_passkey
from clearstage.clients.operations.signing_in import note_sign_in
from clearstage.clients.passkeys import relying_party, request_options
from clearstage.clients.queries import contact_actor
from clearstage.firm import throttle
from clearstage.firm.queries import the_firm_row
from clearstage.kernel.errors import Refused
from clearstage.pages.forms import SignInForm, place_of

from ..access import contact_page, sign_in_contact, sign_out_contact, signed_in_contact
from ..challenges import SIGN_IN, challenge_for, keep_challenge
from ..principal import Principal


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same words whether the e-mail is unknown, the password wrong, or no account opened to the contact."""
    if request.method == "GET" and signed_in_contact(request):
        return redirect("portal-home")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = _contact(form, place_of(request))
        if contact is not None:
            sign_in_contact(request, contact)
            return redirect("portal-home")
    return _page(request, form)


def _page(request: HttpRequest, form: SignInForm, problems: Sequence[str] = ()) -> HttpResponse:
    context = {"form": form, "firm": the_firm_row(), "problems": problems, "passkeys": relying_party()}
    return render(request, "portal/sign_in.html", context, status=422 if form.errors or problems else 200)


def _contact(form: SignInForm, place: str) -> Contact | None:
    """The contact who knows the password; else None, with the reason on the form."""
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    key = f"portal:{email}"
    if not throttle.may_try(key, place):
        form.add_error(None, _("Too many tries. Please wait a quarter of an hour, then try again."))
        return None
    contact = Contact.objects.filter(email__iexact=email).first()
    fits = throttle.password_fits(contact.password if contact else None, password)
    if fits and contact and contact.account_links.filter(login=True).exists():
        throttle.forget(key, place)
        note_sign_in(contact_actor(contact), contact, "password")
        return contact
    throttle.note_failure(key, place)
    form.add_error(None, _("E-mail and password do not belong together."))
    return None


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks its owner for. The same for everybody: whose passkey it is, only the answer tells."""
    options, challenge = request_options()
    keep_challenge(request, SIGN_IN, challenge)
    return JsonResponse(options)


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """The same words for whatever is wrong with the answer."""
    place = place_of(request)
    try:
        if not throttle.may_try(f"portal:passkey:{place}", place):
            raise Refused([_("Too many tries. Please wait a quarter of an hour, then try again.")])
        contact = sign_in_with_passkey(request.POST.get("answer", ""), challenge_for(request, SIGN_IN))
    except Refused as refused:
        throttle.note_failure(f"portal:passkey:{place}", place)
        return _page(request, SignInForm(), refused.problems)
    sign_in_contact(request, contact)
    return redirect("portal-home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return sign_out_contact(request)


@require_POST
@contact_page
def change_language(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    choose_language(principal.actor, request.POST.get("language", ""))
    return redirect("portal-you")
