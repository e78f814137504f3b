"""What is done with files that are there: shared, thrown away, taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from clearstage.events.record import record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound

from ..models import File
from ..policies import can_bin, can_restore, can_share
from .storing import happening


def share_file(actor: Actor, file: int, shared: bool) -> File:
    """Open a file to the account's clients, or close it to them. What is so already is no change."""
    with transaction.atomic():
        row = _locked(File.objects.visible_to(actor), file)
        if row.shared == shared:
            return row
        can_share(actor, row).demand()
        row.shared = shared
        row.save(update_fields=["shared"])
        record(actor, happening("file_shared" if shared else "file_unshared", row))
        return row


def bin_file(actor: Actor, file: int) -> File:
    """Into the bin: clients see it no longer, and after 30 days its bytes are gone. Again changes nothing."""
    with transaction.atomic():
        row = _locked(File.objects.visible_to(actor), file, or_binned_by=actor)
        if row.binned_at is not None:
            return row
        can_bin(actor, row).demand()
        row.binned_at = clock.now()
        row.binned_by_member_id = actor.member_id
        row.binned_by_contact_id = actor.id if actor.kind == "contact" else None
        row.save(update_fields=["binned_at", "binned_by_member", "binned_by_contact"])
        record(actor, happening("file_binned", row))
        return row


def restore_file(actor: Actor, file: int) -> File:
    """Out of the bin, as it was. Again changes nothing."""
    with transaction.atomic():
        row = _locked(File.objects.visible_to(actor), file, or_binned_by=actor)
        if row.binned_at is None:
            return row
        can_restore(actor, row).demand()
        row.binned_at = row.binned_by_member_id = row.binned_by_contact_id = None
        row.save(update_fields=["binned_at", "binned_by_member", "binned_by_contact"])
        record(actor, happening("file_restored", row))
        return row


def _locked(visible: QuerySet[File], file: int, or_binned_by: Actor | None = None) -> File:
    list(File.objects.select_for_update().filter(pk=file).values_list("pk"))
    row = visible.filter(pk=file).first()
    if row is None and or_binned_by is not None:
        row = File.objects.binned_by(or_binned_by).filter(pk=file).first()
    if row is None:
        raise NotFound
    return row
