"""Roles of members and their rights, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearstage.firm.models import Member
from clearstage.firm.rights import RIGHTS
from clearstage.kernel.actor import ADMIN, EMPLOYEE, OWNER

from .editor_names import Option

ROLES: dict[str, Any] = {
    OWNER: gettext_lazy("Owner"),
    ADMIN: gettext_lazy("Admin"),
    EMPLOYEE: gettext_lazy("Employee"),
}

_RIGHTS: dict[str, Any] = {
    "view all accounts": gettext_lazy("See all accounts"),
    "accounts": gettext_lazy("Manage accounts"),
    "contacts": gettext_lazy("Manage contacts"),
    "tags": gettext_lazy("Manage tags"),
    "templates": gettext_lazy("Manage templates"),
    "pipelines": gettext_lazy("Manage pipelines"),
    "recurrences": gettext_lazy("Manage recurrences"),
    "organizers": gettext_lazy("Manage organizers"),
    "requests": gettext_lazy("Manage client requests"),
    "documents": gettext_lazy("Manage documents"),
    "invoices": gettext_lazy("Manage invoices"),
    "payments": gettext_lazy("Manage payments"),
    "proposals": gettext_lazy("Manage proposals"),
    "time": gettext_lazy("Manage time entries"),
    "view as client": gettext_lazy("See the portal as a client"),
    "export": gettext_lazy("Export"),
    "assign teammates": gettext_lazy("Assign teammates, open accounts to them"),
    "see reports": gettext_lazy("See reports"),
}


def right_choices(picked: set[str]) -> list[Option]:
    return [Option(right, str(_RIGHTS.get(right, right)), right in picked) for right in RIGHTS]


def rights_in_words(member: Member) -> str:
    """What an employee may; owner and admins are held by no right."""
    if member.role != EMPLOYEE:
        return _("everything")
    return ", ".join(str(_RIGHTS.get(right, right)) for right in member.rights) or _(
        "only what is opened to them"
    )
