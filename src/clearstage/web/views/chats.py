"""Conversations from the firm's side: on the job's page, and each on a page of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clearstage.chats.models import Chat
from clearstage.chats.operations.beginning import NewChat, begin_on_account, begin_on_job
from clearstage.chats.operations.doing import add_task, close_chat, reopen_chat, tick_task
from clearstage.chats.operations.messages import mark_read, post_message, withdraw_message
from clearstage.chats.queries import chat_row, message_documents, messages_of
from clearstage.clients.queries import account_detail
from clearstage.engine.facts import JobStatus
from clearstage.engine.sentences import render as in_words
from clearstage.files.receiving import files_in_form
from clearstage.jobs.items import item_kind
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.queries import get_job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import number_of, public_id
from clearstage.pages.forms import take_errors
from clearstage.pages.htmx import is_htmx, trigger

from ..access import MemberRequest, member_page, render_dialog
from .asking import JOBS_CHANGED, finished, fresh_key, number, once, row_number, say, words
from .comments import in_vain
from .job import answer
from .moving import came_from

LONGEST = 20_000


class ChatForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("What it is about"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    tasks = forms.CharField(
        label=gettext_lazy("What the client is to do"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One thing a line. Clients or members tick them; the job waits until all are ticked."
        ),
    )
    due = forms.DateField(
        label=gettext_lazy("Due"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def new(self) -> NewChat:
        values = self.cleaned_data
        tasks = tuple(line.strip() for line in values["tasks"].splitlines() if line.strip())
        return NewChat(values["subject"], values["text"], tasks, values["due"])


@member_page
def begin_on_a_job(request: MemberRequest, actor: Actor, job: int) -> HttpResponse:
    row = get_job(actor, row_number(job))
    scope = request.POST.get("scope") or None
    form = ChatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            once(request, actor, lambda: {"chat": begin_on_job(actor, row.pk, form.new(), scope=scope)})
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return finished(request, _("Sent to the client"))
    custom = row.status == JobStatus.CUSTOM
    return _form(request, form, {"job": row, "custom": custom, "scope": request.GET.get("scope", "")})


@member_page
def begin_on_an_account(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    row = account_detail(actor, row_number(account))
    form = ChatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            once(request, actor, lambda: {"chat": begin_on_account(actor, row.pk, form.new())})
        except Invalid as invalid:
            take_errors(form, invalid)
        else:
            return finished(request, _("Sent to the client"), changed=["account-changed"])
    return _form(request, form, {"account": row})


def _form(request: MemberRequest, form: ChatForm, context: dict[str, Any]) -> HttpResponse:
    shared = {"form": form, "key": fresh_key(), "back": came_from(request), "address": request.path}
    return render_dialog(
        request, "web/chats/new.html", {**context, **shared}, status=422 if form.errors else 200
    )


@require_safe
@member_page
def chat(request: MemberRequest, actor: Actor, chat: str) -> HttpResponse:
    """The whole conversation; `?news=` asks for what is new since the page was drawn (204 where nothing is)."""
    row = _row(actor, chat)
    if "news" in request.GET:
        if request.GET["news"] == str(row.version):
            return HttpResponse(status=204)
        return render(request, "web/chats/said.html", _context(request, actor, row))
    return render(request, "web/chats/page.html", _context(request, actor, row))


def _context(request: HttpRequest, actor: Actor, row: Chat) -> dict[str, Any]:
    before = number_of("message", request.GET.get("before"))
    item = item_kind("chat").views([row.pk])[row.pk]
    shown, older = messages_of(actor, row, before)
    jobs = LinkedItem.objects.filter(kind="chat", item=row.pk).values("job")
    return {
        "chat": item,
        "account": row.account,
        "shown": message_documents(shown),
        "older": public_id("message", shown[0].pk) if older else None,
        "before": before,
        "jobs": Job.objects.visible_to(actor).filter(pk__in=jobs).order_by("pk"),
        "key": fresh_key(),
        "may_edit": True,
    }


@require_POST
@member_page
def write(request: MemberRequest, actor: Actor, chat: str) -> HttpResponseBase:
    row, internal = _row(actor, chat), request.POST.get("internal") == "1"
    text = words(request.POST, "text", LONGEST)
    received = files_in_form(request, actor, row.account_id, "files") if _has_files(request) else None
    if received and received.problems:
        raise Invalid([("", problem) for problem in received.problems])
    files = [file.pk for file in received.files] if received else []

    def post() -> dict[str, Any]:
        posted = post_message(actor, row.pk, text, internal=internal, files=files)
        return {"message": posted.message.pk, "unheard": posted.unheard}

    done = once(request, actor, post)
    said = _("Noted, for the firm only") if internal else _("Sent to the client")
    return _answer(request, actor, row, " · ".join(filter(None, [said, in_vain(done["unheard"])])))


def _has_files(request: HttpRequest) -> bool:
    return bool(request.FILES or any(request.POST.getlist("files")))


@require_POST
@member_page
def seen(request: MemberRequest, actor: Actor, chat: str) -> HttpResponse:
    row, last = _row(actor, chat), number_of("message", request.POST.get("message"))
    if last is not None:
        mark_read(actor, row.pk, last)
    return HttpResponse(status=204)


@require_POST
@member_page
def withdraw(request: MemberRequest, actor: Actor, chat: str) -> HttpResponseBase:
    row, message = _row(actor, chat), number_of("message", request.POST.get("message"))
    if message is None:
        raise NotFound
    done = withdraw_message(actor, row.pk, message)
    said = " ".join([_("Withdrawn."), *(in_words(each, _) for each in done.could_not)])
    return _answer(request, actor, row, said, done.action)


@require_POST
@member_page
def tick(request: MemberRequest, actor: Actor, chat: str, n: int) -> HttpResponseBase:
    row, ticked = _row(actor, chat), request.POST.get("done") == "1"
    done = tick_task(actor, row.pk, n, ticked)
    return _answer(request, actor, row, "", done.action)


@require_POST
@member_page
def add(request: MemberRequest, actor: Actor, chat: str) -> HttpResponseBase:
    row, title = _row(actor, chat), words(request.POST, "title", 300)
    once(request, actor, lambda: {"task": add_task(actor, row.pk, title).n})
    return _answer(request, actor, row, "")


@require_POST
@member_page
def close(request: MemberRequest, actor: Actor, chat: str) -> HttpResponseBase:
    row = _row(actor, chat)
    return _answer(request, actor, row, _("Closed"), close_chat(actor, row.pk).action)


@require_POST
@member_page
def reopen(request: MemberRequest, actor: Actor, chat: str) -> HttpResponseBase:
    row = _row(actor, chat)
    reopen_chat(actor, row.pk)
    return _answer(request, actor, row, _("Open again"))


def _row(actor: Actor, chat: str) -> Chat:
    return chat_row(Chat.objects.visible_to(actor), chat)


def _answer(
    request: MemberRequest, actor: Actor, row: Chat, text: str, action: int | None = None
) -> HttpResponseBase:
    """The job's page or the chat's own as it is now, with a word about what was done and what followed."""
    job = number(request.POST.get("job"))
    undo = reverse("undo", args=[action]) if action else ""
    if action:
        text = " · ".join(filter(None, [text, _("The job went on")]))
    if job is not None:
        return answer(request, actor, job, text, undo=undo, open_task=public_id("chat", row.pk))
    if not is_htmx(request):
        return say(request, redirect("chat", public_id("chat", row.pk)), text, undo=undo)
    response = render(
        request, "web/chats/thread.html", _context(request, actor, _row(actor, public_id("chat", row.pk)))
    )
    if action:
        trigger(response, JOBS_CHANGED)
    return say(request, response, text, undo=undo)
