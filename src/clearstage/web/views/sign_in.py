"""Signing members in and out."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from clearstage.firm import throttle
from clearstage.firm.models import Member
from clearstage.firm.queries import the_firm_row
from clearstage.pages.forms import SignInForm, place_of

from ..access import local_address, signed_in_already

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The same words for an unknown e-mail and for a wrong password; the session gets a new key."""
    firm = the_firm_row()
    if firm is None:
        return redirect("set-up")
    if there := signed_in_already(request):
        return there
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        member = _member(form, place_of(request))
        if member is not None:
            login(request, member, backend=BACKEND)
            return redirect(local_address(request, request.POST.get("next", "")))
    wanted = request.POST.get("next", request.GET.get("next", ""))
    status = 422 if form.errors else 200
    return render(request, "web/sign_in.html", {"form": form, "firm": firm, "next": wanted}, status=status)


def _member(form: SignInForm, place: str) -> Member | None:
    """The active member who knows the password; else None, with the reason on the form."""
    email, password = form.cleaned_data["email"], form.cleaned_data["password"]
    if not throttle.may_try(email, place):
        form.add_error(None, _("Too many tries. Please wait a quarter of an hour, then try again."))
        return None
    member = Member.objects.filter(email__iexact=email).first()
    if throttle.password_fits(member.password if member else None, password) and member and member.is_active:
        throttle.forget(email, place)
        return member
    throttle.note_failure(email, place)
    form.add_error(None, _("E-mail and password do not belong together."))
    return None


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """Before there is a firm, every page leads here."""
    if the_firm_row() is not None:
        return redirect("home")
    return render(request, "web/set_up.html")
