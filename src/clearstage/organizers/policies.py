"""Who may do what with organizers. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

RIGHT = "organizers"


def can_answer(actor: Actor) -> Decision:
    """The clients whose organizer it is, and members with the right on their behalf."""
    if actor.kind == "contact" and not actor.read_only:
        return YES
    return can_manage_organizers(actor)


def can_manage_organizers(actor: Actor) -> Decision:
    """Sending by hand, answering for a client, opening again, archiving, sealing."""
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm do this."))
    if actor.may(RIGHT):
        return YES
    return no(_t("This takes the right “manage organizers”."))
