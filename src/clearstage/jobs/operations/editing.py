"""Editing a job's own fields and its client-facing block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.engine.facts import ClientBlock, JobStatus
from clearstage.engine.planned import ClientSees
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale

from ..apply import block_values
from ..client_news import ClientNews, tell_client_news
from ..gather import lock_jobs
from ..models import CommandRun, Job, JobAssignee
from ..policies import can_assign, can_edit_job

FIELDS = ("name", "description", "priority", "start", "due", "deadline", "budget_minutes")


def edit_job(
    actor: Actor,
    job: int,
    changes: Mapping[str, Any],
    *,
    assignees: Collection[int] | None = None,
    block: Mapping[str, Any] | None = None,
    version: int | None = None,
    action: int | None = None,
) -> Job:
    """Change fields (`FIELDS`), assignees (member ids) and the client-facing block; what is not named stays.

    `action`, from `begin_edit`, is what the change can be undone by.

    Raises `NotFound`, `Forbidden`, `Stale` where `version` is not the present one, `Refused` for archived jobs. What is
    set to the value it has already is no change and leaves no event.
    """
    with transaction.atomic():
        row = _locked(actor, job, version)
        can_edit_job(actor, row).demand()
        before = {name: getattr(row, name) for name in FIELDS}
        changed = {name: value for name, value in changes.items() if before[name] != value}
        if "name" in changed and not str(changed["name"]).strip():
            raise Invalid([("name", _t("a job needs a name"))])
        told = {name: [plain(before[name]), plain(value)] for name, value in changed.items()}
        if block is not None:
            told |= _change_block(row, block, changed)
        data: dict[str, Any] = {"changes": told, "since": row.client_since}
        if assignees is not None and (people := _change_assignees(actor, row, set(assignees))):
            told["assignees"], data["members"] = people
        if not told:
            return row
        _save(row, changed)
        if row.client_shown and row.client_status:
            data["client_sees"] = {
                "job_name": row.client_job_name or row.name,
                "status": row.client_status.name,
            }
        [event] = record(
            actor, Happening("job_edited", data, job=row.pk, account=row.account_id, action=action)
        )
        _tell_client(row, told.get("client_status"), event, action)
        return row


def begin_edit(actor: Actor) -> int:
    """The action that the edits of one command share, so that they are undone as one (M9)."""
    now = clock.now()
    grace = timedelta(minutes=firm_row().undo_minutes)
    return CommandRun.objects.create(
        kind="edit",
        actor_kind=actor.kind,
        actor=actor.id,
        actor_name=actor.name,
        at=now,
        undo_until=now + grace,
    ).pk


def end_edit(action: int) -> int | None:
    """The action, or None where everything was so already: then there is nothing to undo, and no trace of it."""
    if Event.objects.filter(action=action).exists():
        return action
    CommandRun.objects.filter(pk=action).delete()
    return None


def edit_as_action(
    actor: Actor,
    job: int,
    changes: Mapping[str, Any],
    *,
    assignees: Collection[int] | None = None,
    block: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> int | None:
    """`edit_job` as a command of its own; answers the action that undoes it, or None where nothing was changed."""
    with transaction.atomic():
        action = begin_edit(actor)
        edit_job(actor, job, changes, assignees=assignees, block=block, version=version, action=action)
        return end_edit(action)


def block_of(job: Job) -> ClientBlock:
    return ClientBlock(job.client_shown, job.client_status_id, job.client_description, job.client_job_name)


def _locked(actor: Actor, job: int, version: int | None) -> Job:
    lock_jobs([job])
    row = Job.objects.visible_to(actor).filter(pk=job).first()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Stale(_t("This job was changed by somebody else in the meantime. Nothing was saved."))
    if row.status == JobStatus.ARCHIVED:
        raise Refused([_t("“{job}” is archived; restore it before changing it.").format(job=row.name)])
    return row


def _change_block(row: Job, wanted: Mapping[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    before = block_of(row)
    after = before.with_changes(wanted)
    if after == before:
        return {}
    if after.shown and after.status is None:
        raise Refused([_t("Choose the client-facing status that the client is to be shown.")])
    changed |= {
        "client_shown": after.shown,
        "client_status_id": after.status,
        "client_description": after.description,
        "client_job_name": after.job_name,
        "client_since": clock.now(),
    }
    return {"client_status": [block_values(before), block_values(after)]}


def _tell_client(row: Job, change: list[list[Any]] | None, event: int, action: int | None) -> None:
    """Mail the client his new status, where the firm wants that (C12) and he sees one that is new to him."""
    if change is None or not row.client_shown or row.client_status is None:
        return
    (was_shown, old, *_rest), (_shown, new, *_others) = change
    if was_shown and old == new:
        return
    firm = firm_row()
    if firm.tell_client_status:
        status = row.client_status
        own = row.client_description
        description = own if own is not None else status.said_description
        sees = ClientSees(row.client_job_name or row.name, status.said_name, description, status.turn)
        news = ClientNews(row.pk, row.account_id, sees, event, action)
        tell_client_news([news], clock.now() + timedelta(minutes=firm.hold_minutes))


def _change_assignees(actor: Actor, row: Job, wanted: set[int]) -> tuple[list[Any], list[Any]] | None:
    """Before and after, as names and as ids; None where nobody changes."""
    present = set(JobAssignee.objects.filter(job=row).values_list("member_id", flat=True))
    if wanted == present:
        return None
    can_assign(actor, present ^ wanted).demand()
    active = dict(Member.objects.filter(pk__in=wanted | present).values_list("pk", "name"))
    unknown = (
        wanted
        - set(Member.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
        - present
    )
    if unknown:
        raise Invalid([("assignees", _t("there is no such active member"))])
    JobAssignee.objects.filter(job=row, member__in=present - wanted).delete()
    JobAssignee.objects.bulk_create(
        [JobAssignee(job=row, member_id=member) for member in sorted(wanted - present)]
    )
    names = [sorted(active[each] for each in group if each in active) for group in (present, wanted)]
    return names, [sorted(present), sorted(wanted)]


def _save(row: Job, changed: dict[str, Any]) -> None:
    fields = {**changed, "version": row.version + 1}
    if not Job.objects.filter(pk=row.pk, version=row.version).update(**fields):
        raise Stale(_t("This job was changed by somebody else in the meantime. Nothing was saved."))
    row.refresh_from_db()


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
