"""Who may ask for access, and who may answer. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.clients.policies import can_change_access
from clearstage.jobs.pipeline_policies import can_open_pipelines
from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no


def can_request_access(actor: Actor) -> Decision:
    """Members for whom something may be closed; to owner and admins all there is stands open."""
    if actor.kind != "member" or actor.read_only or actor.runs_the_firm:
        return no(_t("Only members to whom not everything is open ask for access."))
    return YES


def can_answer_requests(actor: Actor) -> Decision:
    """Whoever may open accounts and pipelines to others; of those, each answers for what he sees himself."""
    if actor.kind != "member":
        return no(_t("Only members of the firm answer requests."))
    return can_open_pipelines(actor) and can_change_access(actor)
