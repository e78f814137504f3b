"""The socket by which those who keep names inside documents follow a renaming, without being known here.

Pipelines and templates name tags, roles and members in their text. The noun packages below them say `renamed` and ask
`used_in`; whoever keeps such documents has himself called by `on_rename` and `on_asking_use`.
"""

from __future__ import annotations

from collections.abc import Callable

from clearstage.kernel.actor import Actor

Rename = Callable[[Actor, str, str, str], object]
AskUse = Callable[[Actor, str, str], list[str]]
_followers: list[Rename] = []
_keepers: list[AskUse] = []


def on_rename(follower: Rename) -> None:
    """Have `follower(actor, noun, old, new)` called within the transaction that renames."""
    if follower not in _followers:
        _followers.append(follower)


def on_asking_use(keeper: AskUse) -> None:
    """Have `keeper(actor, noun, name)` say in which places a name is used, naming only those the actor sees (X4)."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def renamed(actor: Actor, noun: str, old: str, new: str) -> None:
    """Let everything that names `old` name `new`."""
    if old != new:
        for follower in _followers:
            follower(actor, noun, old, new)


def used_in(actor: Actor, noun: str, name: str) -> list[str]:
    """Where a name is used, in words; what the actor does not see is counted and not named (X4)."""
    return list(dict.fromkeys(place for keeper in _keepers for place in keeper(actor, noun, name)))
