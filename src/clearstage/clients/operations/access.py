"""Who may see an account without the right to see all (X2)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.rows import delete_rows, insert_rows

from ..models import Account, AccountAccess
from ..policies import can_change_access


def change_account_access(*, added: Sequence[tuple[int, int]], removed: Sequence[tuple[int, int]]) -> None:
    """Open and close accounts: (account, member) pairs. Part of a recorded command, never a command of its own."""
    delete_rows(AccountAccess, ("account", "member"), removed)
    insert_rows(AccountAccess, ("account", "member"), added, ignore_conflicts=True)


def grant_access(actor: Actor, account: int, member: int) -> None:
    """Open an account to a member. Doing it again changes nothing."""
    with transaction.atomic():
        row, person = _found(actor, account, member)
        if not person.is_active:
            raise Invalid([("member", _t("“{person}” is no active member").format(person=person.name))])
        if AccountAccess.objects.filter(account=row, member=person).exists():
            return
        change_account_access(added=[(row.pk, person.pk)], removed=[])
        record(actor, _happening("access_granted", row, person))


def revoke_access(actor: Actor, account: int, member: int) -> None:
    """Close an account to a member; with the right to see all accounts he goes on seeing it."""
    with transaction.atomic():
        row, person = _found(actor, account, member)
        if not AccountAccess.objects.filter(account=row, member=person).exists():
            return
        change_account_access(added=[], removed=[(row.pk, person.pk)])
        record(actor, _happening("access_revoked", row, person))


def _found(actor: Actor, account: int, member: int) -> tuple[Account, Member]:
    list(Account.objects.select_for_update().filter(pk=account).values_list("pk"))
    row = Account.objects.visible_to(actor).filter(pk=account).first()
    person = Member.objects.filter(pk=member).first()
    if row is None or person is None:
        raise NotFound
    can_change_access(actor).demand()
    return row, person


def _happening(kind: str, account: Account, member: Member) -> Happening:
    return Happening(kind, {"member": member.pk, "name": member.name}, account=account.pk)
