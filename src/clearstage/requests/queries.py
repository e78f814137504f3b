"""Reading requests: with their entries and files, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from clearstage.files.models import File
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import LARGEST

from .finishing import SUBMITTED
from .models import ClientRequest, RequestEntry


def with_entries(rows: QuerySet[ClientRequest]) -> QuerySet[ClientRequest]:
    """With account, entries in their order, and the files of each."""
    files = Prefetch("files", File.objects.order_by("pk"))
    entries = Prefetch("entries", RequestEntry.objects.order_by("n").prefetch_related(files))
    return rows.select_related("account").prefetch_related(entries)


def get_request(actor: Actor, number: int | None) -> ClientRequest:
    """One the actor sees, with its entries; `NotFound` for nonsense and for what is closed alike (X4)."""
    return _one(ClientRequest.objects.visible_to(actor), number)


def request_of_portal(accounts: Iterable[int], number: int | None) -> ClientRequest:
    """One that clients of these accounts see, for portal pages: they know the accounts, whoever looks (P5)."""
    rows = ClientRequest.objects.filter(account__in=list(accounts))
    return _one(rows.exclude(state__in=ClientRequest.HIDDEN_STATES), number)


def _one(rows: QuerySet[ClientRequest], number: int | None) -> ClientRequest:
    found = with_entries(rows).filter(pk=number).first() if number and 0 < number <= LARGEST else None
    if found is None:
        raise NotFound
    return found


def requests_to_check(actor: Actor) -> QuerySet[ClientRequest]:
    """Those with something that waits to be checked, what has waited longest first."""
    waiting = RequestEntry.objects.filter(state=SUBMITTED, request__review=True)
    rows = ClientRequest.objects.visible_to(actor).exclude(state="archived")
    return with_entries(rows.filter(pk__in=waiting.values("request"))).order_by("pk")
