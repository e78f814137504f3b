"""Client-facing statuses: the firm's list of what clients are told (C1)."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.jobs.models import ClientStatus as Row
from clearstage.jobs.operations.client_statuses import (
    create_client_status,
    delete_client_status,
    edit_client_status,
)
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer, Color, Input, Turn
from .paging import Paging, page_of
from .routing import Noun
from .tags import Replacement

noun = Noun("Client-facing statuses")
StatusName = Annotated[str, StringConstraints(max_length=100)]
Description = Annotated[str, StringConstraints(max_length=2000)]


class StatusTranslation(Input):
    """What is left out, clients read in the original."""

    name: StatusName = ""
    description: Description = ""


Translations = Annotated[
    dict[str, StatusTranslation],
    Field(description="By language (de, es, fr); replaced as a whole"),
]


class NewClientStatus(Input):
    name: StatusName
    turn: Turn
    description: Description = ""
    color: Color = "gray"
    translations: Translations = {}


class ClientStatusChanges(Input):
    """What is not sent stays."""

    name: StatusName = ""
    turn: Turn = "firm"
    description: Description = ""
    color: Color = "gray"
    translations: Translations = {}


class ClientStatus(Answer):
    id: str
    name: str
    description: str
    color: Color
    turn: Turn
    position: int
    translations: dict[str, dict[str, str]] = Field(description="Name and description by language")


@noun.reads("/client-statuses", schemas.Page[ClientStatus], summary="List client-facing statuses")
def list_client_statuses(request: Asked, asked: Query[Paging]) -> Any:
    """In the order of the firm's list."""
    rows, following = page_of(Row.objects.filter(deleted_at=None), asked, "position", "id")
    return {"results": [_document(row) for row in rows], "next": following}


@noun.writes("POST", "/client-statuses", ClientStatus, summary="Make a client-facing status", status=201)
def make_client_status(request: Asked, body: NewClientStatus) -> Any:
    given = body.model_dump(exclude={"translations"})
    return _document(create_client_status(request.actor, **given, translations=_texts(body.translations)))


@noun.writes("PATCH", "/client-statuses/{status}", ClientStatus, summary="Change a client-facing status")
def change_client_status(request: Asked, status: str, body: ClientStatusChanges) -> Any:
    """Pipelines and templates follow a new name; jobs read the description from here unless it was overridden (C2)."""
    changes = body.given("name", "description", "color", "turn")
    if "translations" in body.model_fields_set:
        changes["translations"] = _texts(body.translations)
    return _document(edit_client_status(request.actor, _in_path(status), changes))


@noun.writes("DELETE", "/client-statuses/{status}", None, summary="Delete a client-facing status", status=204)
def remove_client_status(request: Asked, status: str, asked: Query[Replacement]) -> Any:
    """In use, it takes `replace_by`: jobs, pipelines and templates get that one. Archived jobs keep the text (C11)."""
    number = _in_path(status)
    named = asked.replace_by
    instead = references.client_status(named, "replace_by") if named is not None else None
    delete_client_status(request.actor, number, instead)


def _in_path(text: str) -> int:
    number = references.client_statuses().number(text)
    if number is None:
        raise NotFound
    return number


def _texts(given: dict[str, StatusTranslation]) -> dict[str, dict[str, str]]:
    return {language: texts.model_dump(exclude_unset=True) for language, texts in given.items()}


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": public_id("client_status", row.pk),
        "name": row.name,
        "description": row.description,
        "color": row.color,
        "turn": row.turn,
        "position": row.position,
        "translations": row.translations,
    }
