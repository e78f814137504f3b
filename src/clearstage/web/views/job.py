"""One job (B4): page with its own address, drawer over the board, and the part of both that is drawn anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clearstage.engine.facts import JobStatus
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun, Job
from clearstage.jobs.operations.automove import release
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.policies import can_edit_job, can_undo
from clearstage.jobs.queries import (
    LinkView,
    beside,
    event_document,
    get_job,
    is_overdue,
    job_document,
    job_rows,
    status_name,
    why,
)
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Stale
from clearstage.messaging.models import Comment
from clearstage.messaging.queries import comments_on_items, comments_on_job
from clearstage.organizers.forms import Form, form_of
from clearstage.organizers.policies import can_manage_organizers
from clearstage.organizers.queries import organizers_by_number
from clearstage.pages import refusals
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import is_htmx
from clearstage.requests.policies import can_manage_requests

from ..access import MemberRequest, member_page, render_dialog
from .asking import finished, fresh_key, number, once, row_number, say
from .cards import who_changed
from .moving import came_from

EARLIER = 6
EVENTS_A_PAGE = 40
ENTERED = ("job_moved", "job_added", "job_status_changed", "automation_failed")


@require_safe
@member_page
def job(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    part = request.headers.get("HX-Target", "") if is_htmx(request) else ""
    if part == "job":
        return job_part(request, actor, job)
    context = job_context(request, actor, job)
    if part != "drawer":
        return render(request, "web/job/page.html", context)
    response = render(request, "web/job/drawer.html", context)
    # Said here and not on the card, since keys and dragging send requests from the card, too.
    response.headers["HX-Push-Url"] = request.path
    return response


def job_part(
    request: MemberRequest, actor: Actor, job: int, open_task: int | str | None = None
) -> HttpResponse:
    """What changes when something is done on the page."""
    return render(request, "web/job/job.html", job_context(request, actor, job, open_task))


def job_context(
    request: MemberRequest, actor: Actor, number_: int, open_task: int | str | None = None
) -> dict[str, Any]:
    row = get_job(actor, row_number(number_))
    around = beside([row])
    document = job_document(row, around)
    links = around.links.get(row.pk, [])
    waiting = [view for view in links if view.blocks]
    latest = Event.objects.filter(job=row.pk, kind__in=ENTERED).order_by("-id").first()
    return {
        "job": row,
        "document": document,
        "why": why(row, document["blockers"]),
        "here_because": latest if latest and latest.kind != "automation_failed" else None,
        "failure": latest if latest and latest.kind == "automation_failed" else None,
        "status": status_name(row),
        "custom": row.custom_status if row.status == JobStatus.CUSTOM else None,
        "waiting": [view for view in waiting if view.scope == "stage"],
        "waiting_status": [view for view in waiting if view.scope == "status"],
        "others": [view for view in links if not view.blocks],
        "comments": comments_of(links),
        "said": comments_on_job(actor, row.pk),
        "organizers": organizer_forms(links),
        "may_organize": bool(can_manage_organizers(actor)),
        "people": around.assignees.get(row.pk, []),
        "tags": around.tags.get(row.account_id, []),
        "overdue": is_overdue(row, clock.today(request.firm.timezone)),
        "earlier": earlier_jobs(actor, row),
        "undoable": undoable(request, actor, row),
        "may_edit": bool(can_edit_job(actor, row)) and row.status != JobStatus.ARCHIVED,
        "archived": row.status == JobStatus.ARCHIVED,
        "open_task": open_task or number(request.GET.get("open")) or request.GET.get("open"),
        "may_request": bool(can_manage_requests(actor)),
        "key": fresh_key(),
    }


def comments_of(links: list[LinkView]) -> dict[int, list[Comment]]:
    return comments_on_items("task", [view.item.number for view in links if view.item.kind == "task"])


def organizer_forms(links: list[LinkView]) -> dict[int, Form]:
    rows = organizers_by_number([view.item.number for view in links if view.item.kind == "organizer"])
    return {number: form_of(row) for number, row in rows.items()}


def earlier_jobs(actor: Actor, row: Job) -> list[Job]:
    others = Job.objects.visible_to(actor).filter(account=row.account_id).exclude(pk=row.pk)
    return list(job_rows(others).order_by("-created_at", "-pk")[:EARLIER])


def undoable(request: MemberRequest, actor: Actor, row: Job) -> list[tuple[int, Event]]:
    """What was done to the job a moment ago and can be taken back by this member: (action, its event)."""
    since = clock.now() - timedelta(minutes=request.firm.undo_minutes)
    events = list(Event.objects.filter(job=row.pk, action__isnull=False, at__gte=since).order_by("-id")[:20])
    runs = CommandRun.objects.filter(
        pk__in=[each.action for each in events], undone_at=None, undo_until__gt=clock.now()
    )
    allowed = {run.pk for run in runs if can_undo(actor, run.actor, run.kind)}
    return [(each.action, each) for each in events if each.action in allowed]


@require_safe
@member_page
def history(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    """What happened to it, in words and with why (F3): newest first, older ones on request."""
    row = get_job(actor, row_number(job))
    events = Event.objects.filter(job=row.pk).order_by("-id")
    if before := number(request.GET.get("before")):
        events = events.filter(pk__lt=before)
    found = list(events[: EVENTS_A_PAGE + 1])
    context: dict[str, Any] = {
        "entries": [(each, event_document(each)) for each in found[:EVENTS_A_PAGE]],
        "before": found[EVENTS_A_PAGE - 1].pk if len(found) > EVENTS_A_PAGE else None,
        "job": row,
    }
    target = request.headers.get("HX-Target") if is_htmx(request) else None
    if is_htmx(request) and target != "job":
        return render(request, "web/job/history.html", context)
    template = "web/job/job.html" if target == "job" else "web/job/page.html"
    return render(request, template, {**job_context(request, actor, job), **context, "tab": "history"})


def answer(
    request: MemberRequest,
    actor: Actor,
    job: int,
    text: str,
    *,
    undo: str = "",
    open_task: int | str | None = None,
) -> HttpResponseBase:
    """The job as it is now, with a word about what was done."""
    if is_htmx(request) and request.headers.get("HX-Target") == "job":
        return say(request, job_part(request, actor, job, open_task), text, undo=undo)
    if is_htmx(request):
        return finished(request, text, undo=undo)
    address = reverse("job", args=[job])
    anchor = open_task if isinstance(open_task, str) else f"task-{open_task}"
    response = redirect(f"{address}?open={open_task}#{anchor}" if open_task else address)
    return say(request, response, text, undo=undo)


@require_POST
@member_page
def retry(request: MemberRequest, actor: Actor, job: int) -> HttpResponseBase:
    """Judge automove again, after whatever stood in its way was put right (A11)."""
    row = get_job(actor, row_number(job))
    can_edit_job(actor, row).demand()
    done = once(request, actor, lambda: {"action": release(actor, [row.pk])})
    undo = reverse("undo", args=[done["action"]]) if done["action"] else ""
    text = _("It went on.") if done["action"] else _("It still cannot go on; the reasons stand above.")
    return answer(request, actor, job, text, undo=undo)


class JobForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Markdown: **bold**, lists with “- ”, links as [words](address)."),
    )
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Job.PRIORITIES)
    start = forms.DateField(
        label=gettext_lazy("Start"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    due = forms.DateField(
        label=gettext_lazy("Due"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    deadline = forms.DateField(
        label=gettext_lazy("Statutory deadline"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    budget = forms.DecimalField(
        label=gettext_lazy("Time budget, in hours"),
        required=False,
        min_value=0,
        max_value=10_000,
        decimal_places=2,
    )


@member_page
def edit(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    """Name, description, dates, budget: the fields that have no control of their own."""
    row = get_job(actor, row_number(job))
    hours = row.budget_minutes / 60 if row.budget_minutes is not None else None
    given = {"budget": f"{hours:g}" if hours is not None else None}
    names = ("name", "description", "priority", "start", "due", "deadline")
    form = JobForm(request.POST or None, initial={**given, **{name: getattr(row, name) for name in names}})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        budget = values.pop("budget")
        changes = {**values, "budget_minutes": round(budget * 60) if budget is not None else None}
        try:
            once(request, actor, lambda: _edited(actor, row, changes, number(request.POST.get("version"))))
        except Invalid as invalid:
            take_errors(form, invalid)
        except Stale as stale:
            return refusals.problems(request, 412, [str(stale), *who_changed(row)])
        else:
            return finished(request, _("Saved"))
    context = {
        "form": form,
        "job": row,
        "key": fresh_key(),
        "back": came_from(request),
        "version": request.POST.get("version", row.version),
    }
    return render_dialog(request, "web/job/edit.html", context, status=422 if form.errors else 200)


def _edited(actor: Actor, row: Job, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    return {"job": edit_job(actor, row.pk, changes, version=version).pk}
