"""The sweep that reminds clients, and gives jobs a status when all reminders were in vain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from clearstage.engine.facts import JobStatus
from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import Happening, record
from clearstage.firm.models import Firm
from clearstage.firm.queries import the_firm_row
from clearstage.jobs.gather import lock_jobs
from clearstage.jobs.items import ClientItem, client_item_kind
from clearstage.jobs.models import LinkedItem
from clearstage.jobs.operations.moving import give_status
from clearstage.kernel import clock
from clearstage.kernel.actor import the_firm

from ..models import Reminder
from ..queries import who_can_be_asked
from ..quiet import is_quiet
from .client_notices import ClientNotice, tell_clients
from .failed_reminders import failed_reminder, tell_failed_reminder
from .reminders import days_on


def remind_one() -> bool:
    """Send the reminder that has been due for longest, or do what follows the last one; answers whether there was one.

    Safe in several processes at once and whenever one is killed: a reminder is claimed by a conditional update in the
    transaction that writes its message. Nothing is sent while the firm lets its clients be in peace. One that fails is
    told with *Retry* (A11) and waits for that; the others go on.
    """
    firm, now = the_firm_row(), clock.now()
    if firm is None or is_quiet(firm, now):
        return False
    due = Reminder.objects.filter(stopped_at=None, next_at__lte=now).order_by("next_at", "pk").first()
    if due is None:
        return False
    try:
        _see_to(firm, due)
    except (OperationalError, InterfaceError):  # the database's fault, which the next attempt may not meet
        raise
    except Exception as error:
        with transaction.atomic():
            if _claim(due, stopped_at=now):
                tell_failed_reminder(due, _open_jobs(due), error)
    return True


def retry_reminder(event: int) -> bool | None:
    """Send the reminder whose failure the event tells of, or do what follows the last one, because somebody says so.

    Answers whether it could be done, and None where nothing is left to do: it goes on already, or the item waits no
    longer. Where it fails again that is told again. Whoever calls has asked whether the actor may.
    """
    firm, due = the_firm_row(), failed_reminder(event)
    if firm is None or due is None:
        return None
    try:
        with transaction.atomic():
            lock_jobs(_open_jobs(due))
            stopped = Reminder.objects.filter(pk=due.pk, stopped_at=due.stopped_at)
            return (_see_to(firm, due) or None) if stopped.update(stopped_at=None) else None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        with transaction.atomic():
            tell_failed_reminder(due, _open_jobs(due), error)
        return False


def _see_to(firm: Firm, due: Reminder) -> bool:
    """Answers whether the item waits for the client still."""
    with transaction.atomic():
        jobs = _open_jobs(due)
        lock_jobs(jobs)  # before the reminder, as those do who finish the item and then stop its reminders
        item = _still_waiting(due)
        if item is None:
            _claim(due, stopped_at=clock.now())
        elif due.sent < due.most:
            _remind(firm, due, item, jobs)
        else:
            _give_up(due, item, jobs)
        return item is not None


def _claim(due: Reminder, **changes: object) -> bool:
    """Change the reminder if it is still as it was read; whoever comes second finds it changed."""
    as_read = Reminder.objects.filter(pk=due.pk, number=due.number, next_at=due.next_at, stopped_at=None)
    return bool(as_read.update(**changes))


def _open_jobs(due: Reminder) -> list[int]:
    links = LinkedItem.objects.filter(kind=due.kind, item=due.item, finished_at=None)
    return sorted(links.values_list("job_id", flat=True))


def _still_waiting(due: Reminder) -> ClientItem | None:
    kind = client_item_kind(due.kind)
    item = kind.client_items([due.item]).get(due.item) if kind is not None else None
    return item if item is not None and item.waits else None


def _remind(firm: Firm, due: Reminder, item: ClientItem, jobs: Sequence[int]) -> None:
    number = due.number + 1
    if not _claim(
        due, sent=due.sent + 1, number=number, next_at=days_on(due.every_days, ZoneInfo(firm.timezone))
    ):
        return
    names = who_can_be_asked([due.account_id]).get(due.account_id, [])
    data = {**_item_data(due, item), "names": names, "number": due.sent + 1, "most": due.most}
    events = _record("client_reminded", due, data, jobs)
    key = f"reminder:{due.kind}:{due.item}:{number}"
    text = say(_("A reminder: {ask}."), ask=item.ask)
    notice = ClientNotice(
        key,
        due.account_id,
        say(_("A reminder: {title}"), title=item.title),
        _with_hint(text, item.hint),
        (due.kind, due.item),
        jobs[0] if jobs else None,
        events[0],
        due=item.due,
    )
    tell_clients([notice], hold_until=clock.now())


def _with_hint(text: Sentence, hint: Sentence | None) -> Sentence:
    return say(_("{text}\n\n{hint}"), text=text, hint=hint) if hint is not None else text


def _give_up(due: Reminder, item: ClientItem, jobs: Sequence[int]) -> None:
    """All were in vain: the status that is to follow, for Active jobs that wait for the item in their present stay."""
    if not _claim(due, stopped_at=clock.now()):
        return
    if not due.then_status:
        return
    here = LinkedItem.objects.filter(
        kind=due.kind, item=due.item, finished_at=None, job__status=JobStatus.ACTIVE, visit=F("job__visit")
    )
    waiting = sorted(here.filter(job__in=jobs).values_list("job_id", flat=True))
    if waiting:
        data = {**_item_data(due, item), "most": due.most, "status": due.then_status}
        events = _record("reminders_in_vain", due, data, waiting)
        for job, event in zip(waiting, events, strict=True):
            give_status([job], due.then_status, cause=event)


def _item_data(due: Reminder, item: ClientItem) -> dict[str, Any]:
    return {"kind": due.kind, "item": due.item, "title": item.title}


def _record(kind: str, due: Reminder, data: dict[str, Any], jobs: Sequence[int]) -> list[int]:
    """One event for each job the item hangs on; for none, one of the account."""
    return record(
        the_firm(),
        *[Happening(kind, dict(data), job=job, account=due.account_id) for job in (jobs or (None,))],
    )
