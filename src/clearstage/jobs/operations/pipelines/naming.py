"""Names inside pipelines: where the firm's things are used, and following them when they are renamed or replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from clearstage.engine.conditions import tags_named
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor

from ...kinds import kind_named
from ...models import Automation, CustomStatus, Pipeline, PipelineRevision, Stage, Template, new_stamp

_Rewrite = Callable[[str, dict[str, Any]], dict[str, Any]]


def names_in(kind: str, settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(field, noun, name) of everything that stored settings name."""
    found = kind_named(kind)
    for field, noun in found.settings_type.naming() if found else ():
        value = settings.get(field)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield field, noun, each


@dataclass(frozen=True, slots=True)
class Uses:
    """Where something is used: (pipeline, “Individual tax return · Documents”), and in how many places elsewhere.

    Elsewhere is in pipelines that are not open to the actor: those are counted and not named (X4).
    """

    seen: list[tuple[int, str]]
    closed: int


def in_closed_pipelines(count: int) -> str:
    text = ngettext(
        "{count} place in pipelines that are not open to you",
        "{count} places in pipelines that are not open to you",
        count,
    )
    return text.format(count=count)


def used_in(actor: Actor, noun: str, name: str) -> list[str]:
    """Where automations and conditions name it, in words; what is closed to the actor is counted in a last entry."""
    uses = uses_of(actor, noun, name)
    places = list(dict.fromkeys(place for _pipeline, place in uses.seen))
    return [*places, *([in_closed_pipelines(uses.closed)] if uses.closed else [])]


def uses_of(actor: Actor, noun: str, name: str) -> Uses:
    """Where automations and conditions name it.

    Nouns are those of `Ref`: `tag`, `client_status`, `template:KIND`, `pipeline`, `person` (an e-mail or `role:NAME`).
    """
    visible = set(Pipeline.objects.visible_to(actor).values_list("pk", flat=True))
    owners: set[Stage | CustomStatus] = set()
    for automation in _automations():
        owner = automation.stage or automation.status
        assert owner is not None
        named = [each for _field, of, each in names_in(automation.kind, automation.settings) if of == noun]
        if any(_same(each, name) for each in named) or _condition_names(automation.condition, noun, name):
            owners.add(owner)
    for stage in Stage.objects.filter(condition__isnull=False).select_related("pipeline"):
        if _condition_names(stage.condition, noun, name):
            owners.add(stage)
    seen = {
        (each.pipeline_id, f"{each.pipeline.name} · {each.name}")
        for each in owners
        if each.pipeline_id in visible
    }
    closed = sum(each.pipeline_id not in visible for each in owners)
    return Uses(sorted(seen, key=lambda place: (place[1].casefold(), place[0])), closed)


def rename_in_documents(noun: str, old: str, new: str, *, actor: Actor | None = None) -> list[int]:
    """Have every pipeline name `new` instead of `old`; answers the pipelines that changed, each with a new revision.

    Part of the operation that renames or replaces, which holds the transaction and records the event.
    """
    change = _t("“{old}” is now called “{new}”.").format(old=old, new=new)

    def in_settings(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
        return _renamed(kind, settings, noun, old, new)

    with transaction.atomic():
        touched = _rewrite_automations(in_settings, (old, new) if noun == "tag" else None)
        if noun == "tag":
            touched |= _rewrite_stage_conditions(old, new)
        add_revisions(touched, [change], actor)
    return sorted(touched)


def rename_stages_elsewhere(
    pipeline: Pipeline, renamed: Sequence[tuple[str, str]], actor: Actor
) -> list[int]:
    """Other pipelines, and job templates, that start jobs in a stage of this one follow its new name, all at once.

    Answers the pipelines, each with a new revision.
    """
    names = {old.casefold(): new for old, new in renamed}

    def following(values: dict[str, Any]) -> dict[str, Any]:
        new = names.get(str(values.get("stage")).strip().casefold())
        return {**values, "stage": new} if new and _same(values.get("pipeline"), pipeline.name) else values

    def in_settings(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
        return following(settings) if kind == "create_job" else settings

    touched = _rewrite_automations(in_settings, None, but=pipeline.pk)
    text = _t("The stage “{old}” is now called “{new}”.")
    add_revisions(touched, [text.format(old=old, new=new) for old, new in renamed], actor)
    for template in Template.objects.filter(kind="job"):
        body = following(template.body)
        if body != template.body:
            template.body = body
            template.save(update_fields=["body"])
    return sorted(touched)


def add_revisions(pipelines: set[int], changes: list[str], actor: Actor | None) -> None:
    """Number the change of each pipeline, with the whole document as it is now (A9)."""
    from .exporting import export_document

    for row in Pipeline.objects.filter(pk__in=pipelines).order_by("pk"):
        row.revision += 1
        row.stamp = new_stamp()
        row.save(update_fields=["revision", "stamp"])
        PipelineRevision.objects.create(
            pipeline=row,
            number=row.revision,
            document=export_document(row.pk),
            changes=changes,
            author=actor.name if actor else "Clearstage",
            at=clock.now(),
        )


def _same(written: Any, name: str) -> bool:
    return isinstance(written, str) and written.strip().casefold() == name.strip().casefold()


def _automations() -> Iterator[Automation]:
    return Automation.objects.select_related("stage__pipeline", "status__pipeline").iterator()


def _condition_names(condition: Any, noun: str, name: str) -> bool:
    return noun == "tag" and any(_same(each, name) for each in tags_named(condition))


def _rewrite_automations(in_settings: _Rewrite, tags: tuple[str, str] | None, but: int = 0) -> set[int]:
    changed, touched = [], set()
    for each in _automations():
        owner = each.stage or each.status
        if owner is None or owner.pipeline_id == but:
            continue
        settings = in_settings(each.kind, each.settings)
        condition = _renamed_condition(each.condition, *tags) if tags else each.condition
        if settings != each.settings or condition != each.condition:
            each.settings, each.condition = settings, condition
            changed.append(each)
            touched.add(owner.pipeline_id)
    Automation.objects.bulk_update(changed, ["settings", "condition"], batch_size=200)
    return touched


def _rewrite_stage_conditions(old: str, new: str) -> set[int]:
    touched = set()
    for stage in Stage.objects.filter(condition__isnull=False):
        condition = _renamed_condition(stage.condition, old, new)
        if condition != stage.condition:
            stage.condition = condition
            stage.save(update_fields=["condition"])
            touched.add(stage.pipeline_id)
    return touched


def _renamed(kind: str, settings: dict[str, Any], noun: str, old: str, new: str) -> dict[str, Any]:
    """What then stands in two lists, one to add and one to remove, stays in the first: adding is what counts."""
    if not any(of == noun and _same(each, old) for _field, of, each in names_in(kind, settings)):
        return settings
    found = kind_named(kind)
    assert found is not None
    changed, seen = dict(settings), set[str]()
    for field in [field for field, of in found.settings_type.naming() if of == noun and field in settings]:
        value = settings[field]
        if isinstance(value, str):
            changed[field] = new if _same(value, old) else value
            continue
        names = {each.casefold(): each for each in (new if _same(each, old) else each for each in value)}
        changed[field] = [each for folded, each in names.items() if folded not in seen]
        if value and not changed[field]:
            del changed[field]
        seen |= set(names)
    return changed


def _renamed_condition(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed_condition(each, old, new) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {how: _renamed_names(names, old, new) for how, names in each.items()}
        if key == "tags"
        else each
        if key == "answer"
        else _renamed_condition(each, old, new)
        for key, each in value.items()
    }


def _renamed_names(names: Any, old: str, new: str) -> Any:
    if isinstance(names, str):
        return new if _same(names, old) else names
    return list(dict.fromkeys(new if _same(each, old) else each for each in names))
