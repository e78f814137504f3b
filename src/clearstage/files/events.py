"""What happened to files, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells


@tells("file_uploaded")
def _file_uploaded(data: dict[str, Any]) -> Sentence:
    return say(_("Added the file “{name}”"), name=data["name"])


@tells("file_shared")
def _file_shared(data: dict[str, Any]) -> Sentence:
    return say(_("Shared the file “{name}” with the client"), name=data["name"])


@tells("file_unshared")
def _file_unshared(data: dict[str, Any]) -> Sentence:
    return say(_("Stopped sharing the file “{name}” with the client"), name=data["name"])


@tells("file_binned")
def _file_binned(data: dict[str, Any]) -> Sentence:
    return say(_("Put the file “{name}” into the bin"), name=data["name"])


@tells("file_restored")
def _file_restored(data: dict[str, Any]) -> Sentence:
    return say(_("Took the file “{name}” back out of the bin"), name=data["name"])


@tells("file_purged")
def _file_purged(data: dict[str, Any]) -> Sentence:
    return say(_("Deleted the file “{name}” for good, after its time in the bin"), name=data["name"])
