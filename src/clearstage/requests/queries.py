"""Reading requests: with their entries and files, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from clearstage.files.models import File
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed, give, hang
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import LARGEST

from .finishing import SUBMITTED
from .models import ClientRequest, EntryFile, RequestEntry


def with_entries(rows: list[ClientRequest]) -> list[ClientRequest]:
    """The same rows, each with its entries in their order."""
    hang(rows, "entries", _entry_rows([row.pk for row in rows]), "request")
    return rows


def with_files(rows: list[ClientRequest]) -> list[ClientRequest]:
    """The same rows, which have their entries, each of these with its files."""
    entries = [entry for row in rows for entry in row.entries.all()]
    files: dict[int, list[File]] = defaultdict(list)
    for each in _file_rows([entry.pk for entry in entries]):
        files[each.entry_id].append(each.file)
    for entry in entries:
        give(entry, "files", files[entry.pk])
    return rows


@composed
def _entry_rows(requests: Collection[int]) -> QuerySet[RequestEntry]:
    return RequestEntry.objects.filter(request__in=requests).order_by("n")


@composed
def _file_rows(entries: Collection[int]) -> QuerySet[EntryFile]:
    return EntryFile.objects.filter(entry__in=entries).select_related("file").order_by("file_id")


def get_request(actor: Actor, number: int | None) -> ClientRequest:
    """One the actor sees, with its entries; `NotFound` for nonsense and for what is closed alike (X4)."""
    return _one(ClientRequest.objects.visible_to(actor), number)


def request_of_portal(accounts: Iterable[int], number: int | None) -> ClientRequest:
    """One that clients of these accounts see, for portal pages: they know the accounts, whoever looks (P5)."""
    rows = ClientRequest.objects.filter(account__in=list(accounts))
    return _one(rows.exclude(state__in=ClientRequest.HIDDEN_STATES), number)


def _one(rows: QuerySet[ClientRequest], number: int | None) -> ClientRequest:
    if number is None or not 0 < number <= LARGEST:
        raise NotFound
    for found in with_files(with_entries(list(rows.filter(pk=number).select_related("account")))):
        return found
    raise NotFound


def requests_to_check(actor: Actor) -> QuerySet[ClientRequest]:
    """Those with something that waits to be checked, what has waited longest first; without their entries."""
    waiting = RequestEntry.objects.filter(state=SUBMITTED, request__review=True)
    rows = ClientRequest.objects.visible_to(actor).exclude(state="archived")
    return rows.filter(pk__in=waiting.values("request")).select_related("account").order_by("pk")
