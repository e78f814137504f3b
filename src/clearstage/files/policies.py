"""Who may do what with files. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

from .guards import why_kept
from .models import File


def can_upload(actor: Actor) -> Decision:
    """Clients to their own accounts, members with the right; which accounts those are, the scope says."""
    if actor.kind == "contact" and not actor.read_only:
        return YES
    return _manages(actor, _t("Adding files takes the right “manage documents”."))


def can_share(actor: Actor, file: File) -> Decision:
    """What a client sent is his; it cannot be hidden from him."""
    if file.from_client:
        return no(_t("The client sent this file, so it stays open to him."))
    if file.binned_at is not None:
        return no(_t("This file is in the bin."))
    return _manages(actor, _t("Sharing files takes the right “manage documents”."))


def can_bin(actor: Actor, file: File) -> Decision:
    """A client only what he sent himself, as long as nothing that was submitted rests on it."""
    if why := why_kept(actor, file):
        return no(why)
    if actor.kind == "contact" and not actor.read_only:
        own = file.uploaded_by_contact_id == actor.id
        return YES if own else no(_t("You can remove only files that you sent yourself."))
    return _manages(actor, _t("Removing files takes the right “manage documents”."))


def can_restore(actor: Actor, file: File) -> Decision:
    if file.purged_at is not None:
        return no(_t("This file was deleted for good after its time in the bin."))
    if actor.kind == "contact" and not actor.read_only:
        own = file.binned_by_contact_id == actor.id
        return YES if own else no(_t("You can take back only what you removed yourself."))
    return _manages(actor, _t("Taking files out of the bin takes the right “manage documents”."))


def _manages(actor: Actor, why_not: str) -> Decision:
    if actor.kind == "contact" or actor.read_only:
        return no(_t("This is a read-only view."))
    return YES if actor.may("documents") else no(why_not)
