"""What is said in a conversation: written, withdrawn, read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.making import held_until
from clearstage.asking.operations import change, jobs_of, locked, settle, tell, tell_the_firm
from clearstage.clients.models import AccountContact
from clearstage.engine.sentences import Sentence, _, say
from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound
from clearstage.messaging.operations.client_notices import ClientNotice, take_back_notices, tell_clients
from clearstage.messaging.operations.mentions import mentions_in, tell_mentioned

from ..models import Chat, Message, ReadMarker
from ..policies import can_lead, can_take_part, can_withdraw
from ..spec import author_of, new_message
from .attaching import attach
from .beginning import LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Withdrawn:
    message: Message
    action: int | None = None
    could_not: list[Sentence] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message, and the names that an internal one mentions in vain: they may not see it and are told nothing."""

    message: Message
    unheard: list[str] = field(default_factory=list)


def post_message(
    actor: Actor, chat: int, text: str, *, internal: bool = False, files: Collection[int] = ()
) -> Posted:
    """Say something. Internal ones are between members, may mention these, and never reach the client (S13).

    The other side is told. Whoever writes in a closed conversation opens it again, and no job waits anew (L8).
    """
    checks = Checks()
    checks.storable({"text": text})
    words = checks.text("text", text, LONGEST_TEXT)
    if not words and not files:
        checks.wrong("text", _t("is needed"))
    checks.demand()
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        (can_lead(actor) if internal else can_take_part(actor)).demand()
        said = _note(actor, row, words, files) if internal else _say(actor, row, words, files)
        note_read(actor, row, said.message.pk)
        return said


def _say(actor: Actor, row: Chat, words: str, files: Collection[int]) -> Posted:
    message = _write(actor, row, words)
    attach(actor, message, files)
    event = tell(actor, row, "chat_message", {"message": message.pk})
    state = "done" if row.state == "closed" else row.state
    change(row, state=state, last_at=message.at, seen_version=row.seen_version + 1)
    _tell_the_other_side(actor, row, message, event)
    return Posted(message)


def _note(actor: Actor, row: Chat, words: str, files: Collection[int]) -> Posted:
    mentions = mentions_in(words, row.account_id, jobs_of(Chat.KIND, row.pk))
    message = _write(actor, row, words, internal=True, mentions=mentions.names)
    attach(actor, message, files)
    event = tell(actor, row, "chat_note", {"message": message.pk})
    change(row)
    tell_mentioned(actor, event, mentions, words, row.account_id)
    return Posted(message, mentions.unheard)


def _write(actor: Actor, row: Chat, words: str, **more: Any) -> Message:
    author = author_of(actor)
    return Message.objects.create(
        chat=row,
        member_id=author.member,
        contact_id=author.contact,
        author_name=author.name,
        from_client=author.contact is not None,
        text=words,
        at=clock.now(),
        **more,
    )


def _tell_the_other_side(actor: Actor, row: Chat, message: Message, event: int) -> None:
    if message.from_client:
        text = say(_("{client} wrote in “{title}”"), client=actor.name, title=row.title)
        tell_the_firm(actor, row, event, text)
        return
    words = new_message(row.translated(row.title))
    place = (Chat.KIND, row.pk)
    notice = ClientNotice(
        f"chat:{message.pk}", row.account_id, words, words, place, event=event, until_done=False,
        about=row.translated(row.title), apart=True,
    )  # fmt: skip
    tell_clients([notice], hold_until=held_until())


def withdraw_message(actor: Actor, chat: int, message: int) -> Withdrawn:
    """Take back one's own words while things can be undone (M9): clients see them no longer, the firm sees that they
    were withdrawn. A conversation in which nothing else was said to the client goes with them: it is archived.

    Says which e-mails have already gone out. Again changes nothing.
    """
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        found = Message.objects.readable_by(actor).filter(chat=row, pk=message).first()
        if found is None:
            raise NotFound
        if found.withdrawn_at is not None:
            return Withdrawn(found)
        can_withdraw(actor, found, firm_row()).demand()
        Message.objects.filter(pk=found.pk).update(withdrawn_at=clock.now())
        event = tell(actor, row, "chat_message_withdrawn", {"message": found.pk})
        sent = take_back_notices(_keys(row, found)) if not found.internal else []
        change(row, seen_version=row.seen_version + (not found.internal))
        return Withdrawn(found, _archive_if_empty(actor, row, event), sent)


def _keys(row: Chat, message: Message) -> list[str]:
    """Of the notices of this message; the first one of a chat was told with the chat."""
    causes = [f"chat:{message.pk}"]
    if not Message.objects.for_clients().filter(chat=row, pk__lt=message.pk).exists():
        causes.append(f"asked:{Chat.KIND}:{row.pk}")
    contacts = AccountContact.objects.filter(account=row.account_id).values_list("contact_id", flat=True)
    return [f"{cause}:{contact}" for cause in causes for contact in contacts]


def _archive_if_empty(actor: Actor, row: Chat, event: int) -> int | None:
    if Message.objects.for_clients().filter(chat=row).exists():
        return None
    change(row, state="archived", finished_at=clock.now())
    return settle(actor, row, event)


def mark_read(actor: Actor, chat: int, up_to: int) -> None:
    """The actor has seen the messages up to this one. Nothing that others see; nobody records it."""
    with transaction.atomic():
        row = Chat.objects.visible_to(actor).filter(pk=chat).first()
        if row is None:
            raise NotFound
        can_take_part(actor).demand()
        last = Message.objects.readable_by(actor).filter(chat=row, pk__lte=up_to).order_by("-pk").first()
        if last is not None:
            note_read(actor, row, last.pk)


def note_read(actor: Actor, row: Chat, up_to: int) -> None:
    """Part of a command: whoever writes has read what was there."""
    if actor.kind == "firm" or actor.id is None:
        return
    reader = {"contact_id": actor.id} if actor.kind == "contact" else {"member_id": actor.id}
    marker, made = ReadMarker.objects.get_or_create(chat=row, **reader, defaults={"up_to": up_to})
    if not made:
        ReadMarker.objects.filter(pk=marker.pk, up_to__lt=up_to).update(up_to=up_to)
