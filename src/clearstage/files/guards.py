"""What keeps a file out of the bin: items that rest on it say so, without files knowing any of them."""

from __future__ import annotations

from collections.abc import Callable

from clearstage.kernel.actor import Actor

from .models import File

Guard = Callable[[Actor, File], str]
_guards: dict[str, Guard] = {}


def bin_guard(name: str) -> Callable[[Guard], Guard]:
    """Register a guard: it answers a sentence why this actor may not throw this file away, or an empty text.

    Called with the file's row locked, so it may look at rows that refer to the file.
    """

    def register(guard: Guard) -> Guard:
        _guards[name] = guard
        return guard

    return register


def why_kept(actor: Actor, file: File) -> str:
    return next((why for guard in _guards.values() if (why := guard(actor, file))), "")
