"""Following an account: being told what happens on it, whoever does its jobs."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.events.record import Happening, record
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound
from clearstage.kernel.rows import insert_rows

from ..models import AccountFollow


def follow_account(actor: Actor, account: int) -> None:
    """For oneself, an account one may see. Doing it again changes nothing."""
    with transaction.atomic():
        member = _member(actor, account)
        if insert_rows(AccountFollow, ("member", "account"), [(member, account)], ignore_conflicts=True):
            record(actor, Happening("account_followed", account=account))


def unfollow_account(actor: Actor, account: int) -> None:
    with transaction.atomic():
        member = _member(actor, account)
        gone, _by_model = AccountFollow.objects.filter(member=member, account=account).delete()
        if gone:
            record(actor, Happening("account_unfollowed", account=account))


def _member(actor: Actor, account: int) -> int:
    if not Account.objects.visible_to(actor).filter(pk=account).exists():
        raise NotFound
    if actor.member_id is None or actor.read_only:
        raise Forbidden(_t("Only members of the firm follow accounts."))
    return actor.member_id
