"""Who works at the firm: adding members, changing them, their passwords (X1, X5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import OWNER, Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.kernel.text import flaw_in

from ..models import Member, Token
from ..policies import can_edit_member, can_manage_members, can_set_password
from ..queries import hold_the_lists, member_named
from ..rights import RIGHTS

FIELDS = ("name", "role", "rights", "is_active")
LONGEST_PASSWORD = 1000
_ROLES = tuple(role for role, _label in Member.ROLES)


def add_member(
    actor: Actor,
    email: str,
    name: str,
    role: str = "employee",
    rights: Collection[str] = (),
    password: str | None = None,
) -> Member:
    """A new member; without a password nobody can sign in as him yet."""
    can_manage_members(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        member = new_member(email, name, role, rights, password)
        if member.role == OWNER:
            raise Refused([_t("There is one owner, and that cannot be changed.")])
        member.save(force_insert=True)
        told = {"member": member.pk, "name": member.name, "email": member.email, "role": member.role}
        record(actor, Happening("member_added", told))
        return member


def edit_member(actor: Actor, member: int, changes: Mapping[str, Any]) -> Member:
    """Change name, role, rights or whether a member is active; what is not named stays.

    A deactivated member cannot sign in from the next request on, and its tokens are gone (X5).
    """
    with transaction.atomic():
        row = _locked(member)
        can_edit_member(actor, row, changes).demand()
        checked = _checked(changes)
        changed = {field: value for field, value in checked.items() if getattr(row, field) != value}
        _demand_one_owner(actor, row, changed)
        if not changed:
            return row
        told = {field: [getattr(row, field), value] for field, value in changed.items()}
        for field, value in changed.items():
            setattr(row, field, value)
        row.save(update_fields=list(changed))
        if not row.is_active:
            Token.objects.filter(member=row, revoked_at=None).update(revoked_at=clock.now())
        record(actor, Happening("member_edited", {"member": row.pk, "name": row.name, "changes": told}))
        return row


def set_member_password(actor: Actor, member: int, password: str) -> None:
    """Set a new password; who is signed in with the old one has to sign in again."""
    with transaction.atomic():
        row = _locked(member)
        can_set_password(actor, row).demand()
        demand_good_password(password, row)
        row.set_password(password)
        row.save(update_fields=["password"])
        record(actor, Happening("member_password_set", {"member": row.pk, "name": row.name}))


def new_member(email: str, name: str, role: str, rights: Collection[str], password: str | None) -> Member:
    """A checked member that has still to be saved; the caller holds the firm's lists."""
    checks = Checks()
    checks.storable({"email": email, "name": name})
    member = Member(email=checks.email("email", email), created_at=clock.now())
    for field, value in _checked({"name": name, "role": role, "rights": rights}, checks).items():
        setattr(member, field, value)
    if member_named(member.email) is not None:
        raise Invalid([("email", _t("there is a member with this e-mail already"))])
    if password is not None:
        demand_good_password(password, member)
    member.set_password(password)
    return member


def demand_good_password(password: str, person: object) -> None:
    """Raise `Invalid` with what is wrong with a new password."""
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(
            [("password", _t("is longer than {longest} characters").format(longest=LONGEST_PASSWORD))]
        )
    if flaw := flaw_in(password):
        raise Invalid([("password", flaw)])
    try:
        validate_password(password, person)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Invalid([("password", message) for message in error.messages]) from None


def _checked(changes: Mapping[str, Any], checks: Checks | None = None) -> dict[str, Any]:
    checks = checks or Checks()
    checks.storable({"name": changes.get("name", "")})
    checks.only(changes, FIELDS)
    found: dict[str, Any] = {}
    if "name" in changes:
        found["name"] = checks.line("name", changes["name"])
    if "role" in changes:
        found["role"] = checks.one_of("role", changes["role"], _ROLES)
    if "rights" in changes:
        found["rights"] = _rights(checks, changes["rights"])
    if "is_active" in changes:
        found["is_active"] = checks.flag("is_active", changes["is_active"])
    checks.demand()
    return found


def _rights(checks: Checks, given: Collection[str]) -> list[str]:
    """In the order of the list, so that the same rights are the same value."""
    for right in given:
        if right not in RIGHTS:
            checks.unknown(
                "rights", _t("there is no right “{right}”").format(right=right), str(right), RIGHTS
            )
    return [right for right in RIGHTS if right in given]


def _demand_one_owner(actor: Actor, row: Member, changed: Mapping[str, Any]) -> None:
    if row.role == OWNER and ("role" in changed or changed.get("is_active") is False):
        raise Refused([_t("The owner stays the owner, and stays active.")])
    if changed.get("role") == OWNER:
        raise Refused([_t("There is one owner, and that cannot be changed.")])
    if changed.get("is_active") is False and actor.member_id == row.pk:
        raise Refused([_t("You cannot deactivate yourself.")])


def _locked(member: int) -> Member:
    row = Member.objects.select_for_update().filter(pk=member).first()
    if row is None:
        raise NotFound
    return row
