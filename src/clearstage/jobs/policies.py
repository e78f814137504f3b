"""Who may do what with jobs. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

from .models import Job


def can_edit_job(actor: Actor, job: Job) -> Decision:
    """Whoever works at the firm and sees a job may work on it; seeing it takes both gates (X2)."""
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm change jobs."))
    return YES


def can_assign(actor: Actor, members: Collection[int]) -> Decision:
    """Everybody may take and give back work; assigning others takes the right."""
    if actor.may("assign teammates") or set(members) <= {actor.member_id}:
        return YES
    return no(_t("Assigning others takes the right “assign teammates”."))


def can_manage_templates(actor: Actor) -> Decision:
    return YES if actor.may("templates") else no(_t("Changing templates takes the right “manage templates”."))


def can_undo(actor: Actor, made_by: int | None, kind: str) -> Decision:
    """Whoever gave the command may undo it, and so may owner and admins; what followed by itself, all who see it."""
    if actor.runs_the_firm or kind == "automove" or (made_by is not None and made_by == actor.member_id):
        return YES
    return no(_t("Only the person who did this, the owner or an admin can undo it."))
