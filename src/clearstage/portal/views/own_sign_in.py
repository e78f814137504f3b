"""How a client signs in, changed by himself on his own page: password, passkeys, all sessions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from clearstage.clients.models import Contact
from clearstage.clients.operations.passkeys import add_passkey, remove_passkey
from clearstage.clients.operations.signing_in import set_contact_password, sign_out_everywhere
from clearstage.clients.passkeys import creation_options
from clearstage.firm import throttle
from clearstage.kernel.errors import Forbidden, Invalid
from clearstage.pages.forms import place_of, take_errors

from ..access import contact_page, is_fresh, sign_in_contact, sign_out_contact
from ..challenges import NEW, challenge_for, keep_challenge
from ..forms import ChangePasswordForm
from ..principal import Principal


@sensitive_post_parameters("password", "present")
@require_http_methods(["GET", "HEAD", "POST"])
@contact_page
def password(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """Takes the present password, unless he has signed in just now. All other sessions end with it."""
    contact = _own(principal)
    form = ChangePasswordForm(request.POST or None, fresh=is_fresh(request))
    if request.method == "POST" and form.is_valid() and _proved(request, form, contact):
        try:
            set_contact_password(principal.actor, contact.pk, form.cleaned_data["password"])
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            sign_in_contact(request, _own(principal))
            messages.success(request, _("Your new password counts from now on."))
            return redirect("portal-you")
    context = {
        "form": form,
        "principal": principal,
        "page": "you",
        "fresh": is_fresh(request),
        "contact": contact,
    }
    return render(request, "portal/password.html", context, status=422 if form.errors else 200)


def _proved(request: HttpRequest, form: ChangePasswordForm, contact: Contact) -> bool:
    """Guessing the present password is slowed down as it is at the sign-in."""
    if form.fresh:
        return True
    key, place = f"portal:{contact.email}", place_of(request)
    if not throttle.may_try(key, place):
        form.add_error(None, _("Too many tries. Please wait a quarter of an hour, then try again."))
    elif throttle.password_fits(contact.password, form.cleaned_data["present"]):
        return True
    else:
        throttle.note_failure(key, place)
        form.add_error("present", _("This is not your present password."))
    return False


@require_POST
@contact_page
def passkey_options(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """What the browser is to make a passkey for."""
    _demand_fresh(request)
    contact = _own(principal)
    options, challenge = creation_options(principal.firm.name, contact, contact.passkeys.all())
    keep_challenge(request, NEW, challenge)
    return JsonResponse(options)


@require_POST
@contact_page
def add(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    _demand_fresh(request)
    challenge = challenge_for(request, NEW)
    name, answer = request.POST.get("name", ""), request.POST.get("answer", "")
    row = add_passkey(principal.actor, _own(principal).pk, name, answer, challenge)
    messages.success(request, _("You can now sign in with the passkey “{name}”.").format(name=row.name))
    return redirect("portal-you")


@require_POST
@contact_page
def remove(request: HttpRequest, principal: Principal, passkey: int) -> HttpResponseBase:
    _demand_fresh(request)
    remove_passkey(principal.actor, _own(principal).pk, passkey)
    messages.success(request, _("The passkey is removed."))
    return redirect("portal-you")


@require_POST
@contact_page
def everywhere(request: HttpRequest, principal: Principal) -> HttpResponse:
    """Here, too: what is still open elsewhere is unknown, so everything ends."""
    sign_out_everywhere(principal.actor, _own(principal).pk)
    return sign_out_contact(request)


def _own(principal: Principal) -> Contact:
    return Contact.objects.get(pk=principal.actor.id or 0)


def _demand_fresh(request: HttpRequest) -> None:
    if not is_fresh(request):
        raise Forbidden(_("To change how you sign in, please sign in once more."))
