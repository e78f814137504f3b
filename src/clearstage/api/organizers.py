"""Organizers: answering and submitting them on the client's behalf, opening them again, archiving, sealing."""

from __future__ import annotations

from typing import Any

from ninja import Body, Query
from pydantic import Field

from clearstage.jobs.present import plan_document
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.keeping import archive_organizer, seal_organizer, set_due
from clearstage.organizers.operations.submitting import (
    preview_submitting,
    submit_organizer,
    unsubmit_organizer,
)
from clearstage.organizers.queries import visible_organizer

from . import schemas
from .auth import Asked
from .fields import Answer, Nothing
from .headers import demanded_version
from .items import JobInBrief, Touched, document, followed
from .job_inputs import Previewing
from .organizer_inputs import NewAnswers, OrganizerChanges, Submission
from .routing import Noun

noun = Noun("Organizers")


class Submitted(Answer):
    """`plan` alone where it is a preview: what would follow for its jobs."""

    item: schemas.OrganizerItem | None = None
    job: JobInBrief | None = Field(None, description="The first of those it hangs on")
    action: str | None = Field(
        None, description="What followed and can be undone: an automove, a return to Active"
    )
    plan: schemas.Plan | None = None


@noun.writes(
    "PATCH",
    "/organizers/{organizer}",
    schemas.OrganizerItem,
    summary="Change an organizer's due date",
    rehearses=True,
)
def change_organizer(request: Asked, organizer: str, body: OrganizerChanges) -> Any:
    row = set_due(request.actor, _number(organizer), body.due)
    return document(request.actor, "organizer", row.pk)


@noun.writes(
    "PATCH",
    "/organizers/{organizer}/answers",
    schemas.OrganizerItem,
    summary="Save answers on the client's behalf",
    versioned=True,
    rehearses=True,
)
def answer_organizer(request: Asked, organizer: str, body: NewAnswers) -> Any:
    """What is not sent stays; the last who answers a question counts."""
    row = visible_organizer(request.actor, _number(organizer))
    version = demanded_version(request, row.version)
    save_answers(request.actor, row.pk, body.answers, version=version)
    return document(request.actor, "organizer", row.pk)


@noun.writes(
    "POST", "/organizers/{organizer}/submit", Submitted, summary="Submit an organizer", previews=True
)
def submit(
    request: Asked, organizer: str, asked: Query[Previewing], body: Submission | None = Body(None)
) -> Any:
    """On the client's behalf. Tags follow the answers, then its jobs are judged (L6). Again changes nothing."""
    answers, number = (body or Submission()).answers, _number(organizer)
    if asked.preview:
        return {"plan": plan_document(preview_submitting(request.actor, number, answers))}
    done = submit_organizer(request.actor, number, answers)
    return _touched(request, number, done.action)


@noun.writes(
    "POST", "/organizers/{organizer}/unsubmit", Touched, summary="Open an organizer again", rehearses=True
)
def unsubmit(request: Asked, organizer: str, body: Nothing | None = Body(None)) -> Any:
    """The client may answer again, what was submitted or archived alike. No job moves back (L8)."""
    return _touched(request, unsubmit_organizer(request.actor, _number(organizer)).pk, None)


@noun.writes(
    "POST", "/organizers/{organizer}/archive", Touched, summary="Archive an organizer", rehearses=True
)
def archive(request: Asked, organizer: str, body: Nothing | None = Body(None)) -> Any:
    """The client sees it no longer. It is not submitted: its jobs wait for it until it is taken off them."""
    return _touched(request, archive_organizer(request.actor, _number(organizer)).pk, None)


@noun.writes("POST", "/organizers/{organizer}/seal", Touched, summary="Seal an organizer", rehearses=True)
def seal(request: Asked, organizer: str, body: Nothing | None = Body(None)) -> Any:
    """It is never opened again."""
    return _touched(request, seal_organizer(request.actor, _number(organizer)).pk, None)


def _number(text: str) -> int:
    number = number_of("organizer", text)
    if number is None:
        raise NotFound
    return number


def _touched(request: Asked, number: int, action: int | None) -> dict[str, Any]:
    return followed(request.actor, "organizer", number, action)
