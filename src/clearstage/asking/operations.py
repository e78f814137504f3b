"""The parts that the operations of all asking kinds are made of: lock, change, record, let the jobs follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import Sentence
from clearstage.events.record import Happening, record
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.automove import finish_links, reopen_links
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import NotFound, Stale
from clearstage.messaging.operations.client_notices import redate_notices
from clearstage.messaging.operations.reminders import restart_reminders, stop_reminders
from clearstage.messaging.operations.tell_firm import tell_firm

from .models import AskedItem

I = TypeVar("I", bound=AskedItem)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Followed:
    """An item after a command, and the action that followed for its jobs (an automove, a return to Active), if any."""

    item: Any
    action: int | None


def locked(model: type[I], actor: Actor, number: int) -> I:
    """The item, held until the transaction ends, its jobs first, as every command does. Raises `NotFound`."""
    jobs = _locked_jobs(model.KIND, number)
    found: list[I] = _locked_rows(model, actor, number)
    if not found:
        raise NotFound
    found[0].hangs_on = jobs
    return found[0]


@composed
def _locked_jobs(kind: str, number: int) -> QuerySet[Job, int]:
    hanging = Job.objects.filter(links__kind=kind, links__item=number).order_by("pk")
    return hanging.select_for_update(of=("self",)).values_list("pk", flat=True)


@composed
def _locked_rows(model: type[Any], actor: Actor, number: int) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=number)
    return rows


def jobs_of(kind: str, number: int) -> list[int]:
    """The jobs an item hangs on."""
    return sorted(LinkedItem.objects.filter(kind=kind, item=number).values_list("job_id", flat=True))


def change(row: AskedItem, **fields: Any) -> None:
    """A conditional update: whoever comes second is told (M13)."""
    fields["version"] = row.version + 1
    if not type(row).objects.filter(pk=row.pk, version=row.version).update(**fields):  # type: ignore[attr-defined]
        raise Stale(_t("This was changed by somebody else in the meantime. Nothing was saved."))
    for name, value in fields.items():
        setattr(row, name, value)


def tell(actor: Actor, row: AskedItem, kind: str, data: Mapping[str, Any] | None = None) -> int:
    """Record what happened to the item, in the history of each of its jobs; answers the first event."""
    return tell_all(actor, row, [(kind, data or {})])[0]


def tell_all(actor: Actor, row: AskedItem, happened: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
    """The same for several things that happened at once, in order; answers the first event of each."""
    events = record(actor, *happenings(row, happened))
    return events[:: max(1, len(row.hangs_on))]


def happenings(row: AskedItem, happened: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Happening]:
    """What is to be recorded of it, once for each of its jobs."""
    jobs: list[int | None] = [*row.hangs_on] or [None]
    return [
        Happening(kind, {"item": row.pk, "title": row.title, **data}, job=job, account=row.account_id)
        for kind, data in happened
        for job in jobs
    ]


def change_due(actor: Actor, row: AskedItem, due: date | None) -> None:
    """Another due date, for the client, in notices that are held, in reminders still to come and on the boards; told as
    `KIND_due_changed`."""
    before = row.due
    change(row, due=due)
    LinkedItem.objects.filter(kind=row.KIND, item=row.pk).update(due=due)
    if before is not None:
        redate_notices((row.KIND, row.pk), before, due)
    tell(actor, row, f"{row.KIND}_due_changed", days_told(before, due))


def days_told(before: date | None, due: date | None) -> dict[str, str | None]:
    """What events say of a due date that was changed."""
    return {"before": before.isoformat() if before else None, "due": due.isoformat() if due else None}


def settle(actor: Actor, row: AskedItem, event: int) -> int | None:
    """The item is done: nobody is reminded of it any more, and every job it hangs on is judged (L7)."""
    stop_reminders(row.KIND, [row.pk])
    return finish_links(actor, row.KIND, [row.pk], cause=event)


def unsettle(row: AskedItem) -> None:
    """The item waits for the client again: no job moves back (L8), reminders begin anew."""
    reopen_links(row.KIND, [row.pk])
    restart_reminders(row.KIND, [row.pk])


def tell_the_firm(actor: Actor, row: AskedItem, event: int, text: Sentence) -> None:
    """Put what a client did into the inboxes of those who look after the item's jobs or follow its account (P3):
    one entry for the item as long as that is unread."""
    topic = f"{row.KIND}:{row.pk}"
    tell_firm(actor, event, text, account=row.account_id, jobs=row.hangs_on, topic=topic)
