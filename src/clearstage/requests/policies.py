"""Who may do what with client requests. What one sees may be read without any right."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

RIGHT = "requests"


def can_manage_requests(actor: Actor) -> Decision:
    """Making them by hand, judging what came, changing the list, archiving."""
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm do this."))
    return YES if actor.may(RIGHT) else no(_t("This takes the right “manage requests”."))


def can_submit(actor: Actor) -> Decision:
    """The client himself, or a member on his behalf."""
    if actor.read_only:
        return no(_t("This is a read-only view."))
    return YES if actor.kind == "contact" else can_manage_requests(actor)
