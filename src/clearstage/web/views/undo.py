"""Undo (M9): takes a command back, and says what could not be taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearstage.jobs.operations.undo import undo
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.pages.htmx import go, toast

from ..access import MemberRequest, member_page
from .asking import asked, finished, number, row_number, say
from .job import job_part


@require_POST
@member_page
def undo_action(request: MemberRequest, actor: Actor, action: int) -> HttpResponse:
    could_not = undo(actor, row_number(action))
    text = _("Undone.") if not could_not else " ".join([_("Undone, except for this:"), *could_not])
    job = number(asked(request).get("job"))
    if job is None or request.headers.get("HX-Target") != "job":
        return finished(request, text)
    try:
        return say(request, job_part(request, actor, job), text)
    except NotFound:
        # Undoing that a job was added leaves nothing to show.
        response = go(request, "jobs")
        toast(request, response, text)
        return response
