"""What happened to client requests, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells


@tells("request_sent")
def _sent(data: dict[str, Any]) -> Sentence:
    return say(_("Sent the request “{title}”"), title=data["title"])


@tells("request_entry_submitted")
def _submitted(data: dict[str, Any]) -> Sentence:
    said = {"entry": data["entry"], "title": data["title"]}
    if data["not_applicable"]:
        return say(_("Said that “{entry}” does not apply (“{title}”)"), **said)
    if data["files"]:
        text = _("Sent “{entry}”, files: {files} (“{title}”)")
        if data["again"]:
            text = _("Sent “{entry}” again, files: {files} (“{title}”)")
        return say(text, files=data["files"], **said)
    return say(_("Answered “{entry}” (“{title}”)"), **said)


@tells("request_entry_accepted")
def _accepted(data: dict[str, Any]) -> Sentence:
    return say(_("Accepted “{entry}” (“{title}”)"), entry=data["entry"], title=data["title"])


@tells("request_entries_accepted")
def _all_accepted(data: dict[str, Any]) -> Sentence:
    return say(_("Accepted {entries} (“{title}”)"), entries=data["entries"], title=data["title"])


@tells("request_entry_returned")
def _returned(data: dict[str, Any]) -> Sentence:
    said = {name: data[name] for name in ("entry", "title", "reason")}
    return say(_("Returned “{entry}” (“{title}”): {reason}"), **said)


@tells("request_entry_added")
def _added(data: dict[str, Any]) -> Sentence:
    return say(_("Asked for “{entry}” as well (“{title}”)"), entry=data["entry"], title=data["title"])


@tells("request_entry_withdrawn")
def _withdrawn(data: dict[str, Any]) -> Sentence:
    return say(_("No longer asks for “{entry}” (“{title}”)"), entry=data["entry"], title=data["title"])


@tells("request_finished")
def _finished(data: dict[str, Any]) -> Sentence:
    if data.get("waived"):
        text = _("The request “{title}” is finished; not waited for: {waived}")
        return say(text, title=data["title"], waived=data["waived"])
    return say(_("The request “{title}” is finished"), title=data["title"])


@tells("request_reopened")
def _reopened(data: dict[str, Any]) -> Sentence:
    return say(_("The request “{title}” is open again"), title=data["title"])


@tells("request_archived")
def _archived(data: dict[str, Any]) -> Sentence:
    return say(_("Archived the request “{title}”"), title=data["title"])


@tells("request_restored")
def _restored(data: dict[str, Any]) -> Sentence:
    return say(_("Took the request “{title}” out of the archive"), title=data["title"])


@tells("request_due_changed")
def _due_changed(data: dict[str, Any]) -> Sentence:
    if not data["due"]:
        return say(_("Took the due date off the request “{title}”"), title=data["title"])
    return say(_("Set the request “{title}” due on {day}"), title=data["title"], day=data["due"])


@tells("request_entry_due_changed")
def _entry_due_changed(data: dict[str, Any]) -> Sentence:
    said = {"entry": data["entry"], "title": data["title"]}
    if not data["due"]:
        return say(_("Took the due date off “{entry}” (“{title}”)"), **said)
    return say(_("Set “{entry}” due on {day} (“{title}”)"), day=data["due"], **said)
