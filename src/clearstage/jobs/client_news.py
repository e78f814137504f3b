"""When what a client is told of a job changes (C12): the socket for whoever tells him, and takes it back on undo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clearstage.engine.planned import ClientSees
from clearstage.engine.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ClientNews:
    """A job's new client-facing status, as the client sees it, and the event and action it came with."""

    job: int
    account: int
    sees: ClientSees
    event: int
    action: int | None


class ClientTeller(Protocol):
    def tell(self, news: Sequence[ClientNews], hold_until: datetime) -> None:
        """Within the transaction of the change, in a fixed number of queries."""

    def take_back(self, action: int, events: Collection[int]) -> list[Sentence]:
        """Undo: what has not gone out does not go out; says what has."""


_tellers: list[ClientTeller] = []


def register_client_teller(teller: ClientTeller) -> None:
    _tellers.append(teller)


def tell_client_news(news: Sequence[ClientNews], hold_until: datetime) -> None:
    """Whoever calls has asked whether the firm wants it (C12)."""
    if news:
        for teller in _tellers:
            teller.tell(news, hold_until)


def take_back_client_news(action: int, events: Collection[int]) -> list[Sentence]:
    return [sentence for teller in _tellers for sentence in teller.take_back(action, events)]
