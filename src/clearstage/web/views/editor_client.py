"""What the client sees, stage by stage, as a draft would have it (C4, C5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clearstage.jobs.models import ClientStatus

from .editor_condition import condition_words


@dataclass(frozen=True, slots=True)
class Told:
    """What a client reads; `only` says under which condition, where there is one."""

    name: str
    description: str
    turn: str
    color: str
    only: str = ""


@dataclass
class ClientRow:
    """One stage as the client sees it. `mark` is `set`, `standing`, `hidden` or `nothing`."""

    stage: str
    path: str
    mark: str
    told: Told | None = None
    since: str = ""
    maybe: list[Told] = field(default_factory=list)

    @property
    def html(self) -> str:
        return self.path.replace(".", "-")


def client_rows(values: Mapping[str, Any]) -> list[ClientRow]:
    """Sticky: a stage that says nothing leaves standing what an earlier one said."""
    known = _known(values)
    rows: list[ClientRow] = []
    standing, since = None, ""
    for position, stage in enumerate(values["stages"]):
        row = ClientRow(
            stage["stage"], f"stages.{position}", "standing" if standing else "nothing", standing, since
        )
        for settings, when in _settings(stage):
            told = _told(settings, known, when)
            if when and told:
                row.maybe.append(told)
            elif not when:
                row.mark, row.told, row.since, row.maybe = "set" if told else "hidden", told, "", []
        if row.mark in ("set", "hidden"):
            standing, since = row.told, row.stage
        rows.append(row)
    return rows


def _settings(stage: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Any]]:
    return [
        (entry["client_status"], entry.get("when"))
        for entry in stage.get("on_entry", [])
        if "client_status" in entry and entry.get("enabled", True)
    ]


def _told(settings: Mapping[str, Any], known: Mapping[str, tuple[str, str, str]], when: Any) -> Told | None:
    name = settings.get("show")
    if not name:
        return None
    description, turn, color = known.get(str(name).strip().casefold(), ("", "", "gray"))
    only = _(" and ").join(condition_words(when))
    return Told(str(name), settings.get("description") or description, turn, color, only)


def _known(values: Mapping[str, Any]) -> dict[str, tuple[str, str, str]]:
    """(description, turn, colour) by folded name: the firm's list counts before what the draft brings along."""
    declared = {
        each["name"].casefold(): (
            each.get("description", ""),
            each.get("turn", "firm"),
            each.get("color", "gray"),
        )
        for each in values.get("client_statuses", [])
    }
    rows = ClientStatus.objects.filter(deleted_at=None).values_list("name", "description", "turn", "color")
    return declared | {name.casefold(): (description, turn, color) for name, description, turn, color in rows}
