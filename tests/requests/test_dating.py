"""Another due date after the request was sent: for the list, and for one thing on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.sentences import render
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.items import waiting_for_clients
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.messaging.operations.reminding import remind_one
from clearstage.outbox.models import Delivery
from clearstage.requests.models import ClientRequest
from clearstage.requests.operations.dating import set_due, set_entry_due
from clearstage.requests.operations.judging import accept_all

from .looking import answered, everything

pytestmark = pytest.mark.django_db
DAY = date(2031, 5, 14)


def wanted_by(ada: Account) -> date | None:
    [item] = waiting_for_clients([ada.pk])
    return item.due


def told(kind: str) -> list[str]:
    return [render(in_words(each.kind, each.data)) for each in Event.objects.filter(kind=kind).order_by("pk")]


def test_the_client_the_board_and_the_history_know_the_new_date(
    job: Job, request_: ClientRequest, owner_actor: Actor, ada: Account
) -> None:
    set_entry_due(owner_actor, request_.pk, 2, None)
    for _ in range(2):  # M12
        set_due(owner_actor, request_.pk, DAY)
    assert wanted_by(ada) == DAY
    assert LinkedItem.objects.get(kind="request").due == DAY
    assert told("request_due_changed") == ["Set the request “Papers for Ada Okafor” due on 2031-05-14"]
    set_due(owner_actor, request_.pk, None)
    assert (wanted_by(ada), LinkedItem.objects.get(kind="request").due) == (None, None)
    assert told("request_due_changed")[1:] == ["Took the due date off the request “Papers for Ada Okafor”"]


def test_one_thing_may_be_wanted_sooner(request_: ClientRequest, owner_actor: Actor, ada: Account) -> None:
    sooner = clock.today("UTC") + timedelta(days=2)
    set_entry_due(owner_actor, request_.pk, 1, sooner)
    assert wanted_by(ada) == sooner
    assert told("request_entry_due_changed") == [
        f"Set “W-2” due on {sooner.isoformat()} (“Papers for Ada Okafor”)"
    ]


def test_reminders_tell_the_date_as_it_is_by_then(request_: ClientRequest, owner_actor: Actor) -> None:
    set_entry_due(owner_actor, request_.pk, 2, None)
    set_due(owner_actor, request_.pk, DAY)
    with clock.at(datetime(2031, 4, 1, 12, tzinfo=UTC)):
        assert remind_one() is True
    assert "May 14, 2031" in Delivery.objects.get(key__startswith="reminder:").payload["text"]


@pytest.mark.parametrize(
    "change", [set_due, lambda actor, request, due: set_entry_due(actor, request, 1, due)]
)
def test_who_may_not_and_what_is_over_keep_their_date(
    request_: ClientRequest,
    client: Actor,
    owner_actor: Actor,
    assistant: Callable[..., Actor],
    change: Any,
) -> None:
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    before = everything()
    with pytest.raises(Refused):
        change(owner_actor, request_.pk, DAY)
    with pytest.raises(Forbidden):
        change(assistant(), request_.pk, DAY)
    with pytest.raises(Forbidden):
        change(client, request_.pk, DAY)
    with pytest.raises(NotFound):
        change(owner_actor, request_.pk + 99, DAY)
    assert everything() == before


def test_a_thing_that_is_not_on_the_list_has_no_date(request_: ClientRequest, owner_actor: Actor) -> None:
    with pytest.raises(NotFound):
        set_entry_due(owner_actor, request_.pk, 9, DAY)
