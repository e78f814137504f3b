"""Home: what a member has to do today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clearstage.engine.facts import JobStatus
from clearstage.jobs.models import Job
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.messaging.models import InboxEntry
from clearstage.requests.policies import can_manage_requests
from clearstage.requests.queries import requests_to_check
from clearstage.work.models import Task

from ..access import MemberRequest, member_page

MOST = 50


@dataclass
class Part:
    """Tasks that are due about the same time."""

    name: str
    late: bool = False
    tasks: list[Task] = field(default_factory=list)


@require_safe
@member_page
def home(request: MemberRequest, actor: Actor) -> HttpResponse:
    today = timezone.localdate(clock.now())
    tasks = Task.objects.visible_to(actor).filter(assignees=actor.member_id, state__in=Task.OPEN_STATES)
    soonest = tasks.select_related("account", "job").order_by(F("due").asc(nulls_last=True), "id")
    mine = Job.objects.visible_to(actor).on_the_board().filter(assignees=actor.member_id)
    jobs = mine.exclude(status=JobStatus.COMPLETED)
    nearest = jobs.select_related("account", "pipeline", "stage", "custom_status", "client_status")
    context = {
        "parts": parted(soonest[:MOST], today),
        "open_tasks": tasks.count(),
        "jobs": nearest.order_by(F("due").asc(nulls_last=True), "entered_stage_at")[:MOST],
        "open_jobs": jobs.count(),
        "failures": InboxEntry.objects.filter(
            member=actor.member_id, kind="automation_failed", done_at=None
        ).count(),
        "to_check": requests_to_check(actor).count() if can_manage_requests(actor) else 0,
        "today": today,
    }
    return render(request, "web/home.html", context)


def parted(tasks: Iterable[Task], today: date) -> list[Part]:
    """Overdue, today, this week, later, without a date; empty parts are left out."""
    overdue, now, week = Part(_("Overdue"), late=True), Part(_("Today")), Part(_("The next seven days"))
    later, undated = Part(_("Later")), Part(_("Without a date"))
    for task in tasks:
        if task.due is None:
            part = undated
        elif task.due <= today:
            part = now if task.due == today else overdue
        else:
            part = week if task.due <= today + timedelta(days=7) else later
        part.tasks.append(task)
    return [part for part in (overdue, now, week, later, undated) if part.tasks]
