"""What happened to tasks, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells

_FIELDS = {
    "title": _("title"),
    "description": _("description"),
    "priority": _("priority"),
    "start": _("start"),
    "due": _("due date"),
    "checklist": _("checklist"),
    "assignees": _("assignees"),
}


@tells("task_created")
def _created(data: dict[str, Any]) -> Sentence:
    return say(_("Made the task “{title}”"), title=data["title"])


@tells("task_started")
def _started(data: dict[str, Any]) -> Sentence:
    return say(_("Began the task “{title}”"), title=data["title"])


@tells("task_completed")
def _completed(data: dict[str, Any]) -> Sentence:
    return say(_("Completed the task “{title}”"), title=data["title"])


@tells("task_cancelled")
def _cancelled(data: dict[str, Any]) -> Sentence:
    return say(_("Cancelled the task “{title}”"), title=data["title"])


@tells("task_reopened")
def _reopened(data: dict[str, Any]) -> Sentence:
    return say(_("Opened the task “{title}” again"), title=data["title"])


@tells("task_edited")
def _edited(data: dict[str, Any]) -> Sentence:
    fields = [say(_FIELDS.get(field, field)) for field in data.get("fields", [])]
    return say(_("Changed the task “{title}”: {fields}"), title=data["title"], fields=fields)


@tells("task_commented")
def _commented(data: dict[str, Any]) -> Sentence:
    return say(_("Commented on the task “{title}”"), title=data["title"])
