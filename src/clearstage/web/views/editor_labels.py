"""Words for what is written as keys in documents: settings, choices, card fields, options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_LABELS: dict[str, Any] = {
    "add": gettext_lazy("Add"),
    "assignees": gettext_lazy("Assignees"),
    "budget_minutes": gettext_lazy("Time budget in minutes"),
    "checklist": gettext_lazy("Checklist, one entry a line"),
    "clear": gettext_lazy("Take all tags off first"),
    "client_status": gettext_lazy("What the client sees"),
    "description": gettext_lazy("Description"),
    "due": gettext_lazy("Due"),
    "hide": gettext_lazy("Hide the job from the client"),
    "job_name": gettext_lazy("Name of the job for the client"),
    "name": gettext_lazy("Name of the job"),
    "pipeline": gettext_lazy("Pipeline"),
    "priority": gettext_lazy("Priority"),
    "remove": gettext_lazy("Remove"),
    "replace": gettext_lazy("Exactly these"),
    "replace_by_defaults": gettext_lazy("Only who holds a role of the account keeps access"),
    "sender": gettext_lazy("Sender"),
    "show": gettext_lazy("Status"),
    "stage": gettext_lazy("Stage"),
    "start": gettext_lazy("Start"),
    "reminders": gettext_lazy("Reminders"),
    "subject": gettext_lazy("Subject"),
    "tasks": gettext_lazy("What the client is to do, one thing a line"),
    "template": gettext_lazy("Template"),
    "text": gettext_lazy("Text"),
    "title": gettext_lazy("Title"),
    "to": gettext_lazy("To"),
    "at_most": gettext_lazy("How many reminders at most"),
    "critical": gettext_lazy("Critical"),
    "entries": gettext_lazy("What is asked for"),
    "every": gettext_lazy("Days between reminders"),
    "finish": gettext_lazy("When it is finished"),
    "first": gettext_lazy("Days until the first reminder"),
    "help": gettext_lazy("Explanation"),
    "intro": gettext_lazy("Introduction"),
    "kind": gettext_lazy("How it is answered"),
    "required": gettext_lazy("Required"),
    "rest_percent": gettext_lazy("Per cent of the other required things"),
    "review": gettext_lazy("You check what comes and accept or return it"),
    "then_status": gettext_lazy("Custom status when all reminders were in vain"),
}

_CHOICES: dict[str, Any] = {
    "low": gettext_lazy("Low"),
    "medium": gettext_lazy("Medium"),
    "high": gettext_lazy("High"),
    "urgent": gettext_lazy("Urgent"),
    "individual": gettext_lazy("Individual"),
    "company": gettext_lazy("Company"),
    "other": gettext_lazy("Other"),
    "account": gettext_lazy("All contacts who are notified"),
    "contact": gettext_lazy("Only the first of them"),
    "either": gettext_lazy("Files or text"),
    "upload": gettext_lazy("Files"),
    "all": gettext_lazy("All of them"),
}

CARD_FIELDS: dict[str, Any] = {
    "account_number": gettext_lazy("Account number"),
    "tags": gettext_lazy("Tags"),
    "name": gettext_lazy("Job name"),
    "description": gettext_lazy("Description"),
    "priority": gettext_lazy("Priority"),
    "start": gettext_lazy("Start date"),
    "due": gettext_lazy("Due date"),
    "budget": gettext_lazy("Time budget"),
    "tracked": gettext_lazy("Time tracked"),
    "assignees": gettext_lazy("Assignees"),
    "client_status": gettext_lazy("Client-facing status"),
    "days_in_stage": gettext_lazy("Days in stage"),
    "linked_page": gettext_lazy("Linked page"),
}

OPTIONS: dict[str, tuple[Any, Any]] = {
    "pass_through": (
        gettext_lazy("Pass through when there is nothing to wait for"),
        gettext_lazy("A stage with automove that makes nothing to wait for lets the job go on at once."),
    ),
    "reviewer_is_not_preparer": (
        gettext_lazy("The reviewer is not the preparer"),
        gettext_lazy("Who prepares for an account is passed over where an automation asks for its reviewer."),
    ),
}

TEMPLATE_KINDS: dict[str, Any] = {
    "email": gettext_lazy("E-mail"),
    "message": gettext_lazy("Message"),
    "organizer": gettext_lazy("Questionnaire"),
    "request": gettext_lazy("Client request"),
    "task": gettext_lazy("Task"),
    "job": gettext_lazy("Job"),
}

ICONS = {
    "access": "lock",
    "assignees": "users",
    "client_status": "eye",
    "create_job": "briefcase",
    "documents": "file-text",
    "email": "mail",
    "folders": "folder",
    "invoice": "file-text",
    "job": "briefcase",
    "message": "message",
    "notify": "bell",
    "organizer": "list-check",
    "proposal": "file-text",
    "request": "upload",
    "tags": "tags",
    "task": "checkbox",
    "update_job": "edit",
}


_ONE: dict[str, Any] = {
    "checklist": gettext_lazy("Checklist"),
    "entries": gettext_lazy("Entry"),
    "options": gettext_lazy("Option"),
    "questions": gettext_lazy("Question"),
    "sections": gettext_lazy("Section"),
    "tasks": gettext_lazy("To do"),
}


def place_in_words(place: Sequence[str | int]) -> str:
    """Where a text stands in a template: “Section 1 · Question 2 · Help”."""
    words: list[str] = []
    for each in place:
        if isinstance(each, int):
            words[-1] = f"{words[-1]} {each + 1}"
        else:
            words.append(str(_ONE.get(each) or label_of(each)))
    return " · ".join(words)


def label_of(field: str) -> str:
    found = _LABELS.get(field)
    return str(found) if found else _(field.replace("_", " ").capitalize())


def choice_label(field: str, choice: str) -> str:
    return str(_CHOICES.get(choice) or _(choice.replace("_", " ").capitalize()))


def icon_of(kind: str) -> str:
    return ICONS.get(kind, "bolt")
