"""Tags: the firm's list of them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.clients.models import Tag as TagRow
from clearstage.clients.operations.tags import create_tag, delete_tag, edit_tag
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer, Color, Input, Parameters, Word
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Tags")
TagName = Annotated[str, StringConstraints(max_length=60)]


class NewTag(Input):
    name: TagName
    color: Color = "gray"


class TagChanges(Input):
    name: TagName = ""
    color: Color = "gray"


class Tag(Answer):
    id: str
    name: str
    color: Color


class Replacement(Parameters):
    replace_by: Annotated[Word | None, Field(description="What takes its place where it is used")] = None


@noun.reads("/tags", schemas.Page[Tag], summary="List tags")
def list_tags(request: Asked, asked: Query[Paging]) -> Any:
    rows, following = page_of(TagRow.objects.all(), asked)
    return {"results": [_document(row) for row in rows], "next": following}


@noun.writes("POST", "/tags", Tag, summary="Make a tag", status=201)
def make_tag(request: Asked, body: NewTag) -> Any:
    return _document(create_tag(request.actor, body.name, body.color))


@noun.writes("PATCH", "/tags/{tag}", Tag, summary="Change a tag")
def change_tag(request: Asked, tag: str, body: TagChanges) -> Any:
    """Automations, conditions and templates that name it follow."""
    return _document(edit_tag(request.actor, _in_path(tag), body.given("name", "color")))


@noun.writes("DELETE", "/tags/{tag}", None, summary="Delete a tag", status=204)
def remove_tag(request: Asked, tag: str, asked: Query[Replacement]) -> Any:
    """Refused while automations, conditions or templates name it, unless another one takes its place."""
    number = _in_path(tag)
    instead = references.tag(asked.replace_by, "replace_by")[0] if asked.replace_by is not None else None
    delete_tag(request.actor, number, instead)


def _in_path(text: str) -> int:
    number = references.tags().number(text)
    if number is None:
        raise NotFound
    return number


def _document(row: TagRow) -> dict[str, Any]:
    return {"id": public_id("tag", row.pk), "name": row.name, "color": row.color}
