"""Who may do what with pipelines."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no


def can_save_pipelines(actor: Actor) -> Decision:
    """Making and changing pipelines, their stages, statuses and automations (S5 too)."""
    if actor.read_only or not actor.may("pipelines"):
        return no(_t("Changing pipelines takes the right “manage pipelines”."))
    return YES


def can_open_pipelines(actor: Actor) -> Decision:
    """Making a pipeline available to a member who asks for it (X2); the pipeline itself stays as it is."""
    if actor.read_only or not actor.may("assign teammates"):
        return no(_t("Opening pipelines to others takes the right “assign teammates”."))
    return YES
