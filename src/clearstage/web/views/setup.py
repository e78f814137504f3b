"""The first run: whoever holds the set-up link makes the firm and becomes its owner."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from clearstage.firm import setup_link
from clearstage.firm.models import Member
from clearstage.firm.operations.setup import create_firm
from clearstage.kernel.actor import OWNER
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.forms import take_errors

from .sign_in import BACKEND


def zones() -> list[tuple[str, str]]:
    """Time zones by place, as people know them."""
    named = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class SetupForm(forms.Form):
    name = forms.CharField(label=_("Name of the firm"), max_length=200)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=zones, help_text=_("Due dates and recurrences follow it.")
    )
    owner_name = forms.CharField(label=_("Your name"), max_length=200)
    owner_email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(render_value=True),
        help_text=_("At least ten characters; a few words together are good."),
    )


@never_cache
@sensitive_post_parameters("password")
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """A link that is wrong, old or used does not exist."""
    if not setup_link.is_valid(token):
        raise NotFound
    form = SetupForm(request.POST or None, initial={"timezone": "UTC"})
    if request.method == "POST" and form.is_valid():
        try:
            create_firm(**form.cleaned_data)
        except Invalid as invalid:
            take_errors(form, invalid, {"email": "owner_email"})
        else:
            setup_link.forget()
            login(request, Member.objects.get(role=OWNER), backend=BACKEND)
            return redirect("home")
    return render(request, "web/setup.html", {"form": form}, status=422 if form.errors else 200)
