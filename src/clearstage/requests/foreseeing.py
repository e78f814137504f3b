"""What would follow if entries were answered or accepted now (F1); nothing is done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clearstage.engine.planner import Plan
from clearstage.jobs.operations.automove import preview_finishing
from clearstage.jobs.operations.outcome import Outcome
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound

from .finishing import ACCEPTED, SUBMITTED
from .models import ClientRequest
from .policies import can_manage_requests, can_submit
from .queries import get_request


@dataclass(frozen=True, slots=True)
class _Standing:
    state: str
    required: bool
    critical: bool


def submitting(actor: Actor, request: int, n: int) -> Outcome:
    """One entry answered."""
    row = get_request(actor, request)
    can_submit(actor).demand()
    return _if_so(actor, row, [_known(row, n)], SUBMITTED)


def accepting(actor: Actor, request: int, entries: Collection[int] | None = None) -> Outcome:
    """These entries accepted, or all that wait to be checked."""
    row = get_request(actor, request)
    can_manage_requests(actor).demand()
    waiting = [entry.n for entry in row.entries.all() if entry.state == SUBMITTED]
    return _if_so(actor, row, waiting if entries is None else [_known(row, n) for n in entries], ACCEPTED)


def _known(row: ClientRequest, n: int) -> int:
    if all(entry.n != n for entry in row.entries.all()):
        raise NotFound
    return n


def _if_so(actor: Actor, row: ClientRequest, changed: Collection[int], state: str) -> Outcome:
    standings = [
        _Standing(state if entry.n in changed else entry.state, entry.required, entry.critical)
        for entry in row.entries.all()
    ]
    if row.is_open and row.rule.finished(standings):
        return preview_finishing(actor, row.KIND, row.pk)
    return Outcome(Plan(()))
