"""The list itself: one thing more, one thing less, and putting the whole away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _t

from clearstage.asking.operations import Followed, change, jobs_of, locked, tell
from clearstage.jobs.models import LinkedItem
from clearstage.jobs.operations.automove import release
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Refused
from clearstage.messaging.operations.reminders import restart_reminders, stop_reminders

from ..finishing import WITH_THE_CLIENT
from ..models import ClientRequest, RequestEntry
from ..policies import can_manage_requests
from ..spec import LONGEST_TITLE, EntrySpec
from ..templates import MOST_ENTRIES
from .notices import take_back_new, take_back_request, tell_of_new
from .standing import about, entries_of, entry_in, follow, judge

LONGEST_HELP = 2_000


def add_entry(actor: Actor, request: int, spec: EntrySpec) -> RequestEntry:
    """One thing more on a list that is still open; the client is told."""
    spec = _checked(spec)
    with transaction.atomic():
        row = still_open(actor, request)
        if row.entries.count() >= MOST_ENTRIES:
            raise Refused([_t("A list holds at most {most} things.").format(most=MOST_ENTRIES)])
        entry = RequestEntry.objects.create(
            request=row,
            n=row.entries_made + 1,
            title=spec.title,
            help=spec.help,
            kind=spec.kind,
            required=spec.required,
            critical=spec.critical,
            due=spec.due,
        )
        change(row, entries_made=entry.n)
        event = tell(actor, row, "request_entry_added", about(entry))
        tell_of_new(row, entry, event)
        return entry


def withdraw_entry(actor: Actor, request: int, n: int) -> Followed:
    """It is no longer asked for. What has been answered is judged instead, and the last required one stays."""
    with transaction.atomic():
        row = still_open(actor, request)
        entries = entries_of(row)
        entry = entry_in(entries, n)
        if entry.state not in WITH_THE_CLIENT:
            text = _t("“{entry}” has been answered; accept it, or return it first.")
            raise Refused([text.format(entry=entry.title)])
        entries.remove(entry)
        if not any(each.required for each in entries):
            raise Refused([_t("It is the last thing that is required. Archive the request instead.")])
        entry.delete()
        take_back_new(row, n)
        return follow(actor, row, judge(actor, row, entries, "request_entry_withdrawn", about(entry)))


def archive_request(actor: Actor, request: int) -> Followed:
    """Put away: the client does not see it any more, and jobs wait for it no longer. That finishes nothing (L5).

    Again changes nothing.
    """
    with transaction.atomic():
        row = locked(ClientRequest, actor, request)
        can_manage_requests(actor).demand()
        if row.state == "archived":
            return Followed(row, None)
        change(row, state="archived")
        stop_reminders(row.KIND, [row.pk])
        take_back_request(row)
        _links(row).update(holds=False)
        event = tell(actor, row, "request_archived")
        return Followed(row, release(actor, jobs_of(row.KIND, row.pk), cause=event))


def restore_request(actor: Actor, request: int) -> Followed:
    """Back as it was; jobs that are still in the stay it belongs to wait for it again. Again changes nothing."""
    with transaction.atomic():
        row = locked(ClientRequest, actor, request)
        can_manage_requests(actor).demand()
        if row.state != "archived":
            return Followed(row, None)
        finished = row.finished_at is not None
        change(row, state="finished" if finished else "open")
        _links(row).update(holds=True)
        if not finished:
            restart_reminders(row.KIND, [row.pk])
        tell(actor, row, "request_restored")
        return Followed(row, None)


def _links(row: ClientRequest) -> QuerySet[LinkedItem]:
    return LinkedItem.objects.filter(kind=row.KIND, item=row.pk, finished_at=None)


def still_open(actor: Actor, request: int) -> ClientRequest:
    """The request, locked, for whoever may change its list; `Refused` where it is finished."""
    row = locked(ClientRequest, actor, request)
    can_manage_requests(actor).demand()
    if not row.is_open:
        raise Refused([_t("“{title}” is finished; make a new request.").format(title=row.title)])
    return row


def _checked(spec: EntrySpec) -> EntrySpec:
    checks = Checks()
    checks.storable({"title": spec.title, "help": spec.help})
    title = checks.line("title", spec.title, LONGEST_TITLE)
    help_text = checks.text("help", spec.help, LONGEST_HELP)
    checks.one_of("kind", spec.kind, [kind for kind, _label in RequestEntry.KINDS])
    if spec.critical and not spec.required:
        checks.wrong("critical", _t("what is critical is required, too"))
    checks.demand()
    return EntrySpec(title, help_text, spec.kind, spec.required, spec.critical, spec.due)
