"""The questionnaires of a job, on the firm's side: read, answered for the client, opened again, archived, printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clearstage.engine.facts import JobStatus
from clearstage.files.names import with_ending
from clearstage.files.receiving import files_in_form
from clearstage.jobs.models import Job, LinkedItem, Template
from clearstage.jobs.queries import get_job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.kernel.ids import public_id
from clearstage.organizers.forms import Form, form_of, read_form, state_of, with_problems
from clearstage.organizers.models import Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.keeping import archive_organizer, seal_organizer, set_due
from clearstage.organizers.operations.making import send_organizer
from clearstage.organizers.operations.submitting import submit_organizer, unsubmit_organizer
from clearstage.organizers.pdf import organizer_pdf
from clearstage.organizers.policies import can_manage_organizers
from clearstage.organizers.queries import last_answers, with_answers
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import go, toast

from ..access import MemberRequest, member_page, render_dialog
from .asking import day, finished, fresh_key, once, row_number
from .job import answer as job_answer
from .moving import came_from

ACTS = {
    "reopen": (unsubmit_organizer, gettext_lazy("Open again")),
    "archive": (archive_organizer, gettext_lazy("Archived; the job still waits for it until it is unlinked")),
    "seal": (seal_organizer, gettext_lazy("Sealed")),
}


def organizer_of(actor: Actor, job: int, organizer: int) -> Organizer:
    """An organizer that hangs on this job, if the actor sees it."""
    here = LinkedItem.objects.filter(kind="organizer", job=row_number(job), item=row_number(organizer))
    rows = Organizer.objects.visible_to(actor).filter(pk__in=here.values("item")).select_related("account")
    row = rows.first()
    if row is None:
        raise NotFound
    return with_answers([row])[0]


class SendForm(forms.Form):
    template = forms.ChoiceField(label=gettext_lazy("Questions"))
    due = forms.DateField(
        label=gettext_lazy("Due"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Left empty, the template says it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Template.objects.filter(kind="organizer").order_by("name").values_list("name", flat=True)
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in names]


@member_page
def send(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    """By hand: the job waits for it, in its stage or in its custom status (L2, S8)."""
    row = get_job(actor, row_number(job))
    can_manage_organizers(actor).demand()
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values, scope = form.cleaned_data, request.POST.get("scope") or None

        def sent() -> dict[str, Any]:
            number = send_organizer(actor, row.pk, values["template"], due=values["due"], scope=scope)
            return {"organizer": number}

        try:
            once(request, actor, sent)
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return finished(request, _("Questionnaire sent"))
    context = {
        "form": form,
        "job": row,
        "custom": row.status == JobStatus.CUSTOM,
        "scope": request.GET.get("scope", ""),
        "key": fresh_key(),
        "back": came_from(request),
    }
    return render_dialog(request, "web/job/organizer_send.html", context, status=422 if form.errors else 200)


@member_page
def answer(request: MemberRequest, actor: Actor, job: int, organizer: int) -> HttpResponseBase:
    """All of it on one page, filled in for the client; saved as it is typed, or by the button."""
    row = organizer_of(actor, job, organizer)
    can_manage_organizers(actor).demand()
    if request.method != "POST":
        return _form(request, actor, job, form_of(row))
    typing = request.headers.get("Accept") == "application/json"
    questions = row.read().questions
    answers, seen = read_form(questions, request.POST)
    for question in questions:
        if question.type == "file" and question.key in answers and request.FILES:
            received = files_in_form(request, actor, row.account_id, f"a-{question.key}", shared=True)
            answers[question.key] = [public_id("file", each.pk) for each in received.files]
    try:
        save_answers(actor, row.pk, answers, seen=None if typing else seen)
        if typing:
            return JsonResponse(state_of(form_of(organizer_of(actor, job, organizer)), answers))
        if "submit" in request.POST:
            return _submitted(request, actor, job, row)
    except Invalid as invalid:
        if typing:
            errors = {where.removeprefix("answers."): message for where, message in invalid.errors}
            return JsonResponse({"problems": errors}, status=422)
        form = form_of(row)
        problems = with_problems(form, answers, invalid.errors)
        return _form(request, actor, job, form, problems=[*problems, _("Nothing was saved.")])
    except Refused as refused:
        if typing:
            return JsonResponse({"refused": refused.problems}, status=409)
        return _form(request, actor, job, form_of(organizer_of(actor, job, organizer)), refused.problems, 409)
    response = go(request, f"{reverse('job', args=[job])}?open={public_id('organizer', row.pk)}")
    toast(request, response, _("Saved"))
    return response


def _submitted(request: MemberRequest, actor: Actor, job: int, row: Organizer) -> HttpResponse:
    done = submit_organizer(actor, row.pk)
    undo = reverse("undo", args=[done.action]) if done.action else ""
    response = go(request, reverse("job", args=[job]))
    toast(
        request, response, " · ".join(filter(None, [_("Submitted"), followed(job, done.action)])), undo=undo
    )
    return response


def followed(job: int, action: int | None) -> str:
    if action is None:
        return ""
    stage = Job.objects.select_related("stage").get(pk=job).stage.name
    return _("The job is now in {stage}").format(stage=stage)


def _form(
    request: MemberRequest,
    actor: Actor,
    job: int,
    form: Form,
    problems: list[str] | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "job": get_job(actor, row_number(job)),
        "form": form,
        "organizer": form.organizer,
        "problems": problems,
        "account": public_id("account", form.organizer.account_id),
    }
    return render(
        request, "web/job/organizer_answer.html", context, status=status or (422 if problems else 200)
    )


@require_POST
@member_page
def act(request: MemberRequest, actor: Actor, job: int, organizer: int, what: str) -> HttpResponseBase:
    """Open again, archive, seal."""
    row = organizer_of(actor, job, organizer)
    command, text = ACTS[what]
    once(request, actor, lambda: {"organizer": command(actor, row.pk).pk})
    return job_answer(request, actor, job, str(text), open_task=public_id("organizer", row.pk))


@require_POST
@member_page
def due(request: MemberRequest, actor: Actor, job: int, organizer: int) -> HttpResponseBase:
    row = organizer_of(actor, job, organizer)
    set_due(actor, row.pk, day(request.POST, "due"))
    return job_answer(request, actor, job, _("Saved"), open_task=public_id("organizer", row.pk))


@require_safe
@member_page
def history(request: MemberRequest, actor: Actor, job: int, organizer: int) -> HttpResponse:
    """Who answered what, when and from where; never what the answers were."""
    row = organizer_of(actor, job, organizer)
    texts = {question.key: question.text for question in row.read().questions}
    context = {
        "job": get_job(actor, row_number(job)),
        "organizer": row,
        "id": public_id("organizer", row.pk),
        "events": [
            (event, [texts.get(key, key) for key in event.data.get("questions", [])])
            for event in last_answers(row)
        ],
    }
    return render(request, "web/job/organizer_history.html", context)


@require_safe
@member_page
def pdf(request: MemberRequest, actor: Actor, job: int, organizer: int) -> HttpResponse:
    row = organizer_of(actor, job, organizer)
    content = organizer_pdf(form_of(row), request.firm.name, row.account.name)
    name = content_disposition_header(True, with_ending(row.title, "pdf"))
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": name or "attachment"}
    )
