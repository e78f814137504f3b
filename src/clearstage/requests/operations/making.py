"""Making requests: many at once for plans, one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.making import Making, NewAsk, as_planned, make_by_hand
from clearstage.engine.planned import Cannot
from clearstage.engine.sentences import render
from clearstage.jobs.kinds import Needs
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused
from clearstage.kernel.rows import insert_rows

from .. import wording
from ..finishing import REQUESTED
from ..models import ClientRequest, RequestEntry
from ..policies import can_manage_requests
from ..spec import EntrySpec, RequestContent, spec_of
from ..templates import RequestSettings

_ENTRY = (
    "request", "n", "title", "help", "kind", "required", "critical", "due", "state", "text", "not_applicable",
    "reason", "submissions", "returns", "submitted_by", "from_client", "judged_by", "before",
)  # fmt: skip


def insert_entries(rows: Sequence[tuple[int, int, EntrySpec]]) -> None:
    """Write entries: (request, n, what is asked for)."""
    insert_rows(
        RequestEntry,
        _ENTRY,
        [
            (
                request, n, spec.title, spec.help, spec.kind, spec.required, spec.critical, spec.due, REQUESTED, "", "",
                "", 0, 0, "", False, "", "",
            )
            for request, n, spec in rows
        ],
    )  # fmt: skip


def _content(ask: NewAsk) -> RequestContent:
    content: RequestContent = ask.spec.content
    return content


def _values(ask: NewAsk) -> tuple[object, ...]:
    content = _content(ask)
    return (content.intro, content.rule.review, content.rule.rest_percent, len(content.entries))


def _entries(asks: Sequence[NewAsk]) -> None:
    insert_entries([(ask.id, n, spec) for ask in asks for n, spec in enumerate(_content(ask).entries, 1)])


MAKING = Making(
    ClientRequest,
    "open",
    wording.asked,
    ("intro", "review", "rest_percent", "entries_made"),
    _values,
    _entries,
)


def send_request(actor: Actor, job: int, settings: RequestSettings, *, scope: str | None = None) -> int:
    """Ask the client by hand; the job waits for it in its present stay (L2). Answers the request's number.

    Refused where nobody could be asked or the template is not there, as an automation is (A11).
    """
    with transaction.atomic():
        named = frozenset({("request", settings.template)} if settings.template else ())
        planned = as_planned(actor, job, Needs(templates=named, contacts=True))
        can_manage_requests(actor).demand()
        try:
            spec = spec_of(settings, planned)
            if settings.template:
                spec = replace(spec, translations=planned.translations("request", settings.template))
        except Cannot as cannot:
            raise Refused([render(cannot.reason, _t)]) from None
        return make_by_hand(actor, MAKING, job, spec, scope=scope)
