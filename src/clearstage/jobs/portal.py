"""What a client is shown of his jobs (C9, P1): all that the portal, and the API's portal answer, know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import Sentence
from clearstage.engine.translations import Translations, into, said
from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no
from clearstage.kernel.ids import public_id

from .items import ClientItem, client_item_kind, waiting_for_clients
from .models import Job, LinkedItem

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
    shown = Job.objects.on_the_board().filter(account__in=account_ids, client_shown=True)
    return _as_clients_know(shown, language)


def _as_clients_know(shown: QuerySet[Job], language: str) -> list[ClientJob]:
    rows = shown.order_by(F("client_since").desc(nulls_last=True), "-id").values_list(
        "account__name", "client_job_name", "name", "client_status__name", "client_status__color",
        "client_description", "client_status__description", "client_status__turn", "client_since",
        "client_status__translations",
    )  # fmt: skip
    return sorted((_client_job(language, *row) for row in rows), key=lambda job: job.turn != "client")


def progress_of(kind: str, item: int, language: str = "") -> list[ClientJob]:
    """The shown jobs that an item hangs on, as their client knows them; one query."""
    links = LinkedItem.objects.filter(kind=kind, item=item).values("job")
    return _as_clients_know(Job.objects.on_the_board().filter(pk__in=links, client_shown=True), language)


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
    numbers: dict[str, list[int]] = defaultdict(list)
    for kind, number in items:
        numbers[kind].append(number)
    named = Q(pk__in=())
    for kind, of_kind in numbers.items():
        named |= Q(kind=kind, item__in=of_kind)
    rows = LinkedItem.objects.filter(named, job__in=Job.objects.on_the_board().values("id"))
    found = rows.order_by("-job_id").values_list("kind", "item", "job__client_job_name", "job__name")
    return {(kind, item): own or name for kind, item, own, name in found}


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
