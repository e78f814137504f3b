"""The JSON Schema of pipeline documents, from the same models that read them and the registry of automation kinds."""

from __future__ import annotations

from typing import Any

from clearstage.engine.conditions import ACCOUNT_KINDS, PRIORITIES

from .document import PipelineDocument
from .kinds import all_kinds, later_kinds


def document_schema() -> dict[str, Any]:
    """For editors and other programs; what is named (templates, people, tags) is not part of it."""
    schema = PipelineDocument.model_json_schema(mode="validation")
    definitions: dict[str, Any] = schema.pop("$defs")
    kinds: dict[str, Any] = {}
    for name, kind in all_kinds().items():
        settings = kind.settings_type.model_json_schema(mode="validation")
        definitions |= settings.pop("$defs", {})
        definitions[settings["title"]] = {**settings, "title": str(kind.label)}
        kinds[name] = {"$ref": f"#/$defs/{settings['title']}"}
    for name in later_kinds():
        description = "Kept as written; not available in this version"
        kinds.setdefault(name, {"type": ["object", "null"], "description": description})
    definitions["AutomationDocument"] = _automation(kinds, definitions["AutomationDocument"]["properties"])
    for owner in ("AutomationDocument", "StageDocument"):
        definitions[owner]["properties"]["when"] = {"$ref": "#/$defs/Condition"}
    definitions["Condition"] = _condition()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Clearstage pipeline",
        "$defs": dict(sorted(definitions.items())),
    }


def _automation(kinds: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": "A mapping with exactly one kind key",
        "properties": {**kinds, **{name: about[name] for name in ("when", "enabled", "key")}},
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in kinds],
    }


def _condition() -> dict[str, Any]:
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    conditions = {"type": "array", "items": {"$ref": "#/$defs/Condition"}, "minItems": 1}
    return {
        "type": "object",
        "description": "Holds where everything in it holds",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "tags": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "properties": {"all": names, "any": names, "none": names},
            },
            "account_kind": _one_or_more(ACCOUNT_KINDS),
            "priority": _one_or_more(PRIORITIES),
            "assigned": {"type": "boolean"},
            "answer": {
                "type": "object",
                "required": ["question", "is"],
                "additionalProperties": False,
                "properties": {
                    "question": {"type": "string"},
                    "is": {"type": ["string", "number", "boolean", "null"]},
                },
            },
            "all": conditions,
            "any": conditions,
            "not": {"$ref": "#/$defs/Condition"},
        },
    }


def _one_or_more(known: tuple[str, ...]) -> dict[str, Any]:
    one = {"enum": list(known)}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
