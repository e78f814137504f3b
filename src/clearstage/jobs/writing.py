"""Writing pipeline documents: the one form in which a pipeline is exported and compared, and its YAML.

What is at its default is left out, and so are keys that would be made the same again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from .document import AutomationDocument, PipelineDocument, days_in_words, keys_of
from .kinds import kind_named

WIDEST = 110


def automation_values(
    kind: str, settings: Mapping[str, Any], when: Any, *, enabled: bool, key: str, position: int
) -> dict[str, Any]:
    """`position` counts from 1."""
    found = kind_named(kind)
    order = list(found.settings_type.model_fields) if found else list(settings)
    values: dict[str, Any] = {kind: {name: settings[name] for name in order if name in settings}}
    if when is not None:
        values["when"] = when
    if not enabled:
        values["enabled"] = False
    if key != f"{kind}-{position}":
        values["key"] = key
    return values


def stage_values(
    name: str,
    color: str,
    when: Any,
    *,
    automove: bool,
    time_limit: int | None,
    on_entry: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    values: dict[str, Any] = {"stage": name}
    if color != "gray":
        values["color"] = color
    if when is not None:
        values["when"] = when
    if automove:
        values["automove"] = True
    if time_limit is not None:
        values["time_limit"] = days_in_words(time_limit)
    if on_entry:
        values["on_entry"] = list(on_entry)
    return values


def status_values(
    name: str, color: str, description: str, *, restore: bool, on_entry: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    values: dict[str, Any] = {"status": name}
    if color != "orange":
        values["color"] = color
    if description:
        values["description"] = description
    if restore:
        values["restore_client_status"] = True
    if on_entry:
        values["on_entry"] = list(on_entry)
    return values


def pipeline_values(
    name: str,
    description: str,
    *,
    available_to: str | Sequence[str],
    card_fields: Sequence[str],
    options: Mapping[str, bool],
    stages: Sequence[dict[str, Any]],
    statuses: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Everything but the client-facing statuses, which are the firm's."""
    values: dict[str, Any] = {"pipeline": name}
    if description:
        values["description"] = description
    values["available_to"] = available_to if isinstance(available_to, str) else list(available_to)
    values["card_fields"] = list(card_fields)
    values["options"] = dict(options)
    values["stages"] = list(stages)
    if statuses:
        values["statuses"] = list(statuses)
    return values


def document_values(document: PipelineDocument) -> dict[str, Any]:
    """A document in the form of an export, as if it had been saved."""
    last = len(document.stages) - 1
    return pipeline_values(
        document.pipeline,
        document.description,
        available_to=document.available_to,
        card_fields=document.card_fields,
        options=document.options.model_dump(),
        stages=[
            stage_values(
                stage.stage,
                stage.color,
                stage.when,
                automove=stage.automove and position != last,
                time_limit=stage.time_limit,
                on_entry=_automations(stage.on_entry),
            )
            for position, stage in enumerate(document.stages)
        ],
        statuses=[
            status_values(
                status.status,
                status.color,
                status.description,
                restore=status.restore_client_status,
                on_entry=_automations(status.on_entry),
            )
            for status in document.statuses
        ],
    )


def _automations(automations: Sequence[AutomationDocument]) -> list[dict[str, Any]]:
    return [
        automation_values(
            each.kind, each.settings, each.when, enabled=each.enabled, key=key, position=position
        )
        for position, (each, key) in enumerate(zip(automations, keys_of(automations), strict=True), 1)
    ]


class _InOneLine(dict[str, Any]):
    """A mapping that is written `{like: this}`."""


class _ListInOneLine(list[Any]):
    pass


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are indented below their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Everything is written out, however often it is the same object."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Several lines as they are; quoted where a character would be lost otherwise (YAML knows five ends of a line)."""
    style = "|" if "\n" in text else None
    if not text.replace("\n", "").isprintable():
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    _InOneLine,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True),
)
_Dumper.add_representer(
    _ListInOneLine,
    lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True),
)


def to_yaml(values: Mapping[str, Any]) -> str:
    """The document as a person would write it: blocks, and short mappings and lists in one line."""
    laid_out = {name: _laid_out(name, value) for name, value in values.items()}
    return yaml.dump(
        laid_out,
        Dumper=_Dumper,
        default_flow_style=False,
        sort_keys=False,
        allow_unicode=True,
        width=WIDEST + 10,
    )


_BLOCKS = ("stages", "statuses", "on_entry", "client_statuses")


def _laid_out(name: str, value: Any, indent: int = 0) -> Any:
    if name in _BLOCKS:
        if name == "client_statuses":
            return [_short(each, indent + 4) for each in value]
        return [{key: _laid_out(key, each, indent + 4) for key, each in entry.items()} for entry in value]
    return _short(value, indent + len(name) + 2)


def _short(value: Any, indent: int) -> Any:
    """In one line where it fits, otherwise in lines of their own."""
    if not isinstance(value, dict | list) or not value:
        return value
    flat = _flat(value)
    line = yaml.dump(flat, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**6).rstrip("\n")
    if "\n" not in line and len(line) + indent <= WIDEST and not _has_lines(value):
        return flat
    if isinstance(value, dict):
        return {key: _short(each, indent + 2) for key, each in value.items()}
    return [_short(each, indent + 2) for each in value]


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return _InOneLine({key: _flat(each) for key, each in value.items()})
    if isinstance(value, list):
        return _ListInOneLine(_flat(each) for each in value)
    return value


def _has_lines(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(_has_lines(each) for each in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and "\n" in value
