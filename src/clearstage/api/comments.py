"""What members say to one another: comments on jobs, notes on accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query
from pydantic import Field

from clearstage.clients.queries import visible_account
from clearstage.jobs.queries import get_job
from clearstage.kernel.ids import number_of
from clearstage.messaging.operations.comments import Commented, comment_on_job, note_on_account
from clearstage.messaging.queries import comment_document, comments_on_job, notes_on_account

from . import schemas
from .auth import Asked
from .fields import Answer, Input, Text
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Comments")


class Comment(Answer):
    id: str
    at: datetime
    member: schemas.Person
    text: str = Field(description="Markdown")
    mentions: list[str] = Field(description="The names of the members who were told of it")


class NewComment(Input):
    text: Text = Field(description="“@Name” or “@e-mail” mentions a member who may see it")


class Said(Comment):
    unheard: schemas.Unheard


@noun.reads("/jobs/{job}/comments", schemas.Page[Comment], summary="List a job's comments")
def list_comments(request: Asked, job: str, asked: Query[Paging]) -> Any:
    """The oldest first. Clients never see them."""
    row = get_job(request.actor, number_of("job", job))
    found, following = page_of(comments_on_job(request.actor, row.pk), asked)
    return {"results": [comment_document(each) for each in found], "next": following}


@noun.writes("POST", "/jobs/{job}/comments", Said, summary="Comment on a job", status=201)
def comment_a_job(request: Asked, job: str, body: NewComment) -> Any:
    """Whoever is mentioned finds it in the inbox."""
    row = get_job(request.actor, number_of("job", job))
    return _said(comment_on_job(request.actor, row.pk, body.text))


@noun.reads("/accounts/{account}/notes", schemas.Page[Comment], summary="List an account's notes")
def list_notes(request: Asked, account: str, asked: Query[Paging]) -> Any:
    """The newest first. Clients never see them."""
    number = visible_account(request.actor, number_of("account", account))
    found, following = page_of(notes_on_account(request.actor, number), asked, "-id")
    return {"results": [comment_document(each) for each in found], "next": following}


@noun.writes("POST", "/accounts/{account}/notes", Said, summary="Write a note on an account", status=201)
def note_an_account(request: Asked, account: str, body: NewComment) -> Any:
    """Whoever is mentioned finds it in the inbox."""
    number = visible_account(request.actor, number_of("account", account))
    return _said(note_on_account(request.actor, number, body.text))


def _said(done: Commented) -> dict[str, Any]:
    return {**comment_document(done.comment), "unheard": done.unheard}
