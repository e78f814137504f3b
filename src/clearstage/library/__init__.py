"""The library: eighteen pipelines of real firms as pipeline documents, and the templates they name."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def documents() -> dict[str, str]:
    """Every pipeline document as YAML text, by its id, in the order of the ids."""
    folder = files(__name__) / "pipelines"
    texts = {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    return dict(sorted(texts.items()))


def templates() -> list[dict[str, Any]]:
    """Every template the documents name, each `{kind, name, body}`."""
    folder = files(__name__) / "templates"
    found: list[dict[str, Any]] = []
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        found += yaml.load(entry.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    return found
