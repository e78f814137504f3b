"""The client requests of a job, on its page: made, answered for the client, accepted, returned, changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clearstage.engine.facts import JobStatus
from clearstage.files.policies import can_upload
from clearstage.files.receiving import files_in_form
from clearstage.jobs.models import LinkedItem, Template
from clearstage.jobs.queries import get_job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.pages.forms import take_errors
from clearstage.requests.models import ClientRequest
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.dating import set_due, set_entry_due
from clearstage.requests.operations.listing import add_entry as add_entry_to
from clearstage.requests.operations.making import send_request
from clearstage.requests.policies import can_manage_requests, can_submit
from clearstage.requests.queries import get_request
from clearstage.requests.spec import EntrySpec
from clearstage.requests.templates import RequestSettings

from ..access import MemberRequest, member_page, render_dialog
from . import request_acts
from .asking import day, finished, fresh_key, once, row_number, words
from .editor_form import validated
from .job import answer
from .job_tasks import DATE
from .moving import came_from


class RequestForm(forms.Form):
    template = forms.ChoiceField(label=gettext_lazy("Template"), required=False)
    title = forms.CharField(label=gettext_lazy("What the client calls it"), required=False, max_length=300)
    entries = forms.CharField(
        label=gettext_lazy("What is asked for"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One thing a line. More about each can be said on templates."),
    )
    due = forms.DateField(label=gettext_lazy("Due"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = Template.objects.filter(kind="request").order_by("name").values_list("name", flat=True)
        chosen = [("", _("None: as written here")), *((name, name) for name in names)]
        self.fields["template"].choices = chosen  # type: ignore[attr-defined]

    def settings(self) -> RequestSettings:
        """Raises `Invalid`."""
        values = self.cleaned_data
        lines = [line.strip() for line in values["entries"].splitlines() if line.strip()]
        given = {
            "template": values["template"],
            "title": values["title"],
            "entries": [{"title": line} for line in lines],
            "due": str(values["due"]) if values["due"] else "",
        }
        kept = validated(RequestSettings, {name: each for name, each in given.items() if each})
        return RequestSettings.model_validate(kept)


def request_of(actor: Actor, job: int, asked: int) -> ClientRequest:
    """A request that hangs on a job, both open to the actor."""
    get_job(actor, row_number(job))
    if not LinkedItem.objects.filter(job=job, kind="request", item=row_number(asked)).exists():
        raise NotFound
    return get_request(actor, asked)


@require_safe
@member_page
def show(request: MemberRequest, actor: Actor, job: int, asked: int) -> HttpResponseBase:
    """It has no page of its own; the job's page shows it."""
    row = request_of(actor, job, asked)
    return redirect(f"{reverse('job', args=[job])}?open={row.public_id}#request-{row.pk}")


@member_page
def add(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    """A request by hand, from a template or as written: the job waits for it (L2, S8)."""
    row = get_job(actor, row_number(job))
    can_manage_requests(actor).demand()
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        scope = request.POST.get("scope") or None
        try:
            settings = form.settings()
            once(request, actor, lambda: {"request": send_request(actor, row.pk, settings, scope=scope)})
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return finished(request, _("Sent to the client"))
    context = {
        "form": form,
        "job": row,
        "custom": row.status == JobStatus.CUSTOM,
        "scope": request.GET.get("scope", ""),
        "key": fresh_key(),
        "back": came_from(request),
        "address": request.path,
    }
    return render_dialog(request, "web/requests/new.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def judge(request: MemberRequest, actor: Actor, job: int, asked: int, n: int, what: str) -> HttpResponseBase:
    """Accept or return an answer, withdraw what is asked for: what follows by itself is told, and can be undone."""
    row = request_of(actor, job, asked)
    text, undo = request_acts.judged(request, actor, row.pk, n, what)
    return answer(request, actor, job, text, undo=undo, open_task=row.public_id)


@require_POST
@member_page
def act(request: MemberRequest, actor: Actor, job: int, asked: int, what: str) -> HttpResponseBase:
    row = request_of(actor, job, asked)
    text, undo = request_acts.done(request, actor, row.pk, what)
    return answer(request, actor, job, text, undo=undo, open_task=row.public_id)


@require_POST
@member_page
def add_entry(request: MemberRequest, actor: Actor, job: int, asked: int) -> HttpResponseBase:
    row = request_of(actor, job, asked)
    need = request.POST.get("need", "required")
    spec = EntrySpec(
        words(request.POST, "title", 300),
        required=need != "optional",
        critical=need == "critical",
        due=day(request.POST, "due"),
    )
    once(request, actor, lambda: {"n": add_entry_to(actor, row.pk, spec).n})
    return answer(request, actor, job, _("Added; the client is told"), open_task=row.public_id)


@require_POST
@member_page
def due(request: MemberRequest, actor: Actor, job: int, asked: int) -> HttpResponseBase:
    row = request_of(actor, job, asked)
    set_due(actor, row.pk, day(request.POST, "due"))
    return answer(request, actor, job, _("Saved"), open_task=row.public_id)


@require_POST
@member_page
def entry_due(request: MemberRequest, actor: Actor, job: int, asked: int, n: int) -> HttpResponseBase:
    row = request_of(actor, job, asked)
    set_entry_due(actor, row.pk, n, day(request.POST, "due"))
    return answer(request, actor, job, _("Saved"), open_task=row.public_id)


@member_page
def answer_entry(request: MemberRequest, actor: Actor, job: int, asked: int, n: int) -> HttpResponseBase:
    """Answer an entry for the client: what he brought on paper, or said on the telephone."""
    row = request_of(actor, job, asked)
    can_submit(actor).demand()
    entry = next((each for each in row.entries.all() if each.n == n), None)
    if entry is None:
        raise NotFound
    if request.method == "POST":
        given = _answer(request, actor, row)
        text, undo = request_acts.followed(
            request, actor, lambda: submit_entry(actor, row.pk, n, given), _("Answered for the client")
        )
        return finished(request, text, undo=undo)
    context = {
        "row": row,
        "entry": entry,
        "may_upload": bool(can_upload(actor)),
        "key": fresh_key(),
        "back": came_from(request),
        "address": request.path,
    }
    return render_dialog(request, "web/requests/answer.html", context)


def _answer(request: MemberRequest, actor: Actor, row: ClientRequest) -> EntryAnswer:
    word = words(request.POST, "not_applicable", 500)
    received = files_in_form(request, actor, row.account_id, "file", shared=True)
    if received.problems:
        raise Refused(received.problems)
    return EntryAnswer(words(request.POST, "text", 20_000), tuple(file.pk for file in received.files), word)
