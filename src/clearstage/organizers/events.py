"""What happened to organizers, in words. Answers never stand in events, the keys of questions do."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells


@tells("organizer_sent")
def _sent(data: dict[str, Any]) -> Sentence:
    return say(_("Sent the questionnaire “{title}”"), title=data["title"])


@tells("organizer_started")
def _started(data: dict[str, Any]) -> Sentence:
    return say(_("Began to answer the questionnaire “{title}”"), title=data["title"])


@tells("organizer_answered")
def _answered(data: dict[str, Any]) -> Sentence:
    return say(
        _("Answered in the questionnaire “{title}”: {questions}"),
        title=data["title"],
        questions=data["questions"],
    )


@tells("organizer_submitted")
def _submitted(data: dict[str, Any]) -> Sentence:
    return say(_("Submitted the questionnaire “{title}”"), title=data["title"])


@tells("organizer_changed_tags")
def _changed_tags(data: dict[str, Any]) -> Sentence:
    parts = []
    if data["add"]:
        parts.append(say(_("adds {tags}"), tags=data["add"]))
    if data["remove"]:
        parts.append(say(_("takes off {tags}"), tags=data["remove"]))
    text = _("Changed the account's tags after the answers in “{title}”: {changes}")
    return say(text, title=data["title"], changes=parts)


@tells("organizer_reopened")
def _reopened(data: dict[str, Any]) -> Sentence:
    return say(_("Opened the questionnaire “{title}” again"), title=data["title"])


@tells("organizer_archived")
def _archived(data: dict[str, Any]) -> Sentence:
    return say(_("Archived the questionnaire “{title}”"), title=data["title"])


@tells("organizer_sealed")
def _sealed(data: dict[str, Any]) -> Sentence:
    return say(_("Sealed the questionnaire “{title}”"), title=data["title"])


@tells("organizer_due_changed")
def _due_changed(data: dict[str, Any]) -> Sentence:
    if not data["due"]:
        return say(_("Took the due date off the questionnaire “{title}”"), title=data["title"])
    return say(_("Set the questionnaire “{title}” due on {day}"), title=data["title"], day=data["due"])
