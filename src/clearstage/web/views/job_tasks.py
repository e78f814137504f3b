"""The tasks of a job, on its page: new, done, edited, ticked, commented, taken off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clearstage.engine.facts import JobStatus
from clearstage.firm.queries import members_list
from clearstage.jobs.models import Job
from clearstage.jobs.operations.links import unlink_item
from clearstage.jobs.queries import get_job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Stale
from clearstage.kernel.ids import noun_and_number
from clearstage.pages import refusals
from clearstage.pages.forms import take_errors
from clearstage.work.models import Task
from clearstage.work.operations import tasks
from clearstage.work.spec import TaskSpec

from ..access import MemberRequest, member_page, render_dialog
from .asking import finished, fresh_key, number, numbers, once, row_number, words
from .job import answer
from .moving import came_from

DATE = {"type": "date"}


class TaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    description = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due = forms.DateField(label=gettext_lazy("Due"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Job.PRIORITIES, initial="medium")
    checklist = forms.CharField(
        label=gettext_lazy("Checklist"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One entry a line."),
    )


def task_of(actor: Actor, job: int, task: int) -> Task:
    row = Task.objects.visible_to(actor).filter(pk=row_number(task), job=row_number(job)).first()
    if row is None:
        raise NotFound
    return row


@member_page
def add(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    """A task by hand: the job waits for it, in its stage or in its custom status (L2, S8)."""
    row = get_job(actor, row_number(job))
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spec = _spec(form, numbers(request.POST, "member"))
        scope = request.POST.get("scope") or None
        try:
            once(request, actor, lambda: {"task": tasks.create_task(actor, row.pk, spec, scope=scope).pk})
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return finished(request, _("Task added"))
    context = {
        "form": form,
        "job": row,
        "custom": row.status == JobStatus.CUSTOM,
        "scope": request.GET.get("scope", ""),
    }
    return _form(request, context)


@member_page
def edit(request: MemberRequest, actor: Actor, job: int, task: int) -> HttpResponse:
    row = task_of(actor, job, task)
    lines = "\n".join(entry["text"] for entry in row.checklist)
    names = ("title", "description", "due", "priority")
    form = TaskForm(
        request.POST or None, initial={"checklist": lines, **{name: getattr(row, name) for name in names}}
    )
    if request.method == "POST" and form.is_valid():
        try:
            once(
                request,
                actor,
                lambda: _edited(
                    actor, row, form, numbers(request.POST, "member"), number(request.POST.get("version"))
                ),
            )
        except Invalid as invalid:
            take_errors(form, invalid)
        except Stale as stale:
            return refusals.problems(request, 412, [str(stale)])
        else:
            return finished(request, _("Saved"))
    chosen = set(row.task_assignees.values_list("member_id", flat=True))
    return _form(
        request,
        {"form": form, "task": row, "chosen": chosen, "version": request.POST.get("version", row.version)},
    )


def _form(request: MemberRequest, context: dict[str, Any]) -> HttpResponse:
    chosen = (
        set(numbers(request.POST, "member")) if request.method == "POST" else context.get("chosen", set())
    )
    shared = {
        "members": members_list(inactive=False),
        "key": fresh_key(),
        "back": came_from(request),
        "address": request.path,
    }
    status = 422 if context["form"].errors else 200
    return render_dialog(
        request, "web/job/task_form.html", {**context, **shared, "chosen": chosen}, status=status
    )


def _spec(form: TaskForm, members: list[int]) -> TaskSpec:
    values = form.cleaned_data
    checklist = tuple(line.strip() for line in values["checklist"].splitlines() if line.strip())
    return TaskSpec(
        values["title"],
        values["description"],
        tuple(members),
        values["priority"],
        due=values["due"],
        checklist=checklist,
    )


def _edited(
    actor: Actor, row: Task, form: TaskForm, members: list[int], version: int | None
) -> dict[str, Any]:
    """The checklist keeps its ticks where an entry keeps its words."""
    values = form.cleaned_data
    ticked = {entry["text"] for entry in row.checklist if entry["done"]}
    lines = [line.strip() for line in values["checklist"].splitlines() if line.strip()]
    checklist = [{"text": line, "done": line in ticked} for line in lines]
    changes = {
        **{name: values[name] for name in ("title", "description", "due", "priority")},
        "checklist": checklist,
    }
    return {"task": tasks.edit_task(actor, row.pk, changes, assignees=members, version=version).pk}


@require_POST
@member_page
def act(request: MemberRequest, actor: Actor, job: int, task: int, what: str) -> HttpResponseBase:
    """Complete, cancel, reopen, start: what follows by itself is told, and can be undone."""
    row = task_of(actor, job, task)
    if what in ("complete", "cancel"):
        finish = tasks.complete_task if what == "complete" else tasks.cancel_task
        done = once(request, actor, lambda: {"action": finish(actor, row.pk).action})
        place = Job.objects.select_related("stage").get(pk=job)
        followed = _("The job is now in {stage}").format(stage=place.stage.name) if done["action"] else ""
        undo = reverse("undo", args=[done["action"]]) if done["action"] else ""
        text = _("Completed") if what == "complete" else _("Cancelled")
        return answer(request, actor, job, " · ".join(filter(None, [text, followed])), undo=undo)
    (tasks.reopen_task if what == "reopen" else tasks.start_task)(actor, row.pk)
    return answer(
        request, actor, job, _("Open again") if what == "reopen" else _("Started"), open_task=row.pk
    )


@require_POST
@member_page
def tick(request: MemberRequest, actor: Actor, job: int, task: int, entry: int) -> HttpResponseBase:
    row = task_of(actor, job, task)
    tasks.tick_checklist(actor, row.pk, entry, request.POST.get("done") == "1")
    return answer(request, actor, job, "", open_task=row.pk)


@require_POST
@member_page
def comment(request: MemberRequest, actor: Actor, job: int, task: int) -> HttpResponseBase:
    row = task_of(actor, job, task)
    text = words(request.POST, "text", 20_000)
    once(request, actor, lambda: {"comment": tasks.comment_on_task(actor, row.pk, text).comment.pk})
    return answer(request, actor, job, "", open_task=row.pk)


@require_POST
@member_page
def unlink(request: MemberRequest, actor: Actor, job: int) -> HttpResponseBase:
    """Take an item off the job; it is not deleted (L9)."""
    named = noun_and_number(request.POST.get("item"))
    if named is None:
        raise NotFound
    kind, item = named
    done = once(request, actor, lambda: {"action": unlink_item(actor, row_number(job), kind, item)})
    undo = reverse("undo", args=[done["action"]]) if done["action"] else ""
    return answer(request, actor, job, _("Unlinked; it is not deleted"), undo=undo)
