"""Tasks: mine, or those of everybody I may see, the most urgent first; started and finished where they stand."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clearstage.firm.models import Member
from clearstage.firm.queries import members_list
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.pages.htmx import is_htmx, toast
from clearstage.work.models import Task
from clearstage.work.operations import tasks as operations

from ..access import MemberRequest, member_page
from .asking import number, row_number
from .home import parted

PAGE = 100
ACTS = ("complete", "start", "reopen")


@require_safe
@member_page
def tasks(request: MemberRequest, actor: Actor) -> HttpResponse:
    part = "part.html" if is_htmx(request) else "page.html"
    return render(request, f"web/tasks/{part}", _listed(request, actor))


def _listed(request: MemberRequest, actor: Actor) -> dict[str, Any]:
    """`who` is me, all or a member's number; `done` shows what was finished, the latest first."""
    who, done = request.GET.get("who", "me"), request.GET.get("done") == "1"
    rows = (
        Task.objects.visible_to(actor).select_related("account", "job__stage").prefetch_related("assignees")
    )
    doer = actor.member_id if who == "me" else number(who)
    if doer is not None:
        rows = rows.filter(task_assignees__member=doer)
    elif who == "nobody":
        rows = rows.filter(task_assignees=None)
    if done:
        rows = rows.exclude(state__in=Task.OPEN_STATES).order_by("-finished_at", "-pk")
    else:
        rows = rows.filter(state__in=Task.OPEN_STATES).order_by(F("due").asc(nulls_last=True), "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(clock.now())
    return {
        "page": page,
        "parts": [] if done else parted(list(page), today),
        "who": who,
        "done": done,
        "everybody": who != "me",
        "members": members_list(inactive=False).exclude(pk=actor.member_id or 0),
        "chosen": Member.objects.filter(pk=doer).first() if doer and doer != actor.member_id else None,
    }


@require_safe
@member_page
def task(request: MemberRequest, actor: Actor, task: int) -> HttpResponse:
    """A task has its place on the page of its job, or of its client."""
    row = _found(actor, task)
    if row.job_id is None:
        return redirect("account", row.account_id)
    return redirect(f"{reverse('job', args=[row.job_id])}?open={row.pk}#task-{row.pk}")


@require_POST
@member_page
def act(request: MemberRequest, actor: Actor, task: int, what: str) -> HttpResponse:
    """What follows by itself (an automove) is told, and can be undone (M9)."""
    row = _found(actor, task)
    undo, text = "", {"start": _("Started"), "reopen": _("Open again"), "complete": _("Completed")}[what]
    if what == "complete":
        action = operations.complete_task(actor, row.pk).action
        if action is not None:
            row.refresh_from_db(fields=["job"])
            undo = reverse("undo", args=[action])
            stage = row.job.stage.name if row.job else ""
            text = _("Completed · “{job}” is now in {stage}").format(
                job=row.job.name if row.job else "", stage=stage
            )
    elif what == "start":
        operations.start_task(actor, row.pk)
    else:
        operations.reopen_task(actor, row.pk)
    if not is_htmx(request):
        response: HttpResponse = redirect(f"{reverse('tasks')}?{request.GET.urlencode()}")
    else:
        response = render(request, "web/tasks/part.html", _listed(request, actor))
    toast(request, response, text, undo=undo)
    return response


def _found(actor: Actor, task: int) -> Task:
    row = Task.objects.visible_to(actor).select_related("job__stage").filter(pk=row_number(task)).first()
    if row is None:
        raise NotFound
    return row
