"""Who may change the firm. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import OWNER, Actor
from clearstage.kernel.decision import YES, Decision, no

from .models import Member


def can_manage_members(actor: Actor) -> Decision:
    return _runs_the_firm(actor, _t("Only the owner and admins manage members."))


def can_edit_member(actor: Actor, member: Member, fields: Collection[str] = ()) -> Decision:
    """The owner is changed by nobody else (X1); everybody may correct the own name."""
    if member.role == OWNER and not _is(actor, member):
        return no(_t("Only the owner changes the owner."))
    if _is(actor, member) and set(fields) <= {"name"} and fields and not actor.read_only:
        return YES
    return can_manage_members(actor)


def can_set_password(actor: Actor, member: Member) -> Decision:
    if actor.read_only:
        return no(_t("This is a read-only view."))
    if _is(actor, member):
        return YES
    if member.role == OWNER:
        return no(_t("Only the owner sets the owner's password."))
    return can_manage_members(actor)


def can_make_token(actor: Actor, member: Member) -> Decision:
    """A token acts as its member, so nobody makes one for somebody else."""
    if actor.read_only:
        return no(_t("This is a read-only view."))
    return YES if _is(actor, member) else no(_t("Tokens are made by the member they belong to."))


def can_revoke_token(actor: Actor, member: Member) -> Decision:
    return YES if can_make_token(actor, member) else can_manage_members(actor)


def can_edit_firm(actor: Actor) -> Decision:
    return _runs_the_firm(actor, _t("Only the owner and admins change the firm's settings."))


def can_manage_roles(actor: Actor) -> Decision:
    return _runs_the_firm(actor, _t("Only the owner and admins change the list of roles."))


def _runs_the_firm(actor: Actor, why_not: str) -> Decision:
    return YES if actor.runs_the_firm and not actor.read_only else no(why_not)


def _is(actor: Actor, member: Member) -> bool:
    """The member, or the firm itself: the command line, which stands above all of them."""
    return actor.kind == "firm" or actor.member_id == member.pk
