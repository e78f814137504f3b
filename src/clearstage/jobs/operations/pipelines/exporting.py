"""A saved pipeline as a document (F7): applying an export changes nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q

from clearstage.kernel.errors import NotFound

from ...document import EVERYONE
from ...models import Automation, ClientStatus, CustomStatus, Pipeline, Stage
from ...writing import automation_values, pipeline_values, stage_values, status_values
from .naming import names_in


def export_document(pipeline_id: int) -> dict[str, Any]:
    """The whole document, with the client-facing statuses it uses; in the order of a hand-written one."""
    row = Pipeline.objects.filter(pk=pipeline_id).first()
    if row is None:
        raise NotFound
    values = values_of(row)
    statuses = _client_statuses_in(values)
    exported: dict[str, Any] = {}
    for name, value in values.items():
        if name == "stages" and statuses:
            exported["client_statuses"] = statuses
        exported[name] = value
    return exported


def values_of(row: Pipeline) -> dict[str, Any]:
    """The document without the client-facing statuses, which are the firm's."""
    automations: dict[tuple[str, int | None], list[dict[str, Any]]] = defaultdict(list)
    for each in Automation.objects.filter(Q(stage__pipeline=row) | Q(status__pipeline=row)).order_by(
        "position", "id"
    ):
        entry = (
            automations["stage", each.stage_id] if each.stage_id else automations["status", each.status_id]
        )
        entry.append(
            automation_values(
                each.kind,
                each.settings,
                each.condition,
                enabled=each.enabled,
                key=each.key,
                position=len(entry) + 1,
            )
        )
    members = row.available_to.order_by("email").values_list("email", flat=True)
    return pipeline_values(
        row.name,
        row.description,
        available_to=EVERYONE if row.for_everyone else list(members),
        card_fields=row.card_fields,
        options={"pass_through": row.pass_through, "reviewer_is_not_preparer": row.reviewer_is_not_preparer},
        stages=[
            stage_values(
                stage.name,
                stage.color,
                stage.condition,
                automove=stage.automove,
                time_limit=stage.time_limit,
                on_entry=automations["stage", stage.pk],
            )
            for stage in Stage.objects.filter(pipeline=row).order_by("position", "id")
        ],
        statuses=[
            status_values(
                status.name,
                status.color,
                status.description,
                restore=status.restore_client_status,
                on_entry=automations["status", status.pk],
            )
            for status in CustomStatus.objects.filter(pipeline=row).order_by("id")
        ],
    )


def _client_statuses_in(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the firm's list that the automations show, in the order of the list."""
    owners = [*values["stages"], *values.get("statuses", [])]
    automations = [each for owner in owners for each in owner.get("on_entry", [])]
    shown = {
        name.strip().casefold()
        for automation in automations
        for kind, settings in automation.items()
        if isinstance(settings, dict)
        for _field, noun, name in names_in(kind, settings)
        if noun == "client_status"
    }
    rows = ClientStatus.objects.filter(deleted_at=None)
    return [_entry(row) for row in rows if row.name.casefold() in shown]


def _entry(row: ClientStatus) -> dict[str, Any]:
    entry = {"name": row.name, "turn": row.turn}
    if row.color != "gray":
        entry["color"] = row.color
    if row.description:
        entry["description"] = row.description
    if row.translations:
        entry["translations"] = row.translations
    return entry
