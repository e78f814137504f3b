"""The forms of clients and their contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clearstage.clients.models import Account, Contact
from clearstage.firm.queries import roles_list
from clearstage.kernel.errors import Invalid
from clearstage.pages.forms import take_errors


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Account.KINDS)
    number = forms.CharField(label=_("Account number"), max_length=40, required=False)

    names = {f"contacts[0].{name}": f"contact_{name}" for name in ("name", "email", "invite")}

    def lock(self, account: Account) -> None:
        """For somebody who may change the tags alone."""
        for name in ("name", "kind", "number"):
            self.fields[name].disabled = True

    def take(self, invalid: Invalid) -> None:
        take_errors(self, invalid, self.names)


class NewAccountForm(AccountForm):
    contact_name = forms.CharField(label=_("Name of the first contact"), max_length=200, required=False)
    contact_email = forms.EmailField(label=_("E-mail of the first contact"), max_length=254, required=False)
    contact_login = forms.BooleanField(label=_("May sign in to the client portal"), required=False)
    contact_invite = forms.BooleanField(label=_("Send an invitation to the portal"), required=False)
    contact_notify = forms.BooleanField(label=_("Gets e-mails about the work"), required=False, initial=True)

    def contacts(self) -> list[dict[str, Any]]:
        values = self.cleaned_data
        if not values["contact_email"] and not values["contact_name"]:
            return []
        first = {name: values[f"contact_{name}"] for name in ("email", "login", "invite", "notify")}
        return [{**first, "name": values["contact_name"] or None}]


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language of the portal"), choices=settings.LANGUAGES)
    login = forms.BooleanField(label=_("May sign in to the client portal for this account"), required=False)
    notify = forms.BooleanField(label=_("Gets e-mails about this account"), required=False, initial=True)
    notices = forms.ChoiceField(label=_("E-mails about what waits for them"), choices=Contact.NOTICES)
    status_notices = forms.BooleanField(
        label=_("E-mails about changes of status, where the firm sends these"), required=False
    )


class NewContactForm(ContactForm):
    invite = forms.BooleanField(label=_("Send an invitation to the portal"), required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("May be left out for somebody who is known already."),
    )
    field_order = ("email", "name", "login", "invite", "notify")


def told_of(post: QueryDict, form: AccountForm) -> dict[str, Any]:
    """What the form says of an account, as the operations take it; parts that were not in the form are left out."""
    told: dict[str, Any] = {name: form.cleaned_data[name] for name in ("name", "kind", "number")}
    if "tags-shown" in post:
        more = [each.strip() for each in post.get("tag-more", "").split(",")]
        told["tags"] = list(dict.fromkeys(each for each in [*post.getlist("tag"), *more] if each))
    if "roles-shown" in post:
        told["roles"] = {role.name: post.getlist(f"role-{role.pk}") for role in roles_list()}
    return told
