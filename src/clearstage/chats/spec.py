"""What a chat begins with, however it comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clearstage.asking.making import AskSpec, Making, NewAsk
from clearstage.engine.sentences import Sentence, _, say
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.rows import insert_rows

from .models import Chat, ClientTask, Message


@dataclass(frozen=True, slots=True)
class Author:
    """A member, a contact or, with neither, the firm itself."""

    name: str
    member: int | None = None
    contact: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message and what the client is to do: the `content` of a chat's `AskSpec`."""

    text: str
    tasks: tuple[str, ...]
    author: Author


def author_of(actor: Actor) -> Author:
    return Author(actor.name, actor.member_id, actor.id if actor.kind == "contact" else None)


def new_message(subject: str) -> Sentence:
    """What a client is mailed: never what was said, since mail is read on its way (S13)."""
    return say(_("You have a new message: “{title}”"), title=subject)


def write_openings(asks: Sequence[NewAsk]) -> None:
    """The first messages of new chats, and their client tasks."""
    now = clock.now()
    insert_rows(
        Message,
        ("chat", "member", "contact", "author_name", "from_client", "internal", "text", "mentions", "at"),
        [
            (
                ask.id, content.author.member, content.author.contact, content.author.name,
                content.author.contact is not None, False, content.text, [], now,
            )
            for ask in asks
            for content in [ask.spec.content]
        ],
    )  # fmt: skip
    tasks = [
        (ask.id, n, title, "") for ask in asks for n, title in enumerate(ask.spec.content.tasks, start=1)
    ]
    insert_rows(ClientTask, ("chat", "n", "title", "ticked_by"), tasks)


def asks_for_something(spec: AskSpec) -> bool:
    return bool(spec.content.tasks)


MAKING = Making(
    Chat,
    "open",
    new_message,
    ("seen_version", "last_at"),
    lambda ask: (1, clock.now()),
    write_openings,
    asks_for_something,
)
