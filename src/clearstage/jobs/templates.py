"""The socket for kinds of templates: each package registers what the bodies of its own templates hold (T2, T4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _t
from pydantic import Field, StringConstraints, ValidationError, model_validator

from clearstage.engine import shortcodes
from clearstage.engine.conditions import tag_key
from clearstage.engine.translations import Translations
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid

from .document_errors import refuse_invalid
from .kinds import ClientStatusName, Line, Name, PersonName, PipelineName, Ref, Settings, Text, WhenText
from .models import Template
from .reading import Places
from .translations import checked_texts

# Kinds that the API names; those whose items are still to come cannot be used yet.
_PROMISED = ("organizer", "request", "message", "invoice", "proposal", "folders")

_bodies: dict[str, type[Settings]] = {}
_for_clients: set[str] = set()


def template_kind(name: str, body: type[Settings], *, for_clients: bool = False) -> None:
    """Register what the templates of a kind hold; called when the app is ready. Clients read the texts of some."""
    _bodies[name] = body
    if for_clients:
        _for_clients.add(name)


def is_for_clients(kind: str) -> bool:
    """Whether clients read what is made from templates of the kind, so that these can be translated (P4)."""
    return kind in _for_clients


def originals(kind: str, name: str, body: Mapping[str, Any]) -> list[str]:
    """Every text of a template that clients read, once; a title that is left out is the template's name."""
    model = _bodies[kind]
    title = [name] if "title" in model.model_fields and not body.get("title") else []
    texts = [text for _place, noun, text in model.named_in(body) if noun == "text" and text]
    return list(dict.fromkeys([*title, *texts]))


def untranslated(
    kind: str, name: str, body: Mapping[str, Any], translations: Translations, language: str
) -> list[str]:
    """Those of them that are not there in a language."""
    known = translations.get(language, {})
    return [text for text in originals(kind, name, body) if not known.get(text)]


def checked_translations(kind: str, given: Any) -> dict[str, dict[str, str]]:
    """What the texts are in other languages as it is kept, or `Invalid`. What the body says no more may stay."""
    checks = Checks()
    checks.storable({"translations": given})
    found = checked_texts(checks, given)
    if found and not is_for_clients(kind):
        checks.wrong("translations", _t("are there for templates that clients read"))
    checks.demand()
    return found


def template_kinds() -> dict[str, type[Settings]]:
    """Every kind this version has, with the shape of its bodies."""
    return dict(sorted(_bodies.items()))


def checked_body(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as it is kept, or `Invalid` with every mistake and its place."""
    demand_kind(kind)
    checks = Checks()
    checks.storable({"body": body})
    model = _bodies[kind]
    try:
        return model.model_validate(body).stored()
    except ValidationError as error:
        try:
            refuse_invalid(error, Places(), model)
        except Invalid as invalid:
            raise Invalid(
                [(f"body.{where}" if where else "body", words) for where, words in invalid.errors]
            ) from None


def demand_kind(kind: str) -> None:
    if kind in _PROMISED and kind not in _bodies:
        raise Invalid([("kind", _t("“{kind}” is not available in this version").format(kind=kind))])
    checks = Checks()
    checks.one_of("kind", kind, list(template_kinds()))
    checks.demand()


def unknown_shortcodes(body: Any) -> list[str]:
    """The codes in a body that stand for nothing, each once: the editor warns about these (T4)."""
    return list(dict.fromkeys(code for text in _texts(body) for code in shortcodes.unknown_in(text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


# Names inside of bodies


def tags_in(kind: str, body: Mapping[str, Any]) -> list[str]:
    """The tags that a body names, each once."""
    names = (name for _place, noun, name in _bodies[kind].named_in(body) if noun == "tag")
    return list({tag_key(name): name for name in names}.values())


def templates_naming(noun: str, name: str) -> list[str]:
    """The templates whose bodies name something, in words."""
    text = _t("{kind} template “{name}”")
    return [text.format(kind=template.kind, name=template.name) for template in _naming(noun, name)]


def rename_in_templates(noun: str, old: str, new: str) -> None:
    """Have every template name `new` instead of `old`; part of the operation that renames or replaces."""
    for template in _naming(noun, old):
        template.body = _renamed(_bodies[template.kind], template.body, noun, old, new)
        template.save(update_fields=["body"])


def _naming(noun: str, name: str) -> list[Template]:
    known = Template.objects.filter(kind__in=_bodies)
    return [
        each
        for each in known
        if any(
            of == noun and _same(named, name) for _place, of, named in _bodies[each.kind].named_in(each.body)
        )
    ]


def _same(written: str, name: str) -> bool:
    return written.strip().casefold() == name.strip().casefold()


def _renamed(model: type[Settings], body: Mapping[str, Any], noun: str, old: str, new: str) -> dict[str, Any]:
    changed = dict(body)
    for field, of in model.naming():
        value = body.get(field)
        if of == noun and isinstance(value, list):
            changed[field] = list(dict.fromkeys(new if _same(each, old) else each for each in value))
        elif of == noun and isinstance(value, str) and _same(value, old):
            changed[field] = new
    for field, inside in model.nested():
        value = body.get(field)
        if isinstance(value, dict):
            changed[field] = _renamed(inside, value, noun, old, new)
        elif isinstance(value, list):
            changed[field] = [_renamed(inside, each, noun, old, new) for each in value]
    return changed


# The kind that belongs to jobs


class ClientBlock(Settings):
    """The client-facing block of the job: shown with a status, or hidden (C7)."""

    show: ClientStatusName | None = None
    description: Text | None = None
    job_name: Line | None = None
    hide: bool = False

    @model_validator(mode="after")
    def _either_shown_or_hidden(self) -> ClientBlock:
        if self.hide == (self.show is not None) or (self.hide and (self.description or self.job_name)):
            raise ValueError("either “show: NAME” (with description and job_name, if wanted) or “hide: true”")
        return self


class JobTemplate(Settings):
    """Preset values for new jobs. `start` is counted from the day it is made, `due` from the start."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200), Ref("text")] | None = None
    pipeline: PipelineName | None = None
    stage: Name | None = None
    priority: Literal["low", "medium", "high", "urgent"] | None = None
    description: Text | None = None
    assignees: Annotated[
        list[PersonName], Field(description="E-mails of members, or roles as role:NAME")
    ] = []
    start: WhenText | None = None
    due: WhenText | None = None
    budget_minutes: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    client_status: ClientBlock | None = None
