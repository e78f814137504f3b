"""Who may change clients. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

from .models import Contact


def can_manage_accounts(actor: Actor) -> Decision:
    return _may(actor, "accounts", _t("Changing accounts takes the right “manage accounts”."))


def can_manage_contacts(actor: Actor) -> Decision:
    return _may(actor, "contacts", _t("Changing contacts takes the right “manage contacts”."))


def can_manage_tags(actor: Actor) -> Decision:
    return _may(actor, "tags", _t("Changing tags takes the right “manage tags”."))


def can_change_access(actor: Actor) -> Decision:
    return _may(
        actor, "assign teammates", _t("Opening accounts to others takes the right “assign teammates”.")
    )


def can_edit_contact(actor: Actor, contact: Contact, *, own: bool = False) -> Decision:
    """`own` says that only what a contact may change of himself is changed: name, language, how he is told (P2)."""
    if own and _is(actor, contact):
        return YES
    return can_manage_contacts(actor)


def can_set_contact_password(actor: Actor, contact: Contact) -> Decision:
    """Whoever sets a client's password could sign in as him, so no member does; the demo acts as the firm itself."""
    return (
        YES if _is(actor, contact) or actor.kind == "firm" else no(_t("Only the contact sets his password."))
    )


def can_change_sign_in(actor: Actor, contact: Contact) -> Decision:
    """Passkeys, signing out everywhere, using a link: his own matter."""
    return YES if _is(actor, contact) else no(_t("Only the contact changes how he signs in."))


def _may(actor: Actor, right: str, why_not: str) -> Decision:
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm change this."))
    return YES if actor.may(right) else no(why_not)


def _is(actor: Actor, contact: Contact) -> bool:
    return actor.kind == "contact" and actor.id == contact.pk and not actor.read_only
