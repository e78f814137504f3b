"""What happened, and what went or will go outside."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.jobs.models import Job
from clearstage.jobs.queries import event_document, get_job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid
from clearstage.kernel.ids import number_of, public_id
from clearstage.kernel.settled import settled_up_to
from clearstage.outbox.models import Delivery as Row
from clearstage.outbox.operations import present_state

from . import schemas
from .auth import Asked
from .fields import FIRST_YEAR, LAST_YEAR, Answer, Word
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Events and deliveries")


class Delivery(Answer):
    """A message to the outside."""

    key: str
    kind: str
    to: str
    state: Literal["held", "due", "sent", "failed", "undone"]
    at: datetime = Field(description="When it went out; before that, when it is to go out")
    job: str | None


class EventsAsked(Paging):
    since: Annotated[
        Word | None,
        Field(
            description="Only what came after: the id of an event, or a moment such as 2026-04-15T08:00:00Z"
        ),
    ] = None


class DeliveriesAsked(Paging):
    job: Word | None = None


@noun.reads("/jobs/{job}/events", schemas.Page[schemas.Event], summary="Read what happened to a job")
def list_job_events(request: Asked, job: str, asked: Query[Paging]) -> Any:
    """Oldest first, each in words and with why."""
    row = get_job(request.actor, number_of("job", job))
    return _page(Event.objects.filter(job=row.pk), asked)


@noun.reads("/events", schemas.Page[schemas.Event], summary="Read what happened")
def list_events(request: Asked, asked: Query[EventsAsked]) -> Any:
    """Oldest first. Of jobs and accounts that the caller sees; what concerns the firm itself, for owner and admins.

    Whoever asks again and again with the id of the last event he was given misses none: an event is answered as soon
    as none can come before it any more.
    """
    events = _visible(request.actor).filter(pk__lte=settled_up_to(Event))
    if asked.since is not None:
        events = events.filter(_since(asked.since))
    return _page(events, asked)


@noun.reads("/deliveries", schemas.Page[Delivery], summary="List messages to the outside")
def list_deliveries(request: Asked, asked: Query[DeliveriesAsked]) -> Any:
    """The ledger of what is held, due, sent, failed or undone, for the jobs the caller sees."""
    rows = Row.objects.all()
    if asked.job is not None:
        rows = rows.filter(job=_job(request.actor, asked.job))
    elif not request.actor.runs_the_firm:
        rows = rows.filter(job__in=Job.objects.visible_to(request.actor).values("pk"))
    found, following = page_of(rows, asked)
    return {"results": [_delivery(row) for row in found], "next": following}


def _page(events: QuerySet[Event], asked: Paging) -> dict[str, Any]:
    rows, following = page_of(events, asked)
    return {"results": [event_document(row) for row in rows], "next": following}


def _visible(actor: Actor) -> QuerySet[Event]:
    if actor.runs_the_firm:
        return Event.objects.all()
    of_jobs = Q(job__in=Job.objects.visible_to(actor).values("pk"))
    of_accounts = Q(job=None, account__in=Account.objects.visible_to(actor).values("pk"))
    return Event.objects.filter(of_jobs | of_accounts)


def _since(text: str) -> Q:
    if number := number_of("event", text):
        return Q(pk__gt=number)
    try:
        # In an address “+” stands for a blank.
        moment = parse_datetime(re.sub(r" ([0-9]{2}:?[0-9]{2})$", r"+\1", text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Invalid([("since", _t("has to be the id of an event, or a moment with its time zone"))])
    return Q(at__gt=moment)


def _job(actor: Actor, text: str) -> int:
    number = number_of("job", text)
    if number is None or not Job.objects.visible_to(actor).filter(pk=number).exists():
        raise Invalid([("job", _t("“{id}” is no job").format(id=text))])
    return number


def _delivery(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "kind": row.kind,
        "to": row.to,
        "state": present_state(row),
        "at": row.sent_at or row.not_before,
        "job": public_id("job", row.job) if row.job else None,
    }
