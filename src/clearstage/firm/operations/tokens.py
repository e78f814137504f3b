"""API tokens: shown once, kept as a hash."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor, the_firm
from clearstage.kernel.checks import Checks
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import NotFound, Refused

from ..models import Member, Token
from ..policies import can_make_token, can_revoke_token

PREFIX = "cst_"
SCOPES = ("read", "write")


def create_token(
    member: Member, scope: str = "write", name: str = "API", *, actor: Actor | None = None
) -> str:
    """A new token of the member, in plain text: this is the only time it can be read.

    `actor` is the member where a page asks; the command line acts for the firm.
    """
    actor = actor or the_firm("cli")
    can_make_token(actor, member).demand()
    checks = Checks()
    checks.storable({"name": name})
    scope, name = checks.one_of("scope", scope, SCOPES), checks.line("name", name, 100)
    checks.demand()
    with transaction.atomic():
        if not Member.objects.select_for_update().filter(pk=member.pk, is_active=True).exists():
            raise Refused([_t("{member} is no active member.").format(member=member.name)])
        text = PREFIX + secrets.token_urlsafe(32)
        token = Token.objects.create(
            member=member, name=name, scope=scope, digest=_digest(text), created_at=clock.now()
        )
        told = {"token": token.pk, "name": name, "scope": scope, "member": member.name}
        record(actor, Happening("token_created", told))
        return text


def revoke_token(actor: Actor, token: int) -> None:
    """The token works no more. Revoking it again changes nothing."""
    with transaction.atomic():
        row = Token.objects.select_for_update(of=("self",)).select_related("member").filter(pk=token).first()
        if row is None or not can_revoke_token(actor, row.member):
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            told = {"token": row.pk, "name": row.name, "member": row.member.name}
            record(actor, Happening("token_revoked", told))


def member_by_token(text: str) -> tuple[Member, str] | None:
    """(member, scope) behind a token that works, in one query; None for anything else."""
    if not text.startswith(PREFIX) or len(text) > 200 or not text.isascii():
        return None
    return next(((token.member, token.scope) for token in _tokens_that_work(_digest(text))), None)


@composed
def _tokens_that_work(digest: str) -> QuerySet[Token]:
    tokens = Token.objects.select_related("member").filter(revoked_at=None, member__is_active=True)
    return tokens.filter(digest=digest)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
