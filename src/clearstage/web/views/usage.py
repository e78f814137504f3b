"""Where the firm's things are used, for a whole list at once: one pass over all pipelines and templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from clearstage.engine.conditions import tags_named
from clearstage.jobs.models import Automation, CustomStatus, Pipeline, Stage, Template
from clearstage.jobs.operations.pipelines import in_closed_pipelines
from clearstage.jobs.operations.pipelines.naming import names_in
from clearstage.jobs.templates import template_kinds
from clearstage.kernel.actor import Actor

Key = tuple[str, str]
"""A noun as `Ref` has it, and a folded name."""


def places_by_name(actor: Actor, noun: str) -> dict[str, list[str]]:
    """Places by folded name, of one noun."""
    return {name: places for (_noun, name), places in places_by_noun(actor, [noun]).items()}


def places_by_noun(actor: Actor, nouns: Collection[str]) -> dict[Key, list[str]]:
    """Places of everything that is named, by noun and folded name: in pipelines and templates.

    Pipelines that are closed to the actor are counted and not named (X4).
    """
    visible = set(Pipeline.objects.visible_to(actor).values_list("pk", flat=True))
    found: dict[Key, set[str]] = defaultdict(set)
    closed: dict[Key, set[Stage | CustomStatus]] = defaultdict(set)
    for owner, noun, name in _in_pipelines("tag" in nouns):
        if noun in nouns and owner.pipeline_id in visible:
            found[noun, _key(name)].add(f"{owner.pipeline.name} · {owner.name}")
        elif noun in nouns:
            closed[noun, _key(name)].add(owner)
    for noun, name, place in _in_templates():
        if noun in nouns:
            found[noun, _key(name)].add(place)
    places = {key: sorted(found.get(key, ()), key=str.casefold) for key in {*found, *closed}}
    for key, owners in closed.items():
        places[key].append(in_closed_pipelines(len(owners)))
    return places


def _in_pipelines(with_tags: bool) -> Iterator[tuple[Stage | CustomStatus, str, str]]:
    for automation in Automation.objects.select_related("stage__pipeline", "status__pipeline"):
        owner = automation.stage or automation.status
        assert owner is not None
        for _field, noun, name in names_in(automation.kind, automation.settings):
            yield owner, noun, name
        yield from ((owner, "tag", name) for name in tags_named(automation.condition))
    if with_tags:
        for stage in Stage.objects.exclude(condition=None).select_related("pipeline"):
            yield from ((stage, "tag", name) for name in tags_named(stage.condition))


def _in_templates() -> Iterator[tuple[str, str, str]]:
    kinds = template_kinds()
    for template in Template.objects.filter(kind__in=kinds):
        place = _("{kind} template “{name}”").format(kind=template.kind, name=template.name)
        for _where, noun, name in kinds[template.kind].named_in(template.body):
            yield noun, name, place


def _key(name: str) -> str:
    return name.strip().casefold()
