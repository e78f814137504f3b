"""Tasks: finishing them, opening them again, changing them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Body, Query
from pydantic import Field

from clearstage.jobs.operations.automove import preview_finishing
from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of
from clearstage.work.models import Task
from clearstage.work.operations.tasks import cancel_task, complete_task, edit_task, reopen_task

from . import schemas
from .auth import Asked
from .fields import Answer, Day, Input, Line, Nothing, PersonOrRole, Priority, Text
from .headers import demanded_version
from .items import JobInBrief, Touched, aftermath, assignees, document
from .job_inputs import Previewing
from .routing import Noun

noun = Noun("Tasks")


class ChecklistEntryInput(Input):
    text: Line
    done: bool = False


class TaskChanges(Input):
    """What is not sent stays; null empties what may be empty."""

    title: Line = ""
    description: Text = ""
    priority: Priority = "medium"
    start: Day | None = None
    due: Day | None = None
    checklist: Annotated[list[ChecklistEntryInput], Field(max_length=200)] = []
    assignees: Annotated[list[PersonOrRole], Field(max_length=100)] = []


@noun.writes(
    "PATCH", "/tasks/{task}", schemas.TaskItem, summary="Change a task", versioned=True, rehearses=True
)
def change_task(request: Asked, task: str, body: TaskChanges) -> Any:
    row = _visible(request, task)
    changes = body.given("title", "description", "priority", "start", "due")
    if "checklist" in body.model_fields_set:
        changes["checklist"] = [each.model_dump() for each in body.checklist]
    people = assignees(body.assignees, row.account_id) if "assignees" in body.model_fields_set else None
    version = demanded_version(request, row.version)
    edit_task(request.actor, row.pk, changes, assignees=people, version=version)
    return document(request.actor, "task", row.pk)


class Finished(Answer):
    """`plan` alone where it is a preview: what would follow for its job."""

    item: schemas.AnyItem | None = None
    job: JobInBrief | None = None
    action: str | None = Field(
        None, description="What followed and can be undone: an automove, a return to Active"
    )
    plan: schemas.Plan | None = None


@noun.writes("POST", "/tasks/{task}/complete", Finished, summary="Complete a task", previews=True)
def complete(request: Asked, task: str, asked: Query[Previewing], body: Nothing | None = Body(None)) -> Any:
    """Its job is judged at once: it may go on by itself, or return from a custom status. Again changes nothing."""
    if asked.preview:
        return _foreseen(request, task)
    done = complete_task(request.actor, _number(task))
    return _touched(request, done.task, done.action)


@noun.writes("POST", "/tasks/{task}/cancel", Finished, summary="Cancel a task", previews=True)
def cancel(request: Asked, task: str, asked: Query[Previewing], body: Nothing | None = Body(None)) -> Any:
    """Counts as finished."""
    if asked.preview:
        return _foreseen(request, task)
    done = cancel_task(request.actor, _number(task))
    return _touched(request, done.task, done.action)


@noun.writes("POST", "/tasks/{task}/reopen", Touched, summary="Open a task again", rehearses=True)
def reopen(request: Asked, task: str, body: Nothing | None = Body(None)) -> Any:
    """No job moves back (L8)."""
    return _touched(request, reopen_task(request.actor, _number(task)), None)


def _number(text: str) -> int:
    number = number_of("task", text)
    if number is None:
        raise NotFound
    return number


def _visible(request: Asked, text: str) -> Task:
    row = Task.objects.visible_to(request.actor).filter(pk=_number(text)).first()
    if row is None:
        raise NotFound
    return row


def _foreseen(request: Asked, task: str) -> dict[str, Any]:
    row = _visible(request, task)
    return {"plan": plan_document(preview_finishing(request.actor, "task", row.pk))}


def _touched(request: Asked, task: Task, action: int | None) -> dict[str, Any]:
    return {"item": document(request.actor, "task", task.pk), **aftermath(request.actor, task.job_id, action)}
