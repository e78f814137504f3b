"""What the worker clears away: uploads nobody goes on with, the bin after its time, bytes without a row."""

from __future__ import annotations

from django.db import transaction

from clearstage.events.record import record
from clearstage.kernel import clock
from clearstage.kernel.actor import the_firm

from .. import storage
from ..limits import KEPT_IN_BIN
from ..models import File, Leftover, Upload
from .storing import happening, let_go
from .uploads import drop_uploads


def drop_old_uploads(limit: int) -> int:
    """Uploads whose time is over; answers how many."""
    with transaction.atomic():
        old = list(Upload.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")[:limit])
        drop_uploads(old)
    return len(old)


def empty_the_bin(limit: int) -> int:
    """Files that lay in the bin for 30 days: the rows stay, the bytes go. Answers how many."""
    purged = 0
    old = File.objects.filter(binned_at__lte=clock.now() - KEPT_IN_BIN, purged_at=None)
    for file in list(old.order_by("binned_at")[:limit]):
        with transaction.atomic():
            if not old.filter(pk=file.pk).update(purged_at=clock.now()):
                continue  # restored, or purged by another worker, a moment ago
            let_go([file.stored])
            record(the_firm(), happening("file_purged", file))
            purged += 1
    return purged


def delete_leftovers(limit: int) -> int:
    """Bytes for which no row speaks any more; answers how many names were looked after."""
    due = list(Leftover.objects.filter(after__lte=clock.now()).order_by("after")[:limit])
    for leftover in due:
        storage.place().delete(leftover.stored)
        leftover.delete()
    return len(due)
