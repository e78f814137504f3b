"""Forms that both audiences have, and what operations say about typed values, put beside the fields."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clearstage.kernel.errors import Invalid


class SignInForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    password = forms.CharField(label=_("Password"), strip=False, max_length=1000, widget=forms.PasswordInput)


def take_errors(form: forms.Form, invalid: Invalid, names: Mapping[str, str] | None = None) -> None:
    """Put an operation's complaints beside the fields; `names` says which field is meant where the names differ."""
    for where, message in invalid.errors:
        field = (names or {}).get(where, where)
        sentence = message[:1].upper() + message[1:]
        form.add_error(field if field in form.fields else None, sentence)


def place_of(request: HttpRequest) -> str:
    """Where a request comes from, for throttling. Behind a proxy (https) it is what the proxy saw, said last."""
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if seen:
            return seen[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
