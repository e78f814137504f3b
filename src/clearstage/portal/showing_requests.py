"""A request, for whoever reads it: one card for each thing that is asked for, with how it stands in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clearstage.files.models import File
from clearstage.kernel.ids import number_of
from clearstage.requests.finishing import ACCEPTED, REQUESTED, RETURNED, WITH_THE_CLIENT
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.queries import request_of_portal

from .principal import Principal


@dataclass(frozen=True, slots=True)
class Card:
    """One thing. `answered` is what the client sees of the answer; `open` where there is something to do."""

    entry: RequestEntry
    words: str
    look: str
    files: list[File]
    may_answer: bool
    open: bool
    key: str
    problems: list[str] = field(default_factory=list)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was wrong with what was sent for one thing, and what was typed."""

    n: int
    problems: list[str]
    typed: Mapping[str, str]


def show_request(request: HttpRequest, principal: Principal, request_id: str) -> HttpResponse:
    return request_page(request, principal, number_of("request", request_id))


def request_page(
    request: HttpRequest, principal: Principal, number: int | None, refusal: Refusal | None = None
) -> HttpResponse:
    """The page, or the page with what was wrong."""
    row = request_of_portal(principal.account_numbers, number)
    cards = [_card(row, entry, refusal) for entry in row.entries.all()]
    in_hand = sum(card.entry.state not in WITH_THE_CLIENT for card in cards)
    context: dict[str, Any] = {
        "principal": principal,
        "page": "home",
        "row": row,
        "cards": cards,
        "several": len(principal.accounts) > 1,
        "done": in_hand,
        "to_do": sum(card.open for card in cards),
        "returned": sum(card.entry.state == RETURNED for card in cards),
        "accepted": all(card.entry.state == ACCEPTED for card in cards),
    }
    return render(request, "portal/request.html", context, status=422 if refusal else 200)


def _card(row: ClientRequest, entry: RequestEntry, refusal: Refusal | None) -> Card:
    words, look = _standing(row, entry)
    mine = refusal if refusal is not None and refusal.n == entry.n else None
    return Card(
        entry,
        words,
        look,
        [file for file in entry.files.all() if file.shared and file.binned_at is None],
        entry.state != ACCEPTED,
        entry.state == RETURNED or (entry.state == REQUESTED and row.is_open),
        uuid4().hex,
        mine.problems if mine else [],
        mine.typed if mine else {"text": entry.text, "not_applicable": entry.not_applicable},
    )


def _standing(row: ClientRequest, entry: RequestEntry) -> tuple[str, str]:
    if entry.state == REQUESTED:
        return (_("Still needed") if entry.required else _("If you have it")), "needed"
    if entry.state == RETURNED:
        return _("Came back"), "back"
    if entry.state == ACCEPTED:
        return (_("Accepted") if entry.submissions else _("No longer needed")), "accepted"
    return (_("Received, being checked") if row.review else _("Received")), "received"
