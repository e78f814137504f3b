"""The firm's own list of account roles (T3): preparer, reviewer, partner, …"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused

from ..models import Role
from ..policies import can_manage_roles
from ..queries import hold_the_lists
from ..renames import renamed, used_in


def add_role(actor: Actor, name: str) -> Role:
    can_manage_roles(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        name = _free_name(name)
        role = Role.objects.create(name=name, position=Role.objects.count())
        record(actor, Happening("role_added", {"role": role.pk, "name": name}))
        return role


def rename_role(actor: Actor, role: int, name: str) -> Role:
    """Automations and templates that name the role follow."""
    can_manage_roles(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(role)
        name, old = _free_name(name, row), row.name
        if name != old:
            row.name = name
            row.save(update_fields=["name"])
            renamed(actor, "person", f"role:{old}", f"role:{name}")
            record(actor, Happening("role_renamed", {"role": row.pk, "name": name, "old": old}))
        return row


def remove_role(actor: Actor, role: int) -> None:
    """Remove a role from the list and from all accounts; refused while an automation or template names it."""
    can_manage_roles(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(role)
        places = used_in(actor, "person", f"role:{row.name}")
        if places:
            message = _t("The role “{role}” is used in: {places}.")
            raise Refused([message.format(role=row.name, places=", ".join(places))], places=places)
        told = {
            "role": row.pk,
            "name": row.name,
            "accounts": row.holders.values("account").distinct().count(),
        }
        row.delete()
        record(actor, Happening("role_removed", told))


def _found(role: int) -> Role:
    row = Role.objects.filter(pk=role).first()
    if row is None:
        raise NotFound
    return row


def _free_name(name: str, but: Role | None = None) -> str:
    checks = Checks()
    checks.storable({"name": name})
    name = checks.line("name", name, 60)
    checks.demand()
    if any(each.name.casefold() == name.casefold() for each in Role.objects.all() if each != but):
        raise Invalid([("name", _t("there is a role “{name}” already").format(name=name))])
    return name
