"""What a client does in conversations: begins them, writes, ticks, and has read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearstage.chats.models import Chat
from clearstage.chats.operations.beginning import NewChat, begin_on_account
from clearstage.chats.operations.doing import tick_task
from clearstage.chats.operations.messages import mark_read, post_message
from clearstage.chats.policies import can_begin
from clearstage.chats.queries import chat_row
from clearstage.files.receiving import account_in, files_in_form
from clearstage.firm.idempotency import fingerprint_of, remembered
from clearstage.kernel.errors import Invalid
from clearstage.kernel.ids import number_of, public_id
from clearstage.pages.htmx import is_htmx

from ..access import contact_page
from ..principal import Principal
from ..showing_chats import chat_context, new_chat_context


@require_POST
@contact_page
def begin(request: HttpRequest, principal: Principal) -> HttpResponse:
    can_begin(principal.actor, principal.firm).demand()
    account = account_in(request.POST.get("account"))
    typed = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in ("subject", "text")}
    try:
        files = _files(request, principal, account)
        new = NewChat(typed["subject"], typed["text"], files=files)
        done = _once(request, principal, lambda: {"chat": begin_on_account(principal.actor, account, new)})
    except Invalid as invalid:
        context = {**new_chat_context(principal), **typed, "account": account, "problems": _said(invalid)}
        return render(request, "portal/chat_new.html", context, status=422)
    return redirect("portal-chat", public_id("chat", done["chat"]))


@require_POST
@contact_page
def write(request: HttpRequest, principal: Principal, chat: str) -> HttpResponse:
    row = _row(principal, chat)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        files = _files(request, principal, row.account_id)
        _once(
            request,
            principal,
            lambda: {"message": post_message(principal.actor, row.pk, text, files=files).message.pk},
        )
    except Invalid as invalid:
        context = {**chat_context(request, principal, chat), "text": text, "problems": _said(invalid)}
        return render(request, "portal/chat.html", context, status=422)
    return redirect(f"{reverse('portal-chat', args=[chat])}#write")


@require_POST
@contact_page
def tick(request: HttpRequest, principal: Principal, chat: str, n: int) -> HttpResponse:
    done = request.POST.get("done") == "1"
    tick_task(principal.actor, number_of("chat", chat) or 0, n, done)
    if is_htmx(request):
        return render(request, "portal/chat_said.html", chat_context(request, principal, chat))
    messages.success(request, _("Done. Thank you!") if done else _("Open again"))
    return redirect("portal-chat", chat)


@require_POST
@contact_page
def seen(request: HttpRequest, principal: Principal, chat: str) -> HttpResponse:
    """The page says that it has shown the messages up to this one."""
    row, last = _row(principal, chat), number_of("message", request.POST.get("message"))
    if last is not None:
        mark_read(principal.actor, row.pk, last)
    return HttpResponse(status=204)


def _row(principal: Principal, chat: str) -> Chat:
    return chat_row(Chat.objects.visible_to(principal.actor), chat)


def _files(request: HttpRequest, principal: Principal, account: int) -> list[int]:
    """What came with the form; where one was not taken nothing is sent, and the others wait to be sent again."""
    received = files_in_form(request, principal.actor, account, "files")
    if received.problems:
        raise Invalid([("", problem) for problem in received.problems])
    return [file.pk for file in received.files]


def _once(request: HttpRequest, principal: Principal, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the form asks for, and the same answer whenever the same form comes again (M12)."""
    key = request.POST.get("key", "")
    if not key:
        return run()
    asked = fingerprint_of(request.path, request.POST.get("subject", ""), request.POST.get("text", ""))
    _status, answer = remembered(f"contact:{principal.actor.id}", key, asked, lambda: (200, run()))
    return dict(answer)


def _said(invalid: Invalid) -> list[str]:
    names = {"subject": _("The subject"), "text": _("Your message")}
    return [
        f"{names.get(where, where)}: {message}" if where else message for where, message in invalid.errors
    ]
