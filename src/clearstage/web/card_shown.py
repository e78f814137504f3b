"""What is drawn of a card (B2, B3), as plain words: a board has hundreds, and templates are slow at finding words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clearstage.jobs.board import Card
from clearstage.jobs.models import Job

MOST_PEOPLE = 3
QUIET = ("low", "medium")


def card_shown(card: Card, fields: Collection[str]) -> dict[str, Any]:
    """The card for its template. What the pipeline does not show, and what has no value, is not in it or is empty."""
    job, language = card.job, get_language() or ""
    words, account = _words(language), job.account.name
    found: dict[str, Any] = {
        "id": str(job.pk),
        "stage": str(job.stage_id),
        "place": card.place,
        "overdue": card.overdue,
        "too_long": card.too_long,
        "account": account,
        "job_name": job.name,
        "choose": words["choose"] % {"account": account, "name": job.name},
        "menu": words["menu"] % {"account": account},
        "days": _days(card.days_in_stage, language),
        "completed": job.status == "completed",
    }
    if job.custom_status:
        found |= {"status": card.status, "status_color": job.custom_status.color}
    if card.open_blockers:
        found |= {
            "waits": _waits(card.open_blockers, card.blockers_due, language),
            "urgent": card.blockers_due,
        }
    return found | {name: value for name in fields if name in FIELDS and (value := FIELDS[name](card, words))}


def _client_status(card: Card, words: Mapping[str, str]) -> dict[str, str] | None:
    """C8: only where the client is shown one."""
    status = card.job.client_status
    if not status or not card.job.client_shown:
        return None
    return {"name": status.name, "says": words["sees"] % {"status": status.name}}


def _priority(card: Card, words: Mapping[str, str]) -> dict[str, Any]:
    value = card.job.priority
    label = words[value]
    return {
        "value": value,
        "label": label,
        "says": words["priority"] % {"priority": label},
        "quiet": value in QUIET,
    }


def _assignees(card: Card, words: Mapping[str, str]) -> dict[str, Any] | None:
    more = card.assignees[MOST_PEOPLE:]
    if not card.assignees:
        return None
    return {"first": card.assignees[:MOST_PEOPLE], "more": ", ".join(more), "count": len(more)}


FIELDS = {
    "account_number": lambda card, words: card.job.account.number,
    "name": lambda card, words: card.job.name,
    "description": lambda card, words: card.job.description,
    "tags": lambda card, words: card.tags,
    "start": lambda card, words: card.job.start,
    "due": lambda card, words: card.job.due,
    "budget": lambda card, words: card.job.budget_minutes,
    "client_status": _client_status,
    "priority": _priority,
    "assignees": _assignees,
}


@lru_cache(maxsize=32)
def _words(language: str) -> dict[str, str]:
    """Sentences with gaps, and the names of priorities, looked up once for each language."""
    return {
        "choose": _("Choose %(account)s, %(name)s"),
        "menu": _("What can be done with %(account)s"),
        "sees": _("The client sees: %(status)s"),
        "priority": _("Priority: %(priority)s"),
        **{value: _(label) for value, label in Job.PRIORITIES},
    }


@lru_cache(maxsize=1024)
def _days(number: int, language: str) -> dict[str, str]:
    days = ngettext("%(n)s day", "%(n)s days", number) % {"n": number}
    return {"short": _("%(n)sd") % {"n": number}, "says": _("%(days)s in this stage") % {"days": days}}


@lru_cache(maxsize=1024)
def _waits(number: int, urgent: str, language: str) -> dict[str, str]:
    says = ngettext("Waits for one thing", "Waits for %(n)s things", number) % {"n": number}
    how = {"overdue": _("overdue"), "soon": _("due soon")}.get(urgent)
    return {"short": _("%(n)s open") % {"n": number}, "says": f"{says}, {how}" if how else says}
