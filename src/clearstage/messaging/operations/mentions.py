"""Members who are named with an @ in what members write to one another: `@Mia Chen`, or `@mia@example.test`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from clearstage.engine.sentences import _, say
from clearstage.firm.models import Member
from clearstage.kernel.actor import Actor

from ..queries import who_sees
from .inbox import Notice, put_in_inboxes

LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who is meant: `seers` by number with the job they see; names as they are written; and who may not see it.

    Being mentioned opens nothing (X2): `unheard` are told nothing, and stay plain text.
    """

    seers: Mapping[int, int | None] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)


def mentions_in(text: str, account: int, jobs: Collection[int]) -> Mentions:
    """The active members named in a text about an account and, where there are any, these jobs of it."""
    if "@" not in text:
        return Mentions()
    handles: dict[str, list[Member]] = defaultdict(list)
    for member in Member.objects.filter(is_active=True).order_by("pk"):
        for handle in (member.name, member.email):
            handles[handle.casefold()].append(member)
    named = _named(text.casefold(), sorted(handles, key=len, reverse=True))
    if not named:
        return Mentions()
    seen = {each.member: each.job for each in who_sees(account, jobs)}
    seers: dict[int, int | None] = {}
    names: list[str] = []
    unheard: list[str] = []
    for handle in named:
        let_in = [member for member in handles[handle] if member.pk in seen]
        seers |= {member.pk: seen[member.pk] for member in let_in}
        written = handles[handle][0].email if "@" in handle else handles[handle][0].name
        (names if let_in else unheard).append(written)
    return Mentions(seers, names, unheard)


def _named(text: str, handles: Collection[str]) -> list[str]:
    """The longest handle after each @ that stands at the beginning of a word, once each."""
    found: dict[str, None] = {}
    at = text.find("@")
    while at >= 0:
        for handle in () if text[max(at - 1, 0) : at].isalnum() else handles:
            end = at + 1 + len(handle)
            if text.startswith(handle, at + 1) and not text[end : end + 1].isalnum():
                found[handle] = None
                break
        at = text.find("@", at + 1)
    return list(found)


def tell_mentioned(actor: Actor, event: int, mentions: Mentions, text: str, account: int) -> None:
    """One inbox entry for each of them but the writer, once for the event; within the transaction of what was said."""
    quote = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    words = say(_("{who} mentioned you: “{text}”"), who=actor.name, text=quote)
    put_in_inboxes(
        [
            Notice(member, "mention", words, job, event, account)
            for member, job in sorted(mentions.seers.items())
            if member != actor.member_id
        ]
    )
