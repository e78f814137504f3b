"""The socket by which the firm hears of documents that a client sends where no item asks for them."""

from __future__ import annotations

from collections.abc import Callable

from clearstage.kernel.actor import Actor

from .models import File

Teller = Callable[[Actor, File, int], None]
"""Whoever sent it, the file with its account, and the number of its event."""

_tellers: list[Teller] = []


def register_document_teller(teller: Teller) -> None:
    """Have documents told; called within the transaction that makes their row."""
    _tellers.append(teller)


def tell_of_document(actor: Actor, file: File, event: int) -> None:
    for teller in _tellers:
        teller(actor, file, event)
