"""What the firm does with organizers besides reading: archive, seal, another due date."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.operations import change, change_due, locked, tell
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused
from clearstage.messaging.operations.reminders import stop_reminders

from ..models import Organizer
from ..policies import can_manage_organizers


def archive_organizer(actor: Actor, organizer: int) -> Organizer:
    """The client sees it no longer. That is not submitting: its jobs wait for it until it is taken off them."""
    with transaction.atomic():
        row = _managed(actor, organizer)
        if row.state == "archived":
            return row
        if row.state == "submitted":
            message = _t("“{title}” is submitted and holds nothing; only what still waits is archived.")
            raise Refused([message.format(title=row.title)])
        change(row, state="archived")
        stop_reminders("organizer", [row.pk])
        tell(actor, row, "organizer_archived")
        return row


def seal_organizer(actor: Actor, organizer: int) -> Organizer:
    """What was submitted stays as it is for good: it is never opened again."""
    with transaction.atomic():
        row = _managed(actor, organizer)
        if row.sealed:
            return row
        if row.state != "submitted":
            raise Refused([_t("Only what is submitted can be sealed.")])
        change(row, sealed_at=clock.now())
        tell(actor, row, "organizer_sealed")
        return row


def set_due(actor: Actor, organizer: int, due: date | None) -> Organizer:
    """Another due date, for the client and on the boards."""
    with transaction.atomic():
        row = _managed(actor, organizer)
        if row.due == due:
            return row
        if not row.answerable:
            raise Refused([_t("“{title}” waits for nobody.").format(title=row.title)])
        change_due(actor, row, due)
        return row


def _managed(actor: Actor, organizer: int) -> Organizer:
    row = locked(Organizer, actor, organizer)
    can_manage_organizers(actor).demand()
    return row
