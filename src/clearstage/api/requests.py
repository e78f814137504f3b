"""Client requests: what is answered, accepted and returned; and the list itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from ninja import Body, Query

from clearstage.asking.operations import Followed
from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import number_of
from clearstage.requests import foreseeing
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.dating import set_due, set_entry_due
from clearstage.requests.operations.judging import accept_all, accept_entry, return_entry
from clearstage.requests.operations.listing import (
    add_entry,
    archive_request,
    restore_request,
    withdraw_entry,
)

from .auth import Asked
from .fields import Nothing
from .items import Touched, followed
from .job_inputs import Previewing
from .request_inputs import EntryAnswerInput, NewEntry, RequestChanges, ReturnInput, Seen
from .routing import Noun
from .tasks import Finished

noun = Noun("Requests")
MOST_DIGITS = 6
ENTRY = "/requests/{client_request}/entries/{n}"


@noun.writes("POST", ENTRY + "/submit", Finished, summary="Answer an entry for the client", previews=True)
def submit_request_entry(
    request: Asked, client_request: str, n: str, asked: Query[Previewing], body: EntryAnswerInput
) -> Any:
    """Replaces what was sent before; what has been accepted stays."""
    number, entry = _number(client_request), _entry(n)
    answer = EntryAnswer(body.text, tuple(_files(body.files)), body.not_applicable)
    if asked.preview:
        return _plan(foreseeing.submitting(request.actor, number, entry))
    return _touched(request, submit_entry(request.actor, number, entry, answer))


@noun.writes("POST", ENTRY + "/accept", Finished, summary="Accept an entry", previews=True)
def accept_request_entry(
    request: Asked, client_request: str, n: str, asked: Query[Previewing], body: Seen | None = Body(None)
) -> Any:
    """Where it was the last one that is needed, the request is finished and its jobs are judged at once."""
    number, entry = _number(client_request), _entry(n)
    if asked.preview:
        return _plan(foreseeing.accepting(request.actor, number, [entry]))
    seen = body.submissions if body else None
    return _touched(request, accept_entry(request.actor, number, entry, seen=seen))


@noun.writes("POST", ENTRY + "/return", Touched, summary="Return an entry", rehearses=True)
def return_request_entry(request: Asked, client_request: str, n: str, body: ReturnInput) -> Any:
    """The client is told why. A finished request is open again, and no job moves back (L8)."""
    done = return_entry(request.actor, _number(client_request), _entry(n), body.reason, seen=body.submissions)
    return _touched(request, done)


@noun.writes(
    "POST",
    "/requests/{client_request}/accept-all",
    Finished,
    summary="Accept all that was sent",
    previews=True,
)
def accept_all_entries(
    request: Asked, client_request: str, asked: Query[Previewing], body: Nothing | None = Body(None)
) -> Any:
    number = _number(client_request)
    if asked.preview:
        return _plan(foreseeing.accepting(request.actor, number))
    return _touched(request, accept_all(request.actor, number))


@noun.writes(
    "POST",
    "/requests/{client_request}/entries",
    Touched,
    summary="Ask for one thing more",
    status=201,
    rehearses=True,
)
def add_request_entry(request: Asked, client_request: str, body: NewEntry) -> Any:
    """As long as the request is open; the client is told."""
    entry = add_entry(request.actor, _number(client_request), body.spec())
    return _touched(request, Followed(entry.request, None))


@noun.writes(
    "PATCH",
    "/requests/{client_request}",
    Touched,
    summary="Change a request's due date",
    rehearses=True,
)
def change_client_request(request: Asked, client_request: str, body: RequestChanges) -> Any:
    """As long as it is open. Reminders still to come tell the new date."""
    return _touched(request, set_due(request.actor, _number(client_request), body.due))


@noun.writes("PATCH", ENTRY, Touched, summary="Change an entry's due date", rehearses=True)
def change_request_entry(request: Asked, client_request: str, n: str, body: RequestChanges) -> Any:
    """Without one the date of the request holds."""
    return _touched(request, set_entry_due(request.actor, _number(client_request), _entry(n), body.due))


@noun.writes("DELETE", ENTRY, Touched, summary="No longer ask for something", rehearses=True)
def withdraw_request_entry(request: Asked, client_request: str, n: str) -> Any:
    """What has been answered stays, and so does the last one that is required."""
    return _touched(request, withdraw_entry(request.actor, _number(client_request), _entry(n)))


@noun.writes(
    "POST", "/requests/{client_request}/archive", Touched, summary="Archive a request", rehearses=True
)
def archive_client_request(request: Asked, client_request: str, body: Nothing | None = Body(None)) -> Any:
    """The client no longer sees it and jobs no longer wait for it; that finishes nothing."""
    return _touched(request, archive_request(request.actor, _number(client_request)))


@noun.writes(
    "POST", "/requests/{client_request}/restore", Touched, summary="Restore a request", rehearses=True
)
def restore_client_request(request: Asked, client_request: str, body: Nothing | None = Body(None)) -> Any:
    return _touched(request, restore_request(request.actor, _number(client_request)))


def _number(text: str) -> int:
    number = number_of("request", text)
    if number is None:
        raise NotFound
    return number


def _entry(text: str) -> int:
    """The number of an entry in a path; 0 stands for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else 0


def _files(ids: list[str]) -> list[int]:
    numbers = [number_of("file", each) for each in ids]
    wrong = [
        (f"files[{place}]", _t("“{id}” is no file").format(id=ids[place]))
        for place, number in enumerate(numbers)
        if number is None
    ]
    if wrong:
        raise Invalid(wrong)
    return [number for number in numbers if number is not None]


def _plan(outcome: Outcome) -> dict[str, Any]:
    return {"plan": plan_document(outcome)}


def _touched(request: Asked, done: Followed) -> dict[str, Any]:
    return followed(request.actor, "request", done.item.pk, done.action)
