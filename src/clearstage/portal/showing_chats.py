"""The conversations of a client, for whoever reads them: the client, or the firm read-only. Nothing counts as seen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clearstage.chats.models import Chat
from clearstage.chats.policies import can_begin
from clearstage.chats.queries import chat_row, messages_of, threads
from clearstage.kernel.ids import number_of, public_id

from .principal import Principal


def show_chats(request: HttpRequest, principal: Principal) -> HttpResponse:
    """All conversations, of all accounts or of one; the one that was last written in first."""
    numbers = principal.looked_at_numbers
    context = {
        "principal": principal,
        "page": "chats",
        "several": len(numbers) > 1,
        "threads": threads(principal.actor, Chat.objects.of_portal(numbers)),
        "may_begin": bool(can_begin(principal.actor, principal.firm)),
    }
    return render(request, "portal/chats.html", context)


def show_new_chat(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The form that begins a conversation, where the firm wants that."""
    can_begin(principal.actor, principal.firm).demand()
    return render(request, "portal/chat_new.html", new_chat_context(principal))


def new_chat_context(principal: Principal) -> dict[str, Any]:
    return {"principal": principal, "page": "chats", "key": uuid4().hex}


def show_chat(request: HttpRequest, principal: Principal, chat: str) -> HttpResponse:
    return render(request, "portal/chat.html", chat_context(request, principal, chat))


def show_chat_news(request: HttpRequest, principal: Principal, chat: str) -> HttpResponse:
    """What is new since what the page shows, asked for every few seconds: nothing (204) costs one indexed read."""
    row = chat_row(Chat.objects.of_portal(principal.account_numbers), chat)
    if request.GET.get("seen") == str(row.seen_version):
        return HttpResponse(status=204)
    return render(request, "portal/chat_said.html", chat_context(request, principal, chat))


def chat_context(request: HttpRequest, principal: Principal, chat: str) -> dict[str, Any]:
    row = chat_row(Chat.objects.of_portal(principal.account_numbers), chat)
    before = number_of("message", request.GET.get("before"))
    messages, older = messages_of(principal.actor, row, before)
    return {
        "principal": principal,
        "page": "chats",
        "chat": row,
        "id": public_id("chat", row.pk),
        "account": public_id("account", row.account_id),
        "tasks": row.tasks.all(),
        "messages_shown": messages,
        "last": messages[-1].pk if messages and before is None else None,
        "older": public_id("message", messages[0].pk) if older else None,
        "several": len(principal.accounts) > 1,
        "key": uuid4().hex,
    }
