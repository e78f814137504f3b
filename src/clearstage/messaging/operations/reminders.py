"""Reminders of items that wait for the client: set, stopped and begun anew by the kinds the items are of.

All of these are part of a recorded command, within its transaction, never commands of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from clearstage.firm.queries import firm_row
from clearstage.jobs.models import LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.rows import insert_rows, update_rows

from ..models import Reminder
from ..reminder_plan import ReminderPlan

_PLAN = ("first_days", "every_days", "most", "then_status")


@dataclass(frozen=True, slots=True)
class Reminding:
    """An item whose clients are to be reminded; without a plan they are not."""

    kind: str
    item: int
    account: int
    plan: ReminderPlan | None


def set_reminders(wanted: Sequence[Reminding]) -> None:
    """Remind from now on, in place of what was set before; a fixed number of queries."""
    stop = [each for each in wanted if each.plan is None]
    for kind in {each.kind for each in stop}:
        stop_reminders(kind, [each.item for each in stop if each.kind == kind])
    zone = firm_zone()
    rows = {
        (each.kind, each.item): (
            each.plan.first, each.plan.every, each.plan.at_most, each.plan.then_status,
            days_on(each.plan.first, zone), 0, None, each.kind, each.item,
        )
        for each in wanted
        if each.plan is not None
    }  # fmt: skip
    if not rows:
        return
    accounts = {(each.kind, each.item): each.account for each in wanted}
    insert_rows(
        Reminder,
        (*_PLAN, "next_at", "sent", "stopped_at", "kind", "item", "account", "number"),
        [(*row, accounts[key], 0) for key, row in rows.items()],
        ignore_conflicts=True,
    )
    update_rows(Reminder, (*_PLAN, "next_at", "sent", "stopped_at"), ("kind", "item"), list(rows.values()))


def stop_reminders(kind: str, items: Collection[int]) -> None:
    """The items no longer wait: submitted, closed, archived. Stopping twice changes nothing."""
    Reminder.objects.filter(kind=kind, item__in=items, stopped_at=None).update(stopped_at=clock.now())


def restart_reminders(kind: str, items: Collection[int]) -> None:
    """The items wait again (reopened, returned): their reminders are counted from now, by the plan they have."""
    rows = list(Reminder.objects.filter(kind=kind, item__in=items).values_list("first_days", "pk"))
    zone = firm_zone()
    update_rows(
        Reminder,
        ("next_at", "sent", "stopped_at"),
        ("id",),
        [(days_on(days, zone), 0, None, pk) for days, pk in rows],
    )


def follow_statuses(pipeline: int, names: Mapping[str, str]) -> None:
    """Reminders under way give the status that theirs is now called; `names` are those of this pipeline.

    One whose item also hangs on a job of another pipeline that has a status of the old name stays as it is.
    """
    here = LinkedItem.objects.filter(kind=OuterRef("kind"), item=OuterRef("item"))
    elsewhere = here.exclude(job__pipeline=pipeline).filter(
        job__pipeline__statuses__name__iexact=OuterRef("then_status")
    )
    rows = Reminder.objects.filter(
        Exists(here.filter(job__pipeline=pipeline)), ~Exists(elsewhere), then_status__isnull=False
    )
    update_rows(
        Reminder,
        ("then_status",),
        ("id",),
        [
            (names[name.casefold()], pk)
            for pk, name in rows.values_list("pk", "then_status")
            if name is not None and name.casefold() in names
        ],
    )


def days_on(days: int, zone: ZoneInfo) -> datetime:
    """So many days from now at the same time of day on the firm's wall."""
    local = clock.now().astimezone(zone)
    return (local + timedelta(days=days)).astimezone(UTC)


def firm_zone() -> ZoneInfo:
    return ZoneInfo(firm_row().timezone)
