"""Writing the rows of a pipeline from its document: what is there is changed, what is new is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from clearstage.firm.models import Member

from ...document import Owner, PipelineDocument, StageDocument, StatusDocument, keys_of
from ...models import Automation, CustomStatus, Pipeline, Stage
from .matching import Matched

_AUTOMATION_FIELDS = ["position", "kind", "settings", "condition", "enabled"]


def write_pipeline(row: Pipeline | None, document: PipelineDocument, members: Sequence[Member]) -> Pipeline:
    values = {
        "name": document.pipeline,
        "description": document.description,
        "for_everyone": document.for_everyone,
        "card_fields": list(document.card_fields),
        "pass_through": document.options.pass_through,
        "reviewer_is_not_preparer": document.options.reviewer_is_not_preparer,
    }
    if row is None:
        row = Pipeline.objects.create(**values)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
    row.available_to.set(members)
    return row


def write_stages(pipeline: Pipeline, matched: Matched[Stage, StageDocument]) -> dict[str, Stage]:
    """All stages of the document by name. The last one never has automove (L3)."""
    fields = ["name", "position", "color", "automove", "time_limit", "condition"]
    rows: dict[str, Stage] = {}
    _free_names(Stage, matched.kept)
    for position, (row, entry) in enumerate(matched.kept):
        stage = row or Stage(pipeline=pipeline)
        stage.name, stage.position, stage.color = entry.stage, position, entry.color
        stage.automove = entry.automove and position != len(matched.kept) - 1
        stage.time_limit, stage.condition = entry.time_limit, entry.when
        rows[entry.stage] = stage
    Stage.objects.bulk_update([each for each in rows.values() if each.pk], fields)
    Stage.objects.bulk_create([each for each in rows.values() if not each.pk])
    return rows


def write_statuses(
    pipeline: Pipeline, matched: Matched[CustomStatus, StatusDocument]
) -> dict[str, CustomStatus]:
    fields = ["name", "color", "description", "restore_client_status"]
    rows: dict[str, CustomStatus] = {}
    _free_names(CustomStatus, matched.kept)
    for row, entry in matched.kept:
        status = row or CustomStatus(pipeline=pipeline)
        status.name, status.color, status.description = entry.status, entry.color, entry.description
        status.restore_client_status = entry.restore_client_status
        rows[entry.status] = status
    CustomStatus.objects.bulk_update([each for each in rows.values() if each.pk], fields)
    CustomStatus.objects.bulk_create([each for each in rows.values() if not each.pk])
    return rows


def _free_names(model: type[Stage | CustomStatus], kept: Sequence[tuple[Any, Owner]]) -> None:
    """Of renamings in a chain (A is now B, and B is now C) none shall meet a name that is still taken."""
    for row, entry in kept:
        if row is not None and row.name.casefold() != entry.name.casefold():
            # No name has a line feed in it.
            model.objects.filter(pk=row.pk).update(name=f"\n{row.pk}")


def write_automations(
    document: PipelineDocument, stages: Mapping[str, Stage], statuses: Mapping[str, CustomStatus]
) -> None:
    """A row stays the same as long as its key does; removing one leaves what it made (A10)."""
    owned = Q(stage__in=stages.values()) | Q(status__in=statuses.values())
    present = {(each.stage_id, each.status_id, each.key): each for each in Automation.objects.filter(owned)}
    made: list[Automation] = []
    changed: list[Automation] = []
    for _path, owner in document.owners():
        stage = stages[owner.name] if isinstance(owner, StageDocument) else None
        status = statuses[owner.name] if isinstance(owner, StatusDocument) else None
        for position, (entry, key) in enumerate(zip(owner.on_entry, keys_of(owner.on_entry), strict=True)):
            row = present.pop((stage.pk if stage else None, status.pk if status else None, key), None)
            wanted = [position, entry.kind, entry.settings, entry.when, entry.enabled]
            if row is None:
                values = dict(zip(_AUTOMATION_FIELDS, wanted, strict=True))
                made.append(Automation(stage=stage, status=status, key=key, **values))
            elif wanted != [getattr(row, name) for name in _AUTOMATION_FIELDS]:
                for name, value in zip(_AUTOMATION_FIELDS, wanted, strict=True):
                    setattr(row, name, value)
                changed.append(row)
    Automation.objects.filter(pk__in=[each.pk for each in present.values()]).delete()
    Automation.objects.bulk_update(changed, _AUTOMATION_FIELDS, batch_size=200)
    Automation.objects.bulk_create(made, batch_size=200)
