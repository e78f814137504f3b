"""Reading the firm: its settings, its members, its roles."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Lower

from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.ids import number_of

from .models import Firm, Member, Role, Token


def the_firm_row() -> Firm | None:
    """The firm, or None before the installation is set up."""
    return next(iter(_firm_rows()), None)


def firm_row() -> Firm:
    """The firm of an installation that is set up."""
    return _firm_rows()[0]


@composed
def _firm_rows() -> QuerySet[Firm]:
    return Firm.objects.filter(pk=Firm.ONLY)


def hold_the_lists() -> None:
    """Keep others from changing the firm's short lists (members, roles, tags, …) until the transaction ends.

    Names in them are compared here, without regard to case in any language, which not every database can do.
    """
    list(Firm.objects.select_for_update().filter(pk=Firm.ONLY).values_list("pk"))


def holidays_of(firm: Firm) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in firm.holidays)


def actor_for(member: Member, via: str = "web") -> Actor:
    """The member as an actor, with the rights it has at this moment."""
    return Actor("member", member.pk, member.name, member.role, frozenset(member.rights), via)


def members_list(*, inactive: bool = True) -> QuerySet[Member]:
    """The members by name; members see one another."""
    members = Member.objects.order_by(Lower("name"), "pk")
    return members if inactive else members.filter(is_active=True)


def member_named(name: str) -> Member | None:
    """The member an e-mail or an id stands for, active or not."""
    if number := number_of("member", name):
        return Member.objects.filter(pk=number).first()
    return Member.objects.filter(email__iexact=name.strip()).first() if name.strip().isprintable() else None


def the_owner() -> Member:
    return Member.objects.get(role="owner")


def roles_list() -> QuerySet[Role]:
    return Role.objects.order_by("position", "pk")


def tokens_of(member: Member) -> QuerySet[Token]:
    """The member's tokens that still work, newest first."""
    return Token.objects.filter(member=member, revoked_at=None).order_by("-pk")
