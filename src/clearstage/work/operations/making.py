"""Making tasks: many at once for plans, one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clearstage.kernel import clock
from clearstage.kernel.rows import insert_rows

from ..models import Task, TaskAssignee
from ..spec import TaskSpec

_COLUMNS = (
    "id", "title", "description", "account", "job", "state", "priority", "start", "due", "checklist", "made_by",
    "version", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be made, under an id that has been reserved for it."""

    id: int
    account: int
    job: int | None
    spec: TaskSpec
    made_by: str = ""


def insert_tasks(tasks: Sequence[NewTask]) -> None:
    """Write the tasks and who is to do them. Links to jobs are the caller's business."""
    now = clock.now()
    rows = []
    for task in tasks:
        spec = task.spec
        checklist = [{"text": text, "done": False} for text in spec.checklist]
        rows.append(
            (
                task.id, spec.title, spec.description, task.account, task.job, "open", spec.priority, spec.start,
                spec.due, checklist, task.made_by, 1, now,
            )
        )  # fmt: skip
    insert_rows(Task, _COLUMNS, rows)
    insert_rows(
        TaskAssignee,
        ("task", "member"),
        [(task.id, member) for task in tasks for member in task.spec.assignees],
    )
