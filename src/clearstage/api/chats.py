"""Conversations with clients, from the firm's side: writing, ticking, closing."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _t
from ninja import Body, Query
from pydantic import Field

from clearstage.chats.models import Chat, ClientTask, Message
from clearstage.chats.operations.beginning import begin_on_account
from clearstage.chats.operations.doing import add_task, close_chat, reopen_chat, tick_task
from clearstage.chats.operations.messages import post_message, withdraw_message
from clearstage.chats.queries import message_document, with_files
from clearstage.clients.queries import visible_account
from clearstage.engine.sentences import render
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.automove import preview_finishing
from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of

from . import schemas
from .auth import Asked
from .chat_inputs import ChatInput, FileIds, file_numbers
from .fields import Answer, Input, Line, Nothing, Text
from .items import JobInBrief, aftermath, document
from .job_inputs import Previewing
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Chats")


class NewMessage(Input):
    text: Text = ""
    internal: Annotated[bool, Field(description="For members alone; the client never sees it")] = False
    files: FileIds = []


class Posted(schemas.Message):
    unheard: schemas.Unheard


class NewClientTask(Input):
    title: Line


class Followed(Answer):
    """The chat and what became of its jobs; `plan` alone where it is a preview."""

    item: schemas.ChatItem | None = None
    jobs: list[JobInBrief] = []
    action: str | None = Field(
        None, description="What followed and can be undone: an automove, a return to Active"
    )
    could_not: list[str] = Field([], description="What could not be taken back")
    plan: schemas.Plan | None = None


@noun.writes("POST", "/accounts/{account}/chats", schemas.ChatItem, summary="Begin a chat", status=201)
def begin_chat(request: Asked, account: str, body: ChatInput) -> Any:
    """A conversation about no particular job; one that a job waits for is made on the job."""
    of = visible_account(request.actor, number_of("account", account))
    number = begin_on_account(request.actor, of, body.beginning(request.actor, of))
    return document(request.actor, "chat", number)


@noun.reads("/chats/{chat}/messages", schemas.Page[schemas.Message], summary="List a chat's messages")
def list_messages(request: Asked, chat: str, asked: Query[Paging]) -> Any:
    """All of them, the oldest first, internal ones among them."""
    row = _visible(request, chat)
    found, following = page_of(Message.objects.filter(chat=row), asked)
    return {"results": [message_document(each) for each in with_files(found)], "next": following}


@noun.writes("POST", "/chats/{chat}/messages", Posted, summary="Write in a chat", status=201)
def write_message(request: Asked, chat: str, body: NewMessage) -> Any:
    """The client's contacts are told by e-mail, of internal messages nobody outside."""
    row = _visible(request, chat)
    files = file_numbers(request.actor, row.account_id, body.files)
    posted = post_message(request.actor, row.pk, body.text, internal=body.internal, files=files)
    [message] = with_files([Message.objects.get(pk=posted.message.pk)])
    return {**message_document(message), "unheard": posted.unheard}


@noun.writes("POST", "/chats/{chat}/messages/{message}/withdraw", Followed, summary="Withdraw a message")
def withdraw(request: Asked, chat: str, message: str, body: Nothing | None = Body(None)) -> Any:
    """One's own, while things can be undone. Where nothing else was said to the client the chat is archived."""
    row = _visible(request, chat)
    number = number_of("message", message)
    if number is None:
        raise NotFound
    done = withdraw_message(request.actor, row.pk, number)
    could_not = [render(each, _t) for each in done.could_not]
    return {**_followed(request, row.pk, done.action), "could_not": could_not}


@noun.writes("POST", "/chats/{chat}/tasks", schemas.ChatItem, summary="Add a client task", status=201)
def add_client_task(request: Asked, chat: str, body: NewClientTask) -> Any:
    row = _visible(request, chat)
    add_task(request.actor, row.pk, body.title)
    return document(request.actor, "chat", row.pk)


@noun.writes("POST", "/chats/{chat}/tasks/{n}/tick", Followed, summary="Tick a client task", previews=True)
def tick(
    request: Asked, chat: str, n: str, asked: Query[Previewing], body: Nothing | None = Body(None)
) -> Any:
    """With the last one the chat is finished and its jobs are judged at once. Again changes nothing."""
    row, place = _visible(request, chat), _place(n)
    if asked.preview:
        left = ClientTask.objects.filter(chat=row, ticked_at=None)
        last = row.is_open and list(left.values_list("n", flat=True)) == [place]
        return {"plan": plan_document(_preview(request, row, last))}
    return _followed(request, row.pk, tick_task(request.actor, row.pk, place).action)


@noun.writes("POST", "/chats/{chat}/tasks/{n}/untick", Followed, summary="Untick a client task")
def untick(request: Asked, chat: str, n: str, body: Nothing | None = Body(None)) -> Any:
    """No job moves back (L8)."""
    row = _visible(request, chat)
    tick_task(request.actor, row.pk, _place(n), done=False)
    return _followed(request, row.pk, None)


@noun.writes("POST", "/chats/{chat}/close", Followed, summary="Close a chat", previews=True)
def close(request: Asked, chat: str, asked: Query[Previewing], body: Nothing | None = Body(None)) -> Any:
    """Finished, whatever is unticked; its jobs are judged at once. Again changes nothing."""
    row = _visible(request, chat)
    if asked.preview:
        return {"plan": plan_document(_preview(request, row, row.is_open))}
    return _followed(request, row.pk, close_chat(request.actor, row.pk).action)


@noun.writes("POST", "/chats/{chat}/reopen", Followed, summary="Open a chat again")
def reopen_a_chat(request: Asked, chat: str, body: Nothing | None = Body(None)) -> Any:
    """What is left to do is waited for again; no job moves back (L8)."""
    row = _visible(request, chat)
    reopen_chat(request.actor, row.pk)
    return _followed(request, row.pk, None)


def _visible(request: Asked, text: str) -> Chat:
    number = number_of("chat", text)
    row = Chat.objects.visible_to(request.actor).filter(pk=number).first() if number else None
    if row is None:
        raise NotFound
    return row


def _place(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise NotFound
    return int(text)


def _preview(request: Asked, row: Chat, finishes: bool) -> Outcome:
    return preview_finishing(request.actor, Chat.KIND, row.pk if finishes else 0)


def _followed(request: Asked, chat: int, action: int | None) -> dict[str, Any]:
    links = LinkedItem.objects.filter(kind=Chat.KIND, item=chat).order_by("job")
    seen = Job.objects.visible_to(request.actor).filter(pk__in=links.values("job")).order_by("pk")
    found = [aftermath(request.actor, job, action) for job in seen.values_list("pk", flat=True)]
    return {
        "item": document(request.actor, Chat.KIND, chat),
        "jobs": [each["job"] for each in found],
        "action": aftermath(request.actor, None, action)["action"],
    }
