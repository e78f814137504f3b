"""Tasks as items that jobs wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import Happening, record
from clearstage.jobs.items import ItemKind, ItemView
from clearstage.jobs.models import LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.ids import public_id
from clearstage.messaging.models import Comment

from .models import Task, TaskAssignee


class TaskItems(ItemKind):
    name = "task"
    model = Task
    several_jobs = False

    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        doers: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for number, pk, name, email in _doer_rows(numbers):
            doers[number].append((pk, name, email))
        return {task.pk: _view(task, doers[task.pk]) for task in _task_rows(numbers)}

    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        tasks = list(Task.objects.select_for_update().filter(pk__in=numbers, state__in=Task.OPEN_STATES))
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
            state="completed", finished_at=clock.now()
        )
        record(
            actor,
            *[
                Happening(
                    "task_completed",
                    {"item": task.pk, "title": task.title},
                    job=task.job_id,
                    account=task.account_id,
                )
                for task in tasks
            ],
        )

    def unfinish(self, numbers: Collection[int]) -> None:
        closed = Task.objects.filter(pk__in=numbers).exclude(state__in=Task.OPEN_STATES)
        closed.update(state="open", finished_at=None)

    def remove_untouched(self, made: Collection[dict[str, Any]]) -> tuple[list[int], list[Sentence]]:
        tasks = Task.objects.filter(pk__in=[each["item"] for each in made]).order_by("id")
        touched = [task for task in tasks if task.version > 1 or task.state != "open"]
        gone = [task.pk for task in tasks if task not in touched]
        self._delete(gone)
        return gone, [
            say(_("The task “{title}” has been worked on since and was kept."), title=task.title)
            for task in touched
        ]

    def hung_on(self, numbers: Collection[int], job: int | None) -> None:
        """A task keeps note of its one job."""
        Task.objects.filter(pk__in=numbers).update(job=job, version=F("version") + 1)

    def forget_job(self, job: int) -> None:
        self._delete(list(Task.objects.filter(job=job).values_list("pk", flat=True)))

    def _delete(self, numbers: list[int]) -> None:
        LinkedItem.objects.filter(kind=self.name, item__in=numbers).delete()
        Comment.objects.filter(kind=self.name, item__in=numbers).delete()
        Task.objects.filter(pk__in=numbers).delete()


@composed
def _doer_rows(tasks: Collection[int]) -> QuerySet[TaskAssignee, tuple[int, int, str, str]]:
    rows = TaskAssignee.objects.filter(task__in=tasks).order_by("id")
    return rows.values_list("task_id", "member_id", "member__name", "member__email")


@composed
def _task_rows(tasks: Collection[int]) -> QuerySet[Task]:
    return Task.objects.filter(pk__in=tasks)


def _view(task: Task, doers: list[tuple[int, str, str]]) -> ItemView:
    return ItemView(
        id=public_id("task", task.pk),
        number=task.pk,
        kind="task",
        title=task.title,
        state=task.state,
        open=task.state in Task.OPEN_STATES,
        due=task.due,
        doers=[name for _number, name, _email in doers],
        made_by=task.made_by,
        details={
            "assignees": [
                {"id": public_id("member", number), "name": name, "email": email}
                for number, name, email in doers
            ],
            "description": task.description,
            "priority": task.priority,
            "start": task.start,
            "checklist": task.checklist,
            "version": task.version,
        },
    )
