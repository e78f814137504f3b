"""Contacts: the people behind the accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Forbidden, Invalid, NotFound

from ..models import Account, Contact
from ..policies import can_edit_contact
from ..queries import visible_contacts
from .new_address import follow_new_address

FIELDS = ("name", "email", "language", "notices", "status_notices")
_NOTICES = ("notices", "status_notices")
_OWN = {"name", "language", *_NOTICES}
_HOW = tuple(how for how, _label in Contact.NOTICES)


def edit_contact(actor: Actor, contact: int, changes: Mapping[str, Any]) -> Contact:
    """Change name, e-mail, language, and how he is told of things: `notices` (each, daily, none), `status_notices`.

    A contact may change his own, but for the e-mail he signs in with (P2); with a new one his ways to sign in end.
    """
    with transaction.atomic():
        row = _locked(actor, contact)
        can_edit_contact(actor, row, own=set(changes) <= _OWN).demand()
        checked = _checked(changes)
        changed = {name: value for name, value in checked.items() if getattr(row, name) != value}
        if not changed:
            return row
        told = {name: [getattr(row, name), value] for name, value in changed.items()}
        for name, value in changed.items():
            setattr(row, name, value)
        try:
            with transaction.atomic():
                row.save(update_fields=list(changed))
        except IntegrityError:
            raise Invalid([("email", _t("there is a contact with this e-mail already"))]) from None
        [event] = record(
            actor, Happening("contact_edited", {"contact": row.pk, "name": row.name, "changes": told})
        )
        if "email" in told and told["email"][0].casefold() != row.email.casefold():
            follow_new_address(actor, row, told["email"][0], event)
        return row


def choose_language(actor: Actor, language: str) -> Contact:
    """The language a contact reads the portal in; his own choice (P4)."""
    if actor.kind != "contact" or actor.id is None:
        raise Forbidden(_t("Only contacts choose the language of the portal."))
    return edit_contact(actor, actor.id, {"language": language})


def set_notice_preferences(
    actor: Actor, changes: Mapping[str, Any], accounts: Mapping[int, bool] | None = None
) -> Contact:
    """How a contact wants to be told of things (`notices`, `status_notices`); his own choice (P2, C12).

    `accounts` says of some of those he signs in for whether he wants e-mails about them; others do not exist (X4).
    """
    if actor.kind != "contact" or actor.id is None:
        raise Forbidden(_t("Only contacts choose how they are told of things."))
    checks = Checks()
    checks.only(changes, _NOTICES)
    checks.demand()
    with transaction.atomic():
        row = edit_contact(actor, actor.id, changes)
        for account, notify in sorted((accounts or {}).items()):
            _be_told_of(actor, row, account, notify)
        return row


def _be_told_of(actor: Actor, row: Contact, account: int, notify: bool) -> None:
    """The account's version goes up with it: a form of the firm that was opened before must not put it back."""
    link = row.account_links.filter(account=account, login=True).first()
    if link is None:
        raise NotFound
    if link.notify == notify:
        return
    link.notify = notify
    link.save(update_fields=["notify"])
    Account.objects.filter(pk=account).update(version=F("version") + 1)
    told = {"contact": row.pk, "name": row.name, "notify": notify}
    record(actor, Happening("contact_notify_chosen", told, account=account))


def _locked(actor: Actor, contact: int) -> Contact:
    list(Contact.objects.select_for_update().filter(pk=contact).values_list("pk"))
    row = visible_contacts(actor).filter(pk=contact).first()
    if row is None:
        raise NotFound
    return row


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    checks = Checks()
    checks.only(changes, FIELDS)
    checks.storable({name: changes[name] for name in changes if name in FIELDS})
    found: dict[str, Any] = {}
    if "name" in changes:
        found["name"] = checks.line("name", changes["name"])
    if "email" in changes:
        found["email"] = checks.email("email", changes["email"])
    if "language" in changes:
        found["language"] = checks.one_of(
            "language", changes["language"], [code for code, _name in settings.LANGUAGES]
        )
    if "notices" in changes:
        found["notices"] = checks.one_of("notices", changes["notices"], _HOW)
    if "status_notices" in changes:
        found["status_notices"] = checks.flag("status_notices", changes["status_notices"])
    checks.demand()
    return found
