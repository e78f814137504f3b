"""What is refused of answers and judgements: bad input, people who may not, two at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.judging import accept_all, accept_entry, return_entry

from .looking import SAID, everything

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "answer", "wrong"),
    [
        ("either", EntryAnswer(), ""),
        ("either", EntryAnswer(text=" \n "), ""),
        ("upload", EntryAnswer(text="no file"), "files"),
        ("text", EntryAnswer(), "text"),
        ("text", EntryAnswer(files=(1,)), "text"),
        ("either", EntryAnswer(text="x", not_applicable="y"), "not_applicable"),
        ("either", EntryAnswer(text="x\x00"), "text"),
        ("either", EntryAnswer(not_applicable="\ud800"), "not_applicable"),
        ("either", EntryAnswer(text="x" * 20_001), "text"),
        ("either", EntryAnswer(not_applicable="x" * 501), "not_applicable"),
        ("either", EntryAnswer(files=tuple(range(1, 102))), "files"),
    ],
)
def test_what_is_no_answer_is_refused_and_leaves_no_trace(
    request_: ClientRequest, client: Actor, kind: str, answer: EntryAnswer, wrong: str
) -> None:
    request_.entries.filter(n=1).update(kind=kind)
    before = everything()
    with pytest.raises(Invalid) as refused:
        submit_entry(client, request_.pk, 1, answer)
    assert refused.value.errors[0][0] == wrong
    assert everything() == before


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 1_001, "why\x00", "\udfff"])
def test_a_return_needs_a_reason_that_can_be_read(
    request_: ClientRequest, client: Actor, owner_actor: Actor, reason: str
) -> None:
    submit_entry(client, request_.pk, 1, SAID)
    before = everything()
    with pytest.raises(Invalid):
        return_entry(owner_actor, request_.pk, 1, reason)
    assert everything() == before


@pytest.mark.parametrize("n", [0, -1, 4, 2**70])
def test_there_are_no_other_entries(request_: ClientRequest, client: Actor, n: int) -> None:
    with pytest.raises(NotFound):
        submit_entry(client, request_.pk, n, SAID)


# Who may


def test_a_stranger_finds_nothing(request_: ClientRequest, stranger: Actor, employee_actor: Actor) -> None:
    for actor in (stranger, employee_actor):  # X4
        for act in (
            lambda actor=actor: submit_entry(actor, request_.pk, 1, SAID),
            lambda actor=actor: accept_entry(actor, request_.pk, 1),
            lambda actor=actor: accept_all(actor, request_.pk),
        ):
            with pytest.raises((NotFound, Forbidden)) as refused:
                act()
            assert refused.type is NotFound


def test_judging_and_answering_for_the_client_take_the_right(
    request_: ClientRequest, client: Actor, assistant: Callable[..., Actor]
) -> None:  # X1
    submit_entry(client, request_.pk, 1, SAID)
    watcher, keeper = assistant(), assistant("requests")
    before = everything()
    for act in (
        lambda: submit_entry(watcher, request_.pk, 2, SAID),
        lambda: accept_entry(watcher, request_.pk, 1),
        lambda: return_entry(watcher, request_.pk, 1, "Why"),
        lambda: accept_all(watcher, request_.pk),
        lambda: accept_entry(client, request_.pk, 1),
        lambda: return_entry(client, request_.pk, 1, "Why"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert everything() == before
    submit_entry(keeper, request_.pk, 2, SAID)
    entry = request_.entries.get(n=2)
    assert (entry.submitted_by, entry.from_client) == ("Cyd Assistant", False)
    accept_all(keeper, request_.pk)


def test_a_read_only_view_changes_nothing(request_: ClientRequest, ada: Account) -> None:  # P5
    from clearstage.clients.queries import contact_actor

    with pytest.raises(Forbidden):
        submit_entry(contact_actor(ada.contacts.get(), read_only=True), request_.pk, 1, SAID)


# At the same time


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_at_once_have_one_effect(
    request_: ClientRequest, client: Actor, in_another_thread: Callable[..., Future[Any]]
) -> None:
    def count() -> tuple[int, int]:
        entry = RequestEntry.objects.get(request=request_.pk, n=1)
        return entry.submissions, Event.objects.filter(kind="request_entry_submitted").count()

    both = [in_another_thread(submit_entry, client, request_.pk, 1, SAID) for _each in range(2)]
    for each in both:
        each.result()
    assert in_another_thread(count).result() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_sending_while_it_is_accepted_leaves_one_of_both(
    request_: ClientRequest, client: Actor, owner_actor: Actor, in_another_thread: Callable[..., Future[Any]]
) -> None:  # M13
    in_another_thread(submit_entry, client, request_.pk, 1, SAID).result()
    new = EntryAnswer(text="Another one")
    sending = in_another_thread(submit_entry, client, request_.pk, 1, new)
    accepting = in_another_thread(lambda: accept_entry(owner_actor, request_.pk, 1, seen=1))
    failures = [type(each.exception()) for each in (sending, accepting)]
    assert failures in ([Refused, type(None)], [type(None), Refused])
    entry = in_another_thread(lambda: RequestEntry.objects.get(request=request_.pk, n=1)).result()
    assert (entry.text, entry.state) in (("Here it is", "accepted"), ("Another one", "submitted"))
