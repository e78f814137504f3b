"""What members do with tasks: make by hand, complete, cancel, reopen, edit, comment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.jobs.gather import lock_jobs
from clearstage.jobs.models import LinkedItem
from clearstage.jobs.operations.automove import finish_links, reopen_links
from clearstage.jobs.operations.links import link_item, locked_job
from clearstage.jobs.policies import can_assign
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import Invalid, NotFound, Stale
from clearstage.kernel.rows import allocate_ids
from clearstage.messaging.models import Comment
from clearstage.messaging.operations.comments import Commented, checked_comment, keep_comment
from clearstage.messaging.operations.mentions import tell_mentioned

from ..models import Task, TaskAssignee
from ..policies import can_work_on
from ..spec import TaskSpec
from .making import NewTask, insert_tasks

FINISHED = ("completed", "cancelled")
_FIELDS = ("title", "description", "priority", "start", "due", "checklist")


@dataclass(frozen=True, slots=True)
class Finished:
    """The task, and the action that followed (an automove, a return to Active), if any."""

    task: Task
    action: int | None


def create_task(actor: Actor, job: int, spec: TaskSpec, *, scope: str | None = None) -> Task:
    """Make a task by hand on a job; the job waits for it in its present stay (L2)."""
    with transaction.atomic():
        row = locked_job(actor, job)
        can_assign(actor, spec.assignees).demand()
        _demand_active(spec.assignees)
        number = allocate_ids({Task: 1})[Task][0]
        insert_tasks([NewTask(number, row.account_id, row.pk, spec)])
        link_item(row, "task", number, holds=True, due=spec.due, scope=scope)
        data = {"item": number, "title": spec.title}
        record(actor, Happening("task_created", data, job=row.pk, account=row.account_id))
        return Task.objects.get(pk=number)


def complete_task(actor: Actor, task: int) -> Finished:
    """Completed: its job is judged at once (L7). Completing it again changes nothing (M12)."""
    return _finish(actor, task, "completed")


def cancel_task(actor: Actor, task: int) -> Finished:
    """Cancelled counts as finished, as the table of kinds says."""
    return _finish(actor, task, "cancelled")


def reopen_task(actor: Actor, task: int) -> Task:
    """Open again; no job moves back (L8)."""
    with transaction.atomic():
        row = _locked(actor, task)
        if row.state not in FINISHED:
            return row
        _set_state(row, "open")
        reopen_links("task", [row.pk])
        record(actor, _happening("task_reopened", row))
        return row


def start_task(actor: Actor, task: int) -> Task:
    """In progress: somebody is at it."""
    with transaction.atomic():
        row = _locked(actor, task)
        if row.state == "open":
            _set_state(row, "in_progress")
            record(actor, _happening("task_started", row))
        return row


def edit_task(
    actor: Actor,
    task: int,
    changes: Mapping[str, Any],
    *,
    assignees: Collection[int] | None = None,
    version: int | None = None,
) -> Task:
    """Change title, description, priority, dates, checklist or assignees; what is not named stays."""
    with transaction.atomic():
        row = _locked(actor, task)
        if version is not None and row.version != version:
            raise Stale(_t("This task was changed by somebody else in the meantime. Nothing was saved."))
        changed = {
            name: value for name, value in changes.items() if name in _FIELDS and getattr(row, name) != value
        }
        told: dict[str, Any] = {"fields": sorted(changed)}
        if assignees is not None:
            present = set(TaskAssignee.objects.filter(task=row).values_list("member_id", flat=True))
            if set(assignees) != present:
                can_assign(actor, present ^ set(assignees)).demand()
                _demand_active(set(assignees) - present)
                TaskAssignee.objects.filter(task=row).exclude(member__in=assignees).delete()
                TaskAssignee.objects.bulk_create(
                    [TaskAssignee(task=row, member_id=member) for member in sorted(set(assignees) - present)]
                )
                told["fields"].append("assignees")
        if not told["fields"]:
            return row
        _update(row, changed)
        if "due" in changed:
            LinkedItem.objects.filter(kind="task", item=row.pk).update(due=changed["due"])
        record(actor, _happening("task_edited", row, told))
        return row


def tick_checklist(actor: Actor, task: int, entry: int, done: bool) -> Task:
    """Tick or untick one entry of the checklist (counted from 0); open entries hold nothing."""
    with transaction.atomic():
        row = _locked(actor, task)
        if not 0 <= entry < len(row.checklist):
            raise NotFound
        if row.checklist[entry]["done"] != done:
            checklist = [
                {**each, "done": done} if at == entry else each for at, each in enumerate(row.checklist)
            ]
            _update(row, {"checklist": checklist})
            record(actor, _happening("task_edited", row, {"fields": ["checklist"]}))
        return row


def comment_on_task(actor: Actor, task: int, text: str) -> Commented:
    """Say something under a task; seen by the firm only."""
    words = checked_comment(actor, text)
    with transaction.atomic():
        row = _locked(actor, task)
        said = Comment(account_id=row.account_id, kind="task", item=row.pk, text=words)
        mentions = keep_comment(actor, said, [row.job_id] if row.job_id else [])
        _update(row, {})
        [event] = record(actor, _happening("task_commented", row))
        tell_mentioned(actor, event, mentions, words, row.account_id)
        return Commented(said, mentions.unheard)


def _finish(actor: Actor, task: int, state: str) -> Finished:
    with transaction.atomic():
        row = _locked(actor, task)
        if row.state in FINISHED:
            return Finished(row, None)
        _set_state(row, state)
        [event] = record(actor, _happening(f"task_{state}", row))
        return Finished(row, finish_links(actor, "task", [row.pk], cause=event))


def _locked(actor: Actor, task: int) -> Task:
    """The task, with its job locked first, as every command does."""
    for row in _visible_rows(actor, task):
        can_work_on(actor, row).demand()
        if row.job_id:
            lock_jobs([row.job_id])
        for held in _locked_rows(task):
            return held
    raise NotFound


@composed
def _visible_rows(actor: Actor, task: int) -> QuerySet[Task]:
    return Task.objects.visible_to(actor).filter(pk=task)


@composed
def _locked_rows(task: int) -> QuerySet[Task]:
    return Task.objects.select_for_update().filter(pk=task)


def _set_state(row: Task, state: str) -> None:
    _update(row, {"state": state, "finished_at": clock.now() if state in FINISHED else None})


def _update(row: Task, changed: dict[str, Any]) -> None:
    """A conditional update: whoever comes second is told (M13)."""
    fields = {**changed, "version": row.version + 1}
    if not Task.objects.filter(pk=row.pk, version=row.version).update(**fields):
        raise Stale(_t("This task was changed by somebody else in the meantime. Nothing was saved."))
    for name, value in fields.items():
        setattr(row, name, value)


def _happening(kind: str, row: Task, data: dict[str, Any] | None = None) -> Happening:
    return Happening(
        kind, {"item": row.pk, "title": row.title, **(data or {})}, job=row.job_id, account=row.account_id
    )


def _demand_active(members: Collection[int]) -> None:
    if Member.objects.filter(pk__in=members, is_active=True).count() != len(set(members)):
        raise Invalid([("assignees", _t("there is no such active member"))])
