"""Making asking items: many at once for plans, one by hand; both tell the client and set reminders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.engine.dates import When
from clearstage.engine.planned import PlannedAccount, PlannedJob
from clearstage.engine.sentences import Sentence
from clearstage.engine.translations import Translations, said
from clearstage.firm.queries import firm_row
from clearstage.jobs.gather import gather
from clearstage.jobs.kinds import Needs
from clearstage.jobs.operations.links import link_item, locked_job
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound, Refused
from clearstage.kernel.rows import allocate_ids, insert_rows
from clearstage.messaging.operations.client_notices import ClientNotice, tell_clients
from clearstage.messaging.operations.reminders import Reminding, set_reminders
from clearstage.messaging.reminder_plan import ReminderPlan

from .models import AskedItem
from .operations import tell

COLUMNS = ("id", "title", "account", "state", "due", "made_by", "version", "translations", "created_at")


@dataclass(frozen=True, slots=True)
class AskSpec:
    """What an asking item is made from, however it comes about. `content` is the kind's own, without shortcodes.

    `translations` are what its texts are in other languages, without shortcodes too (`PlannedJob.translations`).
    """

    title: str
    content: Any
    due: date | None = None
    due_as: When | None = None
    reminders: ReminderPlan | None = None
    translations: Translations = field(default_factory=dict)

    def fingerprint(self) -> tuple[Any, ...]:
        plan = self.reminders.model_dump_json() if self.reminders else None
        return (self.title, repr(self.content), str(self.due_as), plan, repr(self.translations))


@dataclass(frozen=True, slots=True)
class NewAsk:
    """An item to be made, under an id that has been reserved for it."""

    id: int
    account: int
    spec: AskSpec
    made_by: str = ""
    job: int | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """How a kind makes its items.

    `state` is the first one; `columns` and `values(ask)` are the kind's own columns; `ask(title)` is what the client is
    told to do. `parts(asks)` writes the rows that hang on the new ones. `waits(spec)` is False for an item that asks
    for nothing yet tells something.
    """

    model: type[AskedItem]
    state: str
    ask: Callable[[str], Sentence]
    columns: tuple[str, ...] = ()
    values: Callable[[NewAsk], tuple[Any, ...]] = lambda ask: ()
    parts: Callable[[Sequence[NewAsk]], None] = lambda asks: None
    waits: Callable[[AskSpec], bool] = lambda spec: True


def make(
    making: Making, asks: Sequence[NewAsk], *, hold_until: datetime, action: int | None
) -> dict[int, list[str]]:
    """Write the items, tell their clients and set reminders: a fixed number of queries. Links are the caller's to make.

    Answers the keys of the deliveries by item, for undo.
    """
    now = clock.now()
    rows = [
        (
            ask.id, ask.spec.title[:300], ask.account, making.state, ask.spec.due, ask.made_by, 1,
            ask.spec.translations, now,
            *making.values(ask),
        )
        for ask in asks
    ]  # fmt: skip
    insert_rows(making.model, (*COLUMNS, *making.columns), rows)
    making.parts(asks)
    kind = making.model.KIND
    set_reminders([Reminding(kind, ask.id, ask.account, ask.spec.reminders) for ask in asks])
    told: dict[int, list[str]] = {}
    keys = tell_clients([_notice(making, ask, action) for ask in asks], hold_until=hold_until)
    for key in keys:
        told.setdefault(int(key.split(":")[2]), []).append(key)
    return told


def _notice(making: Making, ask: NewAsk, action: int | None) -> ClientNotice:
    title = said(ask.spec.title, ask.spec.translations)
    kind, words = making.model.KIND, making.ask(title)
    return ClientNotice(
        f"asked:{kind}:{ask.id}",
        ask.account,
        words,
        words,
        (kind, ask.id),
        ask.job,
        ask.event,
        action,
        ask.spec.due,
        until_done=making.waits(ask.spec),
        about=title,
    )


def as_planned(actor: Actor, job: int, needs: Needs) -> PlannedJob:
    """The job as automations see it, so that what is made by hand fills its texts in the same way (T4).

    Raises `NotFound` for a job that the actor does not see.
    """
    facts = gather(actor, jobs=[job], more=needs)
    if not facts.jobs:
        raise NotFound
    [row] = facts.jobs
    return PlannedJob(facts, row, PlannedAccount(facts.accounts[row.account]))


def make_by_hand(actor: Actor, making: Making, job: int, spec: AskSpec, *, scope: str | None = None) -> int:
    """Make an item on a job, which waits for it in its present stay (L2); the caller holds the transaction and has
    asked whether the actor may. Answers the item's number.

    `Refused` where the account has nobody who could be asked, as automations are (A11).
    """
    row = locked_job(actor, job)
    _demand_somebody(row.account)
    number = allocate_ids({making.model: 1})[making.model][0]
    make(making, [NewAsk(number, row.account_id, spec, job=row.pk)], hold_until=held_until(), action=None)
    link_item(row, making.model.KIND, number, holds=making.waits(spec), due=spec.due, scope=scope)
    item = making.model.objects.get(pk=number)  # type: ignore[attr-defined]
    tell(actor, item, f"{making.model.KIND}_sent")
    return number


def _demand_somebody(account: Account) -> None:
    if not account.contact_links.filter(Q(login=True) | Q(notify=True)).exists():
        text = _t("{account} has no contact who could be asked")
        raise Refused([text.format(account=account.name)])


def held_until() -> datetime:
    """Until when what is sent now is held back, so that it can be taken back unsent (M9)."""
    return clock.now() + timedelta(minutes=firm_row().hold_minutes)
