"""The caller's own inbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field

from clearstage.clients.models import Account
from clearstage.engine.sentences import render as in_words
from clearstage.firm.queries import the_firm_row
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of, public_id
from clearstage.messaging.inbox import entries_of, entries_shown
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox_marks import mark_done, mark_read, snooze

from . import schemas
from .auth import Asked
from .fields import Answer, Day, Input
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Inbox")


class EntryChanges(Input):
    """What is not sent stays."""

    read: bool = True
    done: bool = True
    snoozed_until: Annotated[
        Day | None, Field(description="Comes back unread at eight that morning; null: at once")
    ] = None


class Entry(Answer):
    id: str
    kind: str
    text: str
    count: Annotated[int, Field(description="Of how many things it tells: what happens while it is unread")]
    at: Annotated[datetime, Field(description="Of the last of them")]
    account: schemas.Named | None
    job: schemas.Named | None
    read: bool
    done: bool
    snoozed_until: date | None


class InboxAsked(Paging):
    show: Annotated[
        Literal["open", "unread", "snoozed", "done"], Field(description="“open” leaves out what is put off")
    ] = "open"


@noun.reads("/inbox", schemas.Page[Entry], summary="List what one was told")
def list_inbox(request: Asked, asked: Query[InboxAsked]) -> Any:
    """The newest first."""
    rows, following = page_of(entries_shown(request.actor, asked.show), asked, "-at", "-id")
    return {"results": _documents(request.actor, rows), "next": following}


@noun.writes("PATCH", "/inbox/{entry}", Entry, summary="Read, put off or deal with an entry")
def change_entry(request: Asked, entry: str, body: EntryChanges) -> Any:
    number = number_of("notice", entry) or 0
    row = entries_of(request.actor).filter(pk=number).first()
    if row is None:
        raise NotFound
    sent = body.model_fields_set
    with transaction.atomic():
        if "done" in sent:
            mark_done(request.actor, number, body.done)
        if "snoozed_until" in sent:
            snooze(request.actor, number, body.snoozed_until)
        if "read" in sent:
            mark_read(request.actor, number, body.read)
    return _documents(request.actor, [entries_of(request.actor).get(pk=number)])[0]


def _documents(actor: Actor, rows: list[InboxEntry]) -> list[dict[str, Any]]:
    """What is closed to the reader by now is not named (X4)."""
    jobs = _names(Job.objects.visible_to(actor), [row.job_id for row in rows])
    accounts = _names(Account.objects.visible_to(actor), [row.account_id for row in rows])
    firm = the_firm_row()
    zone = ZoneInfo(firm.timezone if firm else "UTC")
    return [
        {
            "id": public_id("notice", row.pk),
            "kind": row.kind,
            "text": in_words(row.said, _t),
            "count": row.count,
            "at": row.at,
            "account": _named("account", row.account_id, accounts),
            "job": _named("job", row.job_id, jobs),
            "read": row.read_at is not None,
            "done": row.done_at is not None,
            "snoozed_until": row.snoozed_until.astimezone(zone).date() if row.snoozed_until else None,
        }
        for row in rows
    ]


def _names(visible: Any, numbers: list[int | None]) -> dict[int, str]:
    return dict(visible.filter(pk__in=[each for each in numbers if each]).values_list("pk", "name"))


def _named(noun: str, number: int | None, names: dict[int, str]) -> dict[str, str] | None:
    return {"id": public_id(noun, number), "name": names[number]} if number in names else None
