"""Accounts: making them and changing them, with their tags, contacts and holders of roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import render
from clearstage.events.models import Event
from clearstage.events.record import Happening, in_words, record
from clearstage.firm.queries import hold_the_lists
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound, Stale

from ..models import Account, AccountAccess
from ..policies import can_manage_accounts
from .account_parts import PARTS, Part

_KINDS = tuple(kind for kind, _label in Account.KINDS)
FIELDS = ("name", "kind", "number", *PARTS)


@dataclass(frozen=True, slots=True)
class AccountInput:
    """`tags` are names (or ids), `contacts` mappings with name, email, login and notify, `roles` e-mails by role."""

    name: str
    kind: str = "individual"
    number: str = ""
    tags: Sequence[str] = ()
    contacts: Sequence[Mapping[str, Any]] = ()
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)


def create_account(actor: Actor, given: AccountInput) -> Account:
    """A new client. Whoever makes it without seeing all accounts is given access to this one."""
    can_manage_accounts(actor).demand()
    with transaction.atomic():
        fields, parts = _checked(actor, Account(), asdict(given))
        account = Account.objects.create(**fields, created_at=clock.now())
        told: dict[str, Any] = dict(fields)
        for part in parts:
            told |= {name: after for name, (_before, after) in part.replace(actor, account).items()}
        if actor.member_id is not None and not actor.may("view all accounts"):
            AccountAccess.objects.create(account=account, member_id=actor.member_id)
        record(actor, Happening("account_created", told, account=account.pk))
        return account


def edit_account(
    actor: Actor, account: int, changes: Mapping[str, Any], version: int | None = None
) -> Account:
    """Change what is named: fields, the whole of the tags, the whole of the contacts, the holders of the named roles.

    Tags take the right “tags”, contacts “contacts”, the rest “accounts”. Raises `Stale` where `version` is not the
    present one. What is so already is no change, takes no right and leaves no event.
    """
    with transaction.atomic():
        if "tags" in changes:
            hold_the_lists()  # before the account, as those do who change the list of tags and then its accounts
        row = _locked(actor, account, version)
        fields, parts = _checked(actor, row, changes)
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if changed:
            can_manage_accounts(actor).demand()
        told: dict[str, Any] = {name: [getattr(row, name), value] for name, value in changed.items()}
        for part in parts:
            told |= part.replace(actor, row)
        if not told:
            return row
        _save(row, changed)
        record(actor, Happening("account_edited", {"name": row.name, "changes": told}, account=row.pk))
        return row


def _locked(actor: Actor, account: int, version: int | None) -> Account:
    list(Account.objects.select_for_update().filter(pk=account).values_list("pk"))
    row = Account.objects.visible_to(actor).filter(pk=account).first()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise _stale(row)
    return row


def _stale(row: Account) -> Stale:
    """Says who changed what (M13)."""
    last = Event.objects.filter(account=row.pk, kind="account_edited").order_by("-pk").first()
    if last is None:
        return Stale(_t("This account was changed by somebody else in the meantime. Nothing was saved."))
    text = _t("{who} has changed this account in the meantime, so nothing was saved. {what}.")
    return Stale(text.format(who=last.actor_name, what=render(in_words(last.kind, last.data), _t)))


def _checked(actor: Actor, row: Account, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Part]]:
    checks = Checks()
    checks.only(given, FIELDS)
    checks.storable({name: given[name] for name in given if name in FIELDS})
    fields: dict[str, Any] = {}
    if "name" in given:
        fields["name"] = checks.line("name", given["name"])
    if "kind" in given:
        fields["kind"] = checks.one_of("kind", given["kind"], _KINDS)
    if "number" in given:
        fields["number"] = checks.line("number", given["number"], 40, needed=False)
    parts = [part(checks, actor, row, given[name]) for name, part in PARTS.items() if name in given]
    checks.demand()
    return fields, parts


def _save(row: Account, changed: dict[str, Any]) -> None:
    fields = {**changed, "version": row.version + 1}
    if not Account.objects.filter(pk=row.pk, version=row.version).update(**fields):
        raise _stale(row)
    row.refresh_from_db()
