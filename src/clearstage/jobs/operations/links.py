"""Hanging items on jobs by hand and taking them off (L1, L9, L10)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.engine.facts import JobStatus
from clearstage.events.record import Happening, record
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused

from ..gather import lock_jobs
from ..items import item_kind
from ..models import Job, LinkedItem
from ..policies import can_edit_job
from .automove import release

STAGE, STATUS = "stage", "status"


def locked_job(actor: Actor, job: int) -> Job:
    """The job, locked for this transaction, if the actor may work on it."""
    lock_jobs([job])
    row = Job.objects.visible_to(actor).filter(pk=job).first()
    if row is None:
        raise NotFound
    can_edit_job(actor, row).demand()
    if row.status == JobStatus.ARCHIVED:
        raise Refused([_t("“{job}” is archived; restore it before changing it.").format(job=row.name)])
    return row


def link_existing_item(actor: Actor, job: int, kind: str, item: int, *, scope: str | None = None) -> bool:
    """Hang an item that is there already on a job of the same account, which waits for it in its present stay (L2).

    Answers whether anything was done: linking it where it hangs already changes nothing (M12). Raises `NotFound` for
    items the actor does not see, `Refused` for those of another account or, where they hang on one job only, another
    job.
    """
    of_kind = item_kind(kind)
    with transaction.atomic():
        row = locked_job(actor, job)
        if not of_kind.model.objects.visible_to(actor).filter(pk=item).exists():
            raise NotFound
        # Whoever finishes the item holds its row too: a link is made before that, or sees that it is finished (L10).
        found = of_kind.model.objects.select_for_update().get(pk=item)
        hangs_on = set(LinkedItem.objects.filter(kind=kind, item=item).values_list("job", flat=True))
        if row.pk in hangs_on:
            return False
        if hangs_on and not of_kind.several_jobs:
            raise Refused([_t("“{item}” hangs on another job.").format(item=found.title)])
        if found.account_id != row.account_id:
            raise Refused([_t("“{item}” belongs to another client.").format(item=found.title)])
        link = link_item(row, kind, item, holds=of_kind.holds(item), due=found.due, scope=scope)
        if found.state not in found.OPEN_STATES:
            LinkedItem.objects.filter(pk=link.pk).update(finished_at=found.finished_at)
        of_kind.hung_on([item], row.pk)
        data = {"kind": kind, "item": item, "title": found.title}
        record(actor, Happening("item_linked", data, job=row.pk, account=row.account_id))
        return True


def link_item(
    job: Job, kind: str, item: int, *, holds: bool, due: date | None, scope: str | None
) -> LinkedItem:
    """Hang an item on a locked job, in its present stay: the stage's or the custom status's (S8).

    Without a `scope` an item linked during a custom status is one of the status.
    """
    custom = job.status == JobStatus.CUSTOM
    if scope not in (None, STAGE, STATUS):
        raise Invalid([("scope", _t("either “stage” or “status”"))])
    if scope == STATUS and not custom:
        raise Refused([_t("“{job}” is in no custom status.").format(job=job.name)])
    of_status = custom and scope != STAGE
    return LinkedItem.objects.create(
        job=job,
        kind=kind,
        item=item,
        stage_id=job.stage_id,
        status_id=job.custom_status_id if of_status else None,
        visit=job.status_visit if of_status else job.visit,
        holds=holds,
        due=due,
    )


def unlink_item(actor: Actor, job: int, kind: str, item: int) -> int | None:
    """Take an item off a job; it is not deleted (L9). Automove is judged (L7); answers the action, if one followed."""
    with transaction.atomic():
        row = locked_job(actor, job)
        link = LinkedItem.objects.filter(job=row, kind=kind, item=item).first()
        if link is None:
            raise NotFound
        view = item_kind(kind).views([item]).get(item)
        link.delete()
        item_kind(kind).hung_on([item], None)
        data = {"kind": kind, "item": item, "title": view.title if view else ""}
        [event] = record(actor, Happening("item_unlinked", data, job=row.pk, account=row.account_id))
        return release(actor, [row.pk], cause=event)
