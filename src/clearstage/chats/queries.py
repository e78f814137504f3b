"""Reading conversations: threads, what was said in them, and what is unread, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed, hang
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of, public_id

from .models import Attachment, Chat, ClientTask, Message, ReadMarker

NEWEST = 50
"""So many messages come with a chat; older ones are asked for."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A chat in a list."""

    chat: Chat
    unread: int
    last: Message | None
    tasks: int
    ticked: int

    @property
    def id(self) -> str:
        return public_id("chat", self.chat.pk)


def chat_row(chats: QuerySet[Chat], public: str) -> Chat:
    """One of those, by its id; `NotFound` for nonsense and for what is closed alike (X4)."""
    number = number_of("chat", public)
    row = chats.select_related("account").filter(pk=number).first() if number else None
    if row is None:
        raise NotFound
    return with_tasks([row])[0]


def with_tasks(chats: list[Chat]) -> list[Chat]:
    """The same chats, each with its tasks in their order."""
    hang(chats, "tasks", _task_rows([chat.pk for chat in chats]), "chat")
    return chats


@composed
def _task_rows(chats: Collection[int]) -> QuerySet[ClientTask]:
    return ClientTask.objects.filter(chat__in=chats).order_by("n")


def with_files(messages: list[Message]) -> list[Message]:
    """The same messages, each with what is attached to it, and its file."""
    hang(messages, "attachments", _attachment_rows([message.pk for message in messages]), "message")
    return messages


@composed
def _attachment_rows(messages: Collection[int]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(message__in=messages).select_related("file").order_by("pk")


def newest_messages(chats: Collection[int]) -> dict[int, list[Message]]:
    """Of each chat the newest, the oldest of these first, internal ones among them: for the firm alone."""
    found: dict[int, list[Message]] = defaultdict(list)
    for row in with_files(_newest_rows(chats)):
        found[row.chat_id].append(row)
    return dict(found)


@composed
def _newest_rows(chats: Collection[int]) -> QuerySet[Message]:
    place = Window(RowNumber(), partition_by=F("chat"), order_by=F("pk").desc())
    rows = Message.objects.filter(chat__in=chats).annotate(place=place)
    return rows.filter(place__lte=NEWEST).order_by("pk")


def messages_of(actor: Actor, chat: Chat, before: int | None = None) -> tuple[list[Message], bool]:
    """The newest (or those before one) that the actor may read, the oldest first; and whether there are older ones."""
    rows = Message.objects.readable_by(actor).filter(chat=chat).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = with_files(list(rows[: NEWEST + 1]))
    return found[NEWEST - 1 :: -1] if len(found) > NEWEST else found[::-1], len(found) > NEWEST


def threads(actor: Actor, chats: QuerySet[Chat]) -> list[Thread]:
    """Those chats as the actor sees them in a list, the one that was last written in first."""
    rows = with_tasks(list(chats.select_related("account").order_by("-last_at", "-pk")))
    numbers = [row.pk for row in rows]
    unread = dict(
        unread_by(actor, Message.objects.filter(chat__in=numbers))
        .order_by()
        .values_list("chat")
        .annotate(Count("pk"))
    )
    newest = Message.objects.for_clients().filter(chat__in=numbers).order_by()
    place = Window(RowNumber(), partition_by=F("chat"), order_by=F("pk").desc())
    last = {message.chat_id: message for message in newest.annotate(place=place).filter(place=1)}
    return [_thread(row, unread.get(row.pk, 0), last.get(row.pk)) for row in rows]


def _thread(row: Chat, unread: int, last: Message | None) -> Thread:
    tasks = row.tasks.all()
    ticked = sum(task.ticked_at is not None for task in tasks)
    return Thread(row, unread, last, len(tasks), ticked)


def unread_by(actor: Actor, messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those that others wrote and the actor has not seen; for nobody in particular there are none."""
    if actor.id is None or actor.kind == "firm":
        return messages.none()
    readable = Message.objects.readable_by(actor).filter(pk__in=messages.values("pk"), withdrawn_at=None)
    me = {"contact": actor.id} if actor.kind == "contact" else {"member": actor.id}
    mine = Q(contact=actor.id, from_client=True) if actor.kind == "contact" else Q(member=actor.id)
    seen = ReadMarker.objects.filter(chat=OuterRef("chat"), up_to__gte=OuterRef("pk"), **me)
    return readable.exclude(mine).filter(~Exists(seen))


def unread_in_portal(actor: Actor, accounts: Sequence[int]) -> int:
    """How many messages wait to be read by a contact: one query."""
    chats = Chat.objects.of_portal(list(accounts))
    return unread_by(actor, Message.objects.filter(chat__in=chats.values("pk"))).count()


def task_documents(chat: Chat) -> list[dict[str, Any]]:
    return [
        {
            "n": task.n,
            "title": task.title,
            "ticked": task.ticked_at is not None,
            "ticked_by": task.ticked_by,
            "ticked_at": task.ticked_at,
        }
        for task in chat.tasks.all()
    ]


def message_documents(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """For the firm's pages and the API."""
    return [message_document(message) for message in messages]


def message_document(message: Message) -> dict[str, Any]:
    """A withdrawn one keeps its place and loses its words."""
    gone = message.withdrawn_at is not None
    return {
        "id": public_id("message", message.pk),
        "at": message.at,
        "author": _author(message),
        "internal": message.internal,
        "text": "" if gone else message.text,
        "mentions": message.mentions,
        "withdrawn": gone,
        "files": [] if gone else [_file(each) for each in message.attachments.all()],
    }


def _author(message: Message) -> dict[str, Any]:
    noun = "contact" if message.from_client else "member" if message.member_id else "firm"
    number = message.contact_id or message.member_id
    return {
        "kind": noun,
        "id": public_id(noun, number) if number else None,
        "name": message.author_name,
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    file = attachment.file
    return {
        "id": public_id("file", file.pk),
        "name": file.name,
        "size": file.size,
        "there": file.binned_at is None,
    }
