"""Reading organizers: single ones, and the answers that conditions of pipelines ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from clearstage.engine.facts import LinkFacts
from clearstage.events.models import Event
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed, hang
from clearstage.kernel.errors import NotFound

from .answers import for_conditions
from .models import Answer, Organizer

MOST_EVENTS = 200


def visible_organizer(actor: Actor, organizer: int | None) -> Organizer:
    """One organizer; `NotFound` for nonsense and for what is closed alike (X4)."""
    row = Organizer.objects.visible_to(actor).select_related("account").filter(pk=organizer or 0).first()
    if row is None:
        raise NotFound
    return row


def with_answers(rows: list[Organizer]) -> list[Organizer]:
    """The same rows, each with its answers."""
    hang(rows, "answers", _answer_rows([row.pk for row in rows]), "organizer")
    return rows


@composed
def _answer_rows(organizers: Collection[int]) -> QuerySet[Answer]:
    return Answer.objects.filter(organizer__in=organizers)


def organizers_by_number(numbers: Collection[int]) -> dict[int, Organizer]:
    """Several at once, with their answers, for a page that has made sure that they may be seen; two queries."""
    return {row.pk: row for row in with_answers(list(Organizer.objects.filter(pk__in=numbers)))}


def last_answers(organizer: Organizer) -> list[Event]:
    """Who answered what, when and from where: the newest events first."""
    events = Event.objects.filter(account=organizer.account_id, kind__startswith="organizer_")
    return list(events.filter(data__item=organizer.pk).order_by("-pk")[:MOST_EVENTS])


def answers_of_jobs(links: Mapping[int, Collection[LinkFacts]]) -> dict[int, dict[str, Any]]:
    """What was answered in the submitted ones of each job's items, by `answer_key`; the newest counts. Two queries."""
    hangs_on: dict[int, list[int]] = defaultdict(list)
    for job, on_job in links.items():
        for link in on_job:
            if link.kind == Organizer.KIND:
                hangs_on[link.item].append(job)
    if not hangs_on:
        return {}
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in with_answers(_submitted_rows(hangs_on)):
        given = {each.question: each.value for each in row.answers.all()}
        for job in hangs_on[row.pk]:
            found[job] |= for_conditions(row.read(), given)
    return found


@composed
def _submitted_rows(numbers: Collection[int]) -> QuerySet[Organizer]:
    rows = Organizer.objects.filter(pk__in=numbers, state="submitted")
    return rows.order_by("finished_at", "pk")
