"""What clients are told of single entries, and taking it back as long as it has not gone out."""

from __future__ import annotations

from datetime import timedelta

from clearstage.asking.operations import jobs_of
from clearstage.clients.models import AccountContact
from clearstage.engine.sentences import Sentence, _, say
from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.messaging.operations.client_notices import ClientNotice, take_back_notices, tell_clients

from .. import wording
from ..models import ClientRequest, RequestEntry


def tell_of_return(row: ClientRequest, entry: RequestEntry, event: int) -> None:
    """Each time it comes back, held back as other messages are (M9); several go out in one e-mail."""
    subject = say(_("One thing came back: {entry}"), entry=row.translated(entry.title))
    text = wording.came_back(row.translated(entry.title), entry.reason)
    _tell(row, entry, _returned(row, entry), subject, text, event)


def tell_of_new(row: ClientRequest, entry: RequestEntry, event: int) -> None:
    """One more thing stands on a list the client has already."""
    subject = say(_("One more thing is needed: {entry}"), entry=row.translated(entry.title))
    _tell(row, entry, _added(row, entry.n), subject, subject, event)


def take_back_return(row: ClientRequest, entry: RequestEntry) -> None:
    """It was accepted after all."""
    _take_back(row, _returned(row, entry))


def take_back_new(row: ClientRequest, n: int) -> None:
    """It is not needed after all."""
    _take_back(row, _added(row, n))


def take_back_request(row: ClientRequest) -> None:
    """The whole list is not needed."""
    _take_back(row, f"asked:{row.KIND}:{row.pk}")


def _returned(row: ClientRequest, entry: RequestEntry) -> str:
    return f"entry_returned:{row.pk}:{entry.n}:{entry.returns}"


def _added(row: ClientRequest, n: int) -> str:
    return f"entry_added:{row.pk}:{n}"


def _tell(
    row: ClientRequest, entry: RequestEntry, key: str, subject: Sentence, text: Sentence, event: int
) -> None:
    jobs = jobs_of(row.KIND, row.pk)
    notice = ClientNotice(
        key,
        row.account_id,
        subject,
        text,
        (row.KIND, row.pk),
        jobs[0] if jobs else None,
        event,
        due=entry.due or row.due,
        about=row.translated(row.title),
        apart=True,
    )
    firm = firm_row()
    tell_clients([notice], hold_until=clock.now() + timedelta(minutes=firm.hold_minutes))


def _take_back(row: ClientRequest, key: str) -> None:
    contacts = AccountContact.objects.filter(account=row.account_id).values_list("contact_id", flat=True)
    take_back_notices([f"{key}:{contact}" for contact in contacts])
