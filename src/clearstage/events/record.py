"""Writing events: always inside the transaction of what they tell, never edited afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.rows import allocate_ids, insert_rows

from .models import Event

_COLUMNS = (
    "id", "at", "kind", "actor_kind", "actor", "actor_name", "on_behalf", "via", "cause", "action", "job", "account",
    "revision", "data",
)  # fmt: skip


@dataclass(slots=True)
class Happening:
    """What is about to become an event; `by` is who does it, where that is another than the command's actor."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    job: int | None = None
    account: int | None = None
    cause: int | None = None
    action: int | None = None
    revision: int | None = None
    on_behalf: str = ""
    id: int | None = None
    by: Actor | None = None


def record(actor: Actor, *happenings: Happening) -> list[int]:
    """Write the events, in order; answers their ids. Ids may have been reserved by the caller."""
    if any(each.id is None for each in happenings):
        reserved = iter(allocate_ids({Event: len(happenings)})[Event])
        for each in happenings:
            each.id = next(reserved)
    at = clock.now()
    insert_rows(
        Event,
        _COLUMNS,
        [
            (
                each.id, at, each.kind, who.kind, who.id, who.name, each.on_behalf, who.via, each.cause,
                each.action, each.job, each.account, each.revision, each.data,
            )
            for each in happenings
            for who in (each.by or actor,)
        ],
    )  # fmt: skip
    return [each.id for each in happenings if each.id is not None]


Telling = Callable[[dict[str, Any]], Sentence]
_tellings: dict[str, Telling] = {}


def tells(kind: str) -> Callable[[Telling], Telling]:
    """Register how an event of `kind` is put into words; stands beside the noun it speaks of."""

    def register(telling: Telling) -> Telling:
        _tellings[kind] = telling
        return telling

    return register


def in_words(kind: str, data: dict[str, Any]) -> Sentence:
    """The event as a sentence; a kind from another version is told by its name."""
    telling = _tellings.get(kind)
    return telling(data) if telling else say(_("{kind}"), kind=kind.replace("_", " "))


def known_kinds() -> Sequence[str]:
    return sorted(_tellings)
