"""Tags for boards and jobs: `{% load jobs %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clearstage.engine.sentences import render
from clearstage.events.models import Event
from clearstage.events.record import in_words

from .. import card_shown as cards

register = template.Library()
register.simple_tag(cards.card_shown)


@register.filter
def told(event: Event) -> str:
    """An event in words, in the reader's language."""
    return render(in_words(event.kind, event.data), _)


@register.filter
def ticked(checklist: list[dict[str, Any]]) -> int:
    return sum(bool(entry["done"]) for entry in checklist)


@register.filter
def days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}


@register.filter
def hours(minutes: int | None) -> str:
    """“2 h 30”: a time budget."""
    if minutes is None:
        return ""
    whole, rest = divmod(minutes, 60)
    return (
        _("{hours} h {minutes}").format(hours=whole, minutes=f"{rest:02}")
        if rest
        else _("{hours} h").format(hours=whole)
    )


@register.filter
def turn(value: str | None) -> str:
    """Whose turn it is, in words."""
    names = {
        "client": _("the client's"),
        "firm": _("ours"),
        "agency": _("the agency's"),
        "nobody": _("nobody's"),
    }
    return str(names.get(value or "", ""))


@register.filter
def of(found: dict[Any, Any], key: Any) -> Any:
    """A dictionary's entry: `{{ comments|of:task.number }}`."""
    return found.get(key, "")


@register.filter
def job_parts(kind: str) -> list[str]:
    """The template that shows what belongs to an item of this kind on the job's page."""
    return [f"web/job/{kind}.html", "web/job/plain.html"]
