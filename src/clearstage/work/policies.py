"""Who may work on tasks."""

from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

from .models import Task


def can_work_on(actor: Actor, task: Task) -> Decision:
    """Whoever works at the firm and sees a task may work on it."""
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm work on tasks."))
    return YES
