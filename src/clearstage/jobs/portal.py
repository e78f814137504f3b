"""What a client is shown of his jobs (C9, P1): all that the portal, and the API's portal answer, know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import Sentence
from clearstage.engine.translations import Translations, into, said
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.decision import YES, Decision, no
from clearstage.kernel.ids import public_id

from .items import ClientItem, client_item_kind, waiting_for_clients
from .models import Job, JobQuerySet, LinkedItem

RIGHT = "view as client"


@dataclass(frozen=True, slots=True)
class ClientJob:
    """A job as its client knows it. No stage, no job status, no assignee: they are not even fetched (S13)."""

    account_name: str
    job_name: str
    status: str
    color: str
    description: str
    turn: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of To do. `job_name` is the job's name for the client; empty where the item hangs on no job."""

    id: str
    kind: str
    icon: str
    account: int
    title: str
    ask: Sentence
    hint: Sentence | None
    job_name: str
    due: date | None


def work_in_progress(account_ids: Collection[int], language: str = "") -> list[ClientJob]:
    """Every shown, not archived job of these accounts in one query: the client's turn first, then the newest change.

    Statuses are told in the reader's language where they were translated (P4).

    Whoever calls has made sure that the reader may see the accounts.
    """
    return _as_clients_know(_rows_of_accounts(account_ids), language)


@composed
def _rows_of_accounts(accounts: Collection[int]) -> QuerySet[Job, tuple[Any, ...]]:
    return _columns(Job.objects.filter(account__in=accounts))


@composed
def _rows_of_item(kind: str, item: int) -> QuerySet[Job, tuple[Any, ...]]:
    links = LinkedItem.objects.filter(kind=kind, item=item).values("job")
    return _columns(Job.objects.filter(pk__in=links))


def _columns(jobs: JobQuerySet) -> QuerySet[Job, tuple[Any, ...]]:
    shown = jobs.on_the_board().filter(client_shown=True)
    return shown.order_by(F("client_since").desc(nulls_last=True), "-id").values_list(
        "account__name", "client_job_name", "name", "client_status__name", "client_status__color",
        "client_description", "client_status__description", "client_status__turn", "client_since",
        "client_status__translations",
    )  # fmt: skip


def _as_clients_know(rows: Iterable[tuple[Any, ...]], language: str) -> list[ClientJob]:
    return sorted((_client_job(language, *row) for row in rows), key=lambda job: job.turn != "client")


def progress_of(kind: str, item: int, language: str = "") -> list[ClientJob]:
    """The shown jobs that an item hangs on, as their client knows them; one query."""
    return _as_clients_know(_rows_of_item(kind, item), language)


def to_do(accounts: Collection[int], language: str = "") -> list[Todo]:
    """What waits, by due date, what belongs to one job together: a fixed number of queries (P1).

    Titles are in the reader's language where they were translated (P4).

    Whoever calls has made sure that the reader may see the accounts.
    """
    waiting = waiting_for_clients(accounts)
    names = _job_names([(item.kind, item.number) for item in waiting])
    lines = [_line(item, names.get((item.kind, item.number), ""), language) for item in waiting]
    first: dict[tuple[int, str], int] = {}
    for place, line in enumerate(lines):
        first.setdefault((line.account, line.job_name), place)
    return sorted(lines, key=lambda line: first[line.account, line.job_name])


def _line(item: ClientItem, job_name: str, language: str) -> Todo:
    kind = client_item_kind(item.kind)
    assert kind is not None
    number = public_id(item.kind, item.number)
    title = into(item.title, language)
    return Todo(number, item.kind, kind.icon, item.account, title, item.ask, item.hint, job_name, item.due)


def _job_names(items: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What the client calls the job that each (kind, number) hangs on, where it hangs on one; one query.

    An item of several jobs is told of with the oldest that is not archived.
    """
    numbers: dict[str, set[int]] = defaultdict(set)
    for kind, number in items:
        numbers[kind].add(number)
    found = _named_rows(numbers, {item for of_kind in numbers.values() for item in of_kind})
    return {(kind, item): own or name for kind, item, own, name in found if item in numbers[kind]}


@composed
def _named_rows(kinds: Collection[str], items: Collection[int]) -> QuerySet[LinkedItem, tuple[Any, ...]]:
    on_board = Job.objects.on_the_board().values("id")
    rows = LinkedItem.objects.filter(kind__in=kinds, item__in=items, job__in=on_board)
    return rows.order_by("-job_id").values_list("kind", "item", "job__client_job_name", "job__name")


def _client_job(
    language: str,
    account: str,
    own_name: str | None,
    name: str,
    status: str | None,
    color: str | None,
    own: str | None,
    listed: str | None,
    turn: str | None,
    since: datetime | None,
    translations: Translations | None,
) -> ClientJob:
    """C2: the job's own words count as they are, and the list's where it has none."""
    shown = into(said(status or "", translations or {}, "name"), language)
    listed = into(said(listed or "", translations or {}, "description"), language)
    description = own if own is not None else listed
    return ClientJob(account, own_name or name, shown, color or "gray", description, turn or "nobody", since)


def can_view_as_client(actor: Actor) -> Decision:
    """Seeing a client's portal as he sees it (P5)."""
    if actor.kind == "member" and actor.may(RIGHT):
        return YES
    return no(_t("Seeing the portal as a client sees it takes the right “view as client”."))
