"""Who may say what to whom. Pages ask the same functions whether to draw the form."""

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no


def can_comment(actor: Actor) -> Decision:
    """Members, on whatever they see."""
    if actor.member_id is None or actor.read_only:
        return no(_t("Comments are made by members of the firm."))
    return YES
