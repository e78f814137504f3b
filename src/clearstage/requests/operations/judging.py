"""What the firm does with what came: it accepts, or returns with a reason. The request is judged each time."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.operations import Followed, change, tell
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, Refused
from clearstage.messaging.operations.reminders import restart_reminders, stop_reminders

from ..finishing import ACCEPTED, REQUESTED, RETURNED, SUBMITTED
from ..models import ClientRequest, RequestEntry
from ..policies import can_manage_requests
from .notices import take_back_return, tell_of_return
from .standing import about, entries_of, entry_in, follow, judge, open_request, remember

LONGEST_REASON = 1_000


def accept_entry(actor: Actor, request: int, n: int, *, seen: int | None = None) -> Followed:
    """It is what was asked for. Again changes nothing (M12).

    `seen` is the number of submissions whoever accepts has looked at: `Refused` where the client sent another since.
    """
    with transaction.atomic():
        row, entries, entry = _to_judge(actor, request, n, seen)
        if entry.state == ACCEPTED:
            return Followed(row, None)
        if entry.state == RETURNED:
            take_back_return(row, entry)  # it has not gone out yet, perhaps
        _judged(actor, row, [entry], state=ACCEPTED)
        return follow(actor, row, judge(actor, row, entries, "request_entry_accepted", about(entry)))


def return_entry(actor: Actor, request: int, n: int, reason: str, *, seen: int | None = None) -> Followed:
    """It goes back to the client with the reason; he is told, and reminded anew. `seen` as when accepting.

    What was finished by it is open again, and no job moves back (L8).
    """
    reason = _checked_reason(reason)
    with transaction.atomic():
        row, entries, entry = _to_judge(actor, request, n, seen)
        if (entry.state, entry.reason) == (RETURNED, reason):
            return Followed(row, None)
        _judged(actor, row, [entry], state=RETURNED, reason=reason, returns=entry.returns + 1)
        judged = judge(actor, row, entries, "request_entry_returned", {**about(entry), "reason": reason})
        tell_of_return(row, entry, judged.event)
        restart_reminders(row.KIND, [row.pk])
        return follow(actor, row, judged)


def accept_all(actor: Actor, request: int) -> Followed:
    """Accept everything that waits to be checked."""
    with transaction.atomic():
        row = open_request(actor, request, can_manage_requests(actor))
        entries = entries_of(row)
        submitted = [entry for entry in entries if entry.state == SUBMITTED]
        if not submitted:
            return Followed(row, None)
        _judged(actor, row, submitted, state=ACCEPTED)
        titles = [entry.title for entry in submitted]
        return follow(actor, row, judge(actor, row, entries, "request_entries_accepted", {"entries": titles}))


def finish_requests(actor: Actor, numbers: Collection[int]) -> None:
    """M3: whatever is not accepted yet counts as accepted; the links are the caller's business."""
    can_manage_requests(actor).demand()
    rows = ClientRequest.objects.select_for_update().filter(pk__in=numbers, state="open").order_by("pk")
    for row in rows:
        waived = list(row.entries.exclude(state=ACCEPTED))
        _judged(actor, row, waived, state=ACCEPTED)
        change(row, state="finished", finished_at=clock.now())
        stop_reminders(row.KIND, [row.pk])
        tell(actor, row, "request_finished", {"waived": len(waived)})


def _to_judge(
    actor: Actor, request: int, n: int, seen: int | None
) -> tuple[ClientRequest, list[RequestEntry], RequestEntry]:
    row = open_request(actor, request, can_manage_requests(actor))
    entries = entries_of(row)
    entry = entry_in(entries, n)
    if entry.state == REQUESTED:
        raise Refused([_t("Nothing has been sent for “{entry}” yet.").format(entry=entry.title)])
    if seen is not None and seen != entry.submissions:
        raise Refused([_t("The client has sent something else in the meantime. Please look at it first.")])
    return row, entries, entry


def _judged(
    actor: Actor, row: ClientRequest, entries: Collection[RequestEntry], state: str, **fields: object
) -> None:
    remember(row, entries)
    fields |= {"state": state, "judged_by": actor.name, "judged_at": clock.now()}
    RequestEntry.objects.filter(pk__in=[each.pk for each in entries]).update(**fields)
    for entry in entries:
        for name, value in fields.items():
            setattr(entry, name, value)


def _checked_reason(reason: str) -> str:
    checks = Checks()
    checks.storable({"reason": reason})
    text = checks.text("reason", reason, LONGEST_REASON)
    if not text and not checks.problems:
        raise Invalid([("reason", _t("please say why, so that the client knows what to do"))])
    checks.demand()
    return text
