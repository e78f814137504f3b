"""The socket by which those who keep the name of a custom status follow it when a pipeline renames or replaces it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Follower = Callable[[int, Mapping[str, str]], None]
"""The pipeline, and new names by the old ones, these in small letters."""

_followers: list[Follower] = []


def on_status_rename(follower: Follower) -> None:
    """Have new names told, within the transaction that saves the pipeline."""
    _followers.append(follower)


def statuses_renamed(pipeline: int, names: Mapping[str, str]) -> None:
    for follower in _followers if names else ():
        follower(pipeline, names)
