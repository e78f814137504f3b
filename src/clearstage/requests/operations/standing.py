"""How a request stands after each act: finished or open, as its rule says, and what follows for its jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _t

from clearstage.asking.operations import Followed, change, locked, settle, tell_all, unsettle
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import hangs
from clearstage.kernel.decision import Decision
from clearstage.kernel.errors import NotFound, Refused

from ..models import ClientRequest, RequestEntry
from ..queries import with_entries


def open_request(actor: Actor, request: int, may: Decision) -> ClientRequest:
    """The request, locked, for an actor who sees it and may; an archived one asks for nothing any more."""
    row = locked(ClientRequest, actor, request)
    may.demand()
    if row.state == "archived":
        raise Refused([_t("“{title}” is archived; restore it first.").format(title=row.title)])
    return row


def entries_of(row: ClientRequest) -> list[RequestEntry]:
    """In their order, kept on the row; what an act changes is changed in these objects, too, before it is judged."""
    if not hangs(row, "entries"):
        with_entries([row])
    return list(row.entries.all())


def entry_in(entries: Collection[RequestEntry], n: int) -> RequestEntry:
    found = next((entry for entry in entries if entry.n == n), None)
    if found is None:
        raise NotFound
    return found


def about(entry: RequestEntry) -> dict[str, object]:
    """What events say of an entry: nothing of what was answered."""
    return {"n": entry.n, "entry": entry.title}


def remember(row: ClientRequest, entries: Collection[RequestEntry]) -> None:
    """Undo puts these entries back, and no others, where this act of the firm finishes the request."""
    row.entries.exclude(before="").update(before="")
    RequestEntry.objects.filter(pk__in=[each.pk for each in entries]).update(before=F("state"))


@dataclass(frozen=True, slots=True)
class Judged:
    """The event of an act, and that of the request's being finished or open again by it, if it is."""

    event: int
    finished: int | None = None
    reopened: bool = False


def judge(
    actor: Actor, row: ClientRequest, entries: Collection[RequestEntry], act: str, data: Mapping[str, Any]
) -> Judged:
    """Record an act on the entries, and what it makes of the request."""
    finished = row.rule.finished(entries)
    if finished and row.state == "open":
        change(row, state="finished", finished_at=clock.now())
        event, closing = tell_all(actor, row, [(act, data), ("request_finished", {})])
        return Judged(event, finished=closing)
    if not finished and row.state == "finished":
        change(row, state="open", finished_at=None)
        event, _opening = tell_all(actor, row, [(act, data), ("request_reopened", {})])
        return Judged(event, reopened=True)
    change(row)
    return Judged(tell_all(actor, row, [(act, data)])[0])


def follow(actor: Actor, row: ClientRequest, judged: Judged) -> Followed:
    """Every job that waits for it is judged at once (L7); one that has gone on stays where it is (L8)."""
    if judged.reopened:
        unsettle(row)
    action = settle(actor, row, judged.finished) if judged.finished is not None else None
    return Followed(row, action)
