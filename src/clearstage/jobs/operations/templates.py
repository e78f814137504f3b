"""Templates: reusable texts and presets of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.operations.tags import made_tags
from clearstage.events.record import Happening, record
from clearstage.firm.queries import hold_the_lists
from clearstage.firm.renames import renamed
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused

from ..models import Template
from ..names import places_naming
from ..policies import can_manage_templates
from ..templates import checked_body, checked_translations, demand_kind, tags_in
from ..translations import changed_languages

LONGEST_NAME = 120


def create_template(
    actor: Actor,
    kind: str,
    name: str,
    body: Mapping[str, Any],
    translations: Mapping[str, Mapping[str, str]] | None = None,
) -> Template:
    """A new template; what the body holds is the kind's. `translations` say by language what its texts are in it."""
    can_manage_templates(actor).demand()
    demand_kind(kind)
    with transaction.atomic():
        hold_the_lists()
        name, checked = _free_name(kind, name), checked_body(kind, body)
        texts = checked_translations(kind, translations or {})
        made_tags(actor, tags_in(kind, checked))
        template = Template.objects.create(
            kind=kind, name=name, body=checked, translations=texts, created_at=clock.now()
        )
        record(actor, Happening("template_created", {"template": template.pk, "kind": kind, "name": name}))
        return template


def edit_template(
    actor: Actor,
    template: int,
    *,
    name: str | None = None,
    body: Mapping[str, Any] | None = None,
    translations: Mapping[str, Mapping[str, str]] | None = None,
) -> Template:
    """Change the name, which pipelines follow, the whole body or all translations.

    What was made from it stays as it is (T2).
    """
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(template)
        told: dict[str, Any] = {}
        if name is not None and (named := _free_name(row.kind, name, row)) != row.name:
            told["name"], row.name = [row.name, named], named
        if body is not None and (checked := checked_body(row.kind, body)) != row.body:
            told["fields"] = sorted(
                field for field in {*row.body, *checked} if row.body.get(field) != checked.get(field)
            )
            row.body = checked
            made_tags(actor, tags_in(row.kind, checked))
        if translations is not None:
            texts = checked_translations(row.kind, translations)
            if changed := changed_languages(row.translations, texts):
                told["translations"], row.translations = changed, texts
        if not told:
            return row
        row.save(update_fields=["name", "body", "translations"])
        if "name" in told:
            renamed(actor, f"template:{row.kind}", *told["name"])
        data = {"template": row.pk, "kind": row.kind, "name": row.name, "changes": told}
        record(actor, Happening("template_edited", data))
        return row


def translate_template(actor: Actor, template: int, language: str, texts: Mapping[str, str]) -> Template:
    """Say what all the template's texts are in one language, leaving the others as they are."""
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        before = _found(template).translations
        return edit_template(actor, template, translations={**before, language: texts})


def delete_template(actor: Actor, template: int, *, even_if_used: bool = False) -> None:
    """Delete a template; refused with the places that name it, unless they are to be left without (A11 then holds)."""
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(template)
        noun = f"template:{row.kind}"
        places = places_naming(actor, noun, row.name)
        if places and not even_if_used:
            text = _t("The template “{name}” is used in: {places}.")
            raise Refused([text.format(name=row.name, places=", ".join(places))], places=places)
        told = {
            "template": row.pk,
            "kind": row.kind,
            "name": row.name,
            "used_in": places_naming(actor.for_the_firm(), noun, row.name),
        }
        row.delete()
        record(actor, Happening("template_deleted", told))


def _found(template: int) -> Template:
    row = Template.objects.filter(pk=template).first()
    if row is None:
        raise NotFound
    return row


def _free_name(kind: str, name: str, but: Template | None = None) -> str:
    checks = Checks()
    checks.storable({"name": name})
    name = checks.line("name", name, LONGEST_NAME)
    checks.demand()
    others = Template.objects.filter(kind=kind)
    if any(each.name.casefold() == name.casefold() for each in others if each != but):
        raise Invalid([("name", _t("there is a template “{name}” already").format(name=name))])
    return name
