"""Templates: reusable texts and presets."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.jobs.models import Template as Row
from clearstage.jobs.operations.templates import create_template, delete_template, edit_template
from clearstage.jobs.templates import unknown_shortcodes
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer, Flag, Input, Parameters, Word
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Templates")
Kind = Annotated[
    str,
    StringConstraints(max_length=20),
    Field(
        description="job, task, email, message, organizer or request; invoice, proposal and folders are to come"
    ),
]
TemplateName = Annotated[str, StringConstraints(max_length=120)]
Body = Annotated[dict[str, Any], Field(description="What the kind takes")]
Translations = Annotated[
    dict[str, dict[str, str]],
    Field(
        description="By language (de, es, fr): what each text of the body is in it, under that text. "
        "For what clients read; replaced as a whole"
    ),
]


class NewTemplate(Input):
    kind: Kind
    name: TemplateName
    body: Body = {}
    translations: Translations = {}


class TemplateChanges(Input):
    """What is not sent stays; body and translations are replaced as a whole."""

    name: TemplateName = ""
    body: Body = {}
    translations: Translations = {}


class Template(Answer):
    id: str
    kind: str
    name: str
    body: dict[str, Any]
    translations: dict[str, dict[str, str]]
    unknown_shortcodes: list[str] = Field(description="Codes in its texts that stand for nothing")


class TemplateFilters(Paging):
    kind: Word | None = None


class Deleting(Parameters):
    even_if_used: Annotated[Flag, Field(description="Delete it though pipelines or templates name it")] = (
        False
    )


@noun.reads("/templates", schemas.Page[Template], summary="List templates")
def list_templates(request: Asked, asked: Query[TemplateFilters]) -> Any:
    rows = Row.objects.filter(kind=asked.kind) if asked.kind is not None else Row.objects.all()
    found, following = page_of(rows, asked)
    return {"results": [_document(row) for row in found], "next": following}


@noun.writes("POST", "/templates", Template, summary="Make a template", status=201)
def make_template(request: Asked, body: NewTemplate) -> Any:
    return _document(create_template(request.actor, body.kind, body.name, body.body, body.translations))


@noun.reads("/templates/{template}", Template, summary="Read a template")
def read_template(request: Asked, template: str) -> Any:
    return _document(Row.objects.get(pk=_in_path(template)))


@noun.writes("PATCH", "/templates/{template}", Template, summary="Change a template")
def change_template(request: Asked, template: str, body: TemplateChanges) -> Any:
    """Pipelines follow a new name. What was made from it before stays as it is (T2)."""
    changes = body.given("name", "body", "translations")
    return _document(edit_template(request.actor, _in_path(template), **changes))


@noun.writes("DELETE", "/templates/{template}", None, summary="Delete a template", status=204)
def remove_template(request: Asked, template: str, asked: Query[Deleting]) -> Any:
    """Refused while pipelines or templates name it, unless `even_if_used`; automations that need it cannot run then."""
    delete_template(request.actor, _in_path(template), even_if_used=asked.even_if_used)


def _in_path(text: str) -> int:
    number = references.templates().number(text)
    if number is None:
        raise NotFound
    return number


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": public_id("template", row.pk),
        "kind": row.kind,
        "name": row.name,
        "body": row.body,
        "translations": row.translations,
        "unknown_shortcodes": unknown_shortcodes([row.body, row.translations]),
    }
