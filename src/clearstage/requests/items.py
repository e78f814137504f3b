"""Client requests as items that jobs and clients wait for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from clearstage.asking.items import AskedItems
from clearstage.asking.operations import change
from clearstage.jobs.items import ClientItem
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.ids import public_id

from . import wording
from .finishing import RETURNED, STATES, WITH_THE_CLIENT
from .models import ClientRequest, RequestEntry
from .operations.judging import finish_requests
from .operations.making import MAKING
from .queries import with_entries, with_files


class RequestItems(AskedItems[ClientRequest]):
    name = "request"
    model = ClientRequest
    making = MAKING
    icon = "upload"

    def rows(self, numbers: Collection[int]) -> list[ClientRequest]:
        return with_files(super().rows(numbers))

    def told(self, rows: list[ClientRequest]) -> list[ClientRequest]:
        return with_entries(rows)

    def details(self, row: ClientRequest) -> dict[str, Any]:
        entries = list(row.entries.all())
        return {
            "intro": row.intro,
            "review": row.review,
            "finish": {"critical": "all", "rest_percent": row.rest_percent},
            "counts": {state: sum(entry.state == state for entry in entries) for state in STATES},
            "entries": [entry_document(entry) for entry in entries],
        }

    def client_item(self, row: ClientRequest) -> ClientItem:
        entries = list(row.entries.all())
        back = [entry for entry in entries if entry.state == RETURNED]
        # A finished request still asks for what the firm has returned by hand, and for nothing else.
        wanted = [entry for entry in entries if entry.state in WITH_THE_CLIENT] if row.is_open else back
        done = len(entries) - sum(entry.state in WITH_THE_CLIENT for entry in entries)
        questions = bool(wanted) and all(entry.kind == "text" for entry in wanted)
        title, titles = row.translated(row.title), [row.translated(entry.title) for entry in wanted]
        days = [entry.due for entry in wanted if entry.due is not None]
        return ClientItem(
            self.name,
            row.pk,
            row.account_id,
            title,
            wording.ask(titles, questions=questions) if wanted else wording.asked(title),
            bool(wanted),
            min([*days, *([row.due] if row.due else [])], default=None),
            wording.progress(done, len(entries), len(back)) if done or back else None,
        )

    def may_wait(self, accounts: Collection[int]) -> list[ClientRequest]:
        return _rows_with_the_client(accounts)

    def untouched(self, row: ClientRequest) -> bool:
        return row.version == 1

    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        finish_requests(actor, numbers)

    def reopen_row(self, row: ClientRequest) -> None:
        last = row.entries.exclude(before="")
        last.update(state=F("before"), before="", judged_by="", judged_at=None)
        change(row, state="open", finished_at=None)

    def holds(self, number: int) -> bool:
        return not ClientRequest.objects.filter(pk=number, state="archived").exists()


@composed
def _rows_with_the_client(accounts: Collection[int]) -> QuerySet[ClientRequest]:
    entries = RequestEntry.objects.filter(request=OuterRef("pk"))
    waiting = Q(Exists(entries.filter(state__in=WITH_THE_CLIENT)), state="open")
    back = Q(Exists(entries.filter(state=RETURNED)), state="finished")
    return ClientRequest.objects.filter(waiting | back, account__in=accounts).order_by("pk")


def entry_document(entry: RequestEntry) -> dict[str, Any]:
    """An entry as the firm's pages and the API know it."""
    return {
        "n": entry.n,
        "title": entry.title,
        "help": entry.help,
        "kind": entry.kind,
        "required": entry.required,
        "critical": entry.critical,
        "due": entry.due,
        "state": entry.state,
        "text": entry.text,
        "not_applicable": entry.not_applicable,
        "reason": entry.reason if entry.state == RETURNED else "",
        "files": [
            {"id": public_id("file", file.pk), "name": file.name, "size": file.size}
            for file in entry.files.all()
            if file.purged_at is None
        ],
        "submissions": entry.submissions,
        "submitted_by": entry.submitted_by,
        "submitted_at": entry.submitted_at,
        "judged_by": entry.judged_by,
        "judged_at": entry.judged_at,
    }
