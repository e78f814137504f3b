"""What clients type to get in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clearstage.firm.operations.members import LONGEST_PASSWORD


class AddressForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput,
        help_text=_(
            "At least 12 characters, and none of the usual ones. A few words in a row are easy to remember."
        ),
    )


class ChangePasswordForm(NewPasswordForm):
    """`fresh`: he has signed in just now, so the present password is not asked for."""

    present = forms.CharField(
        label=_("Present password"), strip=False, max_length=LONGEST_PASSWORD, widget=forms.PasswordInput
    )
    field_order = ("present", "password")

    def __init__(self, *args: Any, fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fresh = fresh
        if fresh:
            del self.fields["present"]
