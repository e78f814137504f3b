"""The inbox: what automations told a member, what could not go on by itself (A11), and who asks for access (X2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clearstage.access.models import AccessRequest
from clearstage.access.operations import decline_access_request, grant_access_request
from clearstage.access.queries import answerable, request_told_by
from clearstage.clients.models import Account
from clearstage.engine.sentences import render as in_words
from clearstage.jobs.models import Job
from clearstage.jobs.operations.retrying import retry_failure
from clearstage.jobs.policies import can_edit_job
from clearstage.jobs.queries import get_job
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.messaging.inbox import SHOWN, entries_of, entries_shown, unread_count
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.failed_reminders import is_of_a_reminder
from clearstage.messaging.operations.inbox import deal_with
from clearstage.messaging.operations.inbox_marks import mark_all_read, mark_done, mark_read, snooze
from clearstage.messaging.operations.reminding import retry_reminder
from clearstage.pages.htmx import is_htmx, toast, trigger

from ..access import MemberRequest, member_page
from .asking import day, row_number

PAGE = 50
CHANGED = "inbox-changed"
"""Heard by the counts in the rail."""


@require_safe
@member_page
def inbox(request: MemberRequest, actor: Actor) -> HttpResponse:
    """What is open, the newest first; `?show=` unread, snoozed or done shows these."""
    part = "part.html" if is_htmx(request) else "page.html"
    return render(request, f"web/inbox/{part}", _listed(request, actor))


def _listed(request: MemberRequest, actor: Actor) -> dict[str, Any]:
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWN else "open"
    rows = entries_shown(actor, show).select_related("job__account", "job__stage", "account")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    jobs = [entry.job_id for entry in page if entry.job_id]
    accounts = [entry.account_id for entry in page if entry.account_id]
    asking = [entry.event for entry in page if entry.event and entry.kind == "access_request"]
    today = clock.today(request.firm.timezone)
    return {
        "page": page,
        "show": show,
        "visible": set(Job.objects.visible_to(actor).filter(pk__in=jobs).values_list("pk", flat=True)),
        "seen": set(Account.objects.visible_to(actor).filter(pk__in=accounts).values_list("pk", flat=True)),
        "answerable": answerable(actor, asking),
        "unread": unread_count(actor),
        "tomorrow": today + timedelta(days=1),
        "monday": today + timedelta(days=7 - today.weekday()),
    }


@require_safe
@member_page
def count(request: MemberRequest, actor: Actor) -> HttpResponse:
    """How much is unread: what open pages ask for every few seconds."""
    return JsonResponse({"unread": unread_count(actor)})


@require_POST
@member_page
def retry(request: MemberRequest, actor: Actor, entry: int) -> HttpResponse:
    """Try once more: it can be done now, or is still refused for reasons that are said, or nothing is left to do."""
    row = _mine(actor, entry)
    if row.kind == "automation_failed" and is_of_a_reminder(row.event):
        return _remind_again(request, actor, row)
    if row.job_id is None or row.kind != "automation_failed":
        raise NotFound
    job = get_job(actor, row.job_id)
    can_edit_job(actor, job).demand()
    failures = InboxEntry.objects.filter(job=job, kind="automation_failed", done_at=None)
    before = set(failures.values_list("pk", flat=True))
    action = retry_failure(actor, job, row.event)
    again = failures.exclude(pk__in=before).order_by("-pk").first()
    InboxEntry.objects.filter(pk__in=before).update(done_at=clock.now())
    job = get_job(actor, job.pk)
    if again is not None:
        return _answer(request, actor, in_words(again.said, _), tone="danger")
    text = (
        _("“{job}” is now in {place}.")
        if action
        else _("Nothing is in its way any more: “{job}” is in {place}.")
    )
    place = job.custom_status.name if job.custom_status else job.stage.name
    undo = reverse("undo", args=[action]) if action else ""
    return _answer(request, actor, text.format(job=job.name, place=place), undo=undo)


def _remind_again(request: MemberRequest, actor: Actor, row: InboxEntry) -> HttpResponse:
    if row.job_id is not None:
        can_edit_job(actor, get_job(actor, row.job_id)).demand()
    elif not Account.objects.visible_to(actor).filter(pk=row.account_id or 0).exists():
        raise NotFound
    assert row.event is not None
    done = retry_reminder(row.event)
    deal_with("automation_failed", row.event)
    if done is False:
        return _answer(request, actor, _("It could not be sent this time either."), tone="danger")
    text = _("The reminder is sent.") if done else _("There is nothing left to remind of.")
    return _answer(request, actor, text)


@require_POST
@member_page
def grant(request: MemberRequest, actor: Actor, entry: int) -> HttpResponse:
    """Open what the asker lacks, as far as the member may; says what was opened."""
    opened = grant_access_request(actor, _request(actor, entry).pk)
    what = ", ".join(in_words(gate, _) for gate in opened)
    text = _("Opened: {what}.").format(what=what) if opened else _("It is open already.")
    return _answer(request, actor, text)


@require_POST
@member_page
def decline(request: MemberRequest, actor: Actor, entry: int) -> HttpResponse:
    decline_access_request(actor, _request(actor, entry).pk)
    return _answer(request, actor, _("Declined. Nothing was opened."))


def _request(actor: Actor, entry: int) -> AccessRequest:
    row = _mine(actor, entry)
    return request_told_by(row.event if row.kind == "access_request" else None)


@require_POST
@member_page
def mark(request: MemberRequest, actor: Actor, entry: int, what: str) -> HttpResponse:
    """Done with it, or open again; read, or unread again."""
    number = row_number(entry)
    if what in ("done", "open"):
        mark_done(actor, number, what == "done")
    else:
        mark_read(actor, number, what == "mark-read")
    return _answer(request, actor, "")


@require_POST
@member_page
def put_off(request: MemberRequest, actor: Actor, entry: int) -> HttpResponse:
    """Until the morning of the day `until`; without one it is back at once."""
    until = day(request.POST, "until")
    snooze(actor, row_number(entry), until)
    text = _("Comes back on {day}").format(day=date_format(until)) if until else _("Back in the inbox")
    return _answer(request, actor, text)


@require_POST
@member_page
def read_all(request: MemberRequest, actor: Actor) -> HttpResponse:
    mark_all_read(actor)
    return _answer(request, actor, _("All marked as read"))


@require_safe
@member_page
def follow(request: MemberRequest, actor: Actor, entry: int) -> HttpResponse:
    """To what it is about; it counts as read from now on."""
    row = mark_read(actor, row_number(entry))
    if row.job_id:
        return redirect("job", row.job_id)
    if row.account_id and row.kind == "client_documents":
        return redirect(f"{reverse('account', args=[row.account_id])}#documents")
    return redirect("account", row.account_id) if row.account_id else redirect("inbox")


def _mine(actor: Actor, entry: int) -> InboxEntry:
    row = entries_of(actor).filter(pk=row_number(entry)).first()
    if row is None:
        raise NotFound
    return row


def _answer(
    request: MemberRequest, actor: Actor, text: str, *, tone: str = "success", undo: str = ""
) -> HttpResponse:
    if is_htmx(request):
        response = render(request, "web/inbox/part.html", _listed(request, actor))
    else:
        response = redirect(f"{reverse('inbox')}?{request.GET.urlencode()}")
    trigger(response, CHANGED)
    if text:
        toast(request, response, text, tone=tone, undo=undo)
    return response
