"""How a request stands, for the tests to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.jobs.items import ClientItemKind, client_item_kind, waiting_for_clients
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.messaging.models import InboxEntry
from clearstage.outbox.models import Delivery
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.operations.answering import EntryAnswer, submit_entry

if TYPE_CHECKING:
    pass

SAID = EntryAnswer(text="Here it is")


def states(request: ClientRequest) -> str:
    entries = RequestEntry.objects.filter(request=request.pk).order_by("n")
    return " ".join(entries.values_list("state", flat=True))


def stage(job: Job) -> str:
    return Job.objects.get(pk=job.pk).stage.name


def everything() -> tuple[Any, ...]:
    rows = ClientRequest.objects.order_by("pk").values_list("state", "version")
    return (
        list(rows),
        list(RequestEntry.objects.order_by("pk").values()),
        Event.objects.count(),
        Delivery.objects.count(),
        InboxEntry.objects.count(),
    )


def client_items() -> ClientItemKind:
    kind = client_item_kind("request")
    assert kind is not None
    return kind


def waits(account: Account) -> list[str]:
    return [f"{item.ask} / {item.hint}" for item in waiting_for_clients([account.pk])]


def answered(actor: Actor, request: ClientRequest) -> None:
    """Both required entries."""
    submit_entry(actor, request.pk, 1, SAID)
    submit_entry(actor, request.pk, 2, SAID)
