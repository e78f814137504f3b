"""What a text may contain, so that both databases, mail and pages can hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LARGEST_INTEGER = 2**53


def flaw_in(text: str) -> str:
    """Why a text cannot be kept, or an empty string where it can."""
    if "\x00" in text:
        return "contains a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "contains half of a character (a lone surrogate)"
    return ""


def flaws(document: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """(place, flaw) for every text and number inside a JSON document that cannot be kept."""
    if isinstance(document, str):
        if flaw := flaw_in(document):
            yield where, flaw
    elif isinstance(document, bool):
        return
    elif isinstance(document, int):
        if abs(document) > LARGEST_INTEGER:
            yield where, "is too large a number"
    elif isinstance(document, dict):
        for key, value in document.items():
            if flaw := flaw_in(str(key)):
                yield where, f"a name in it {flaw}"
            else:
                yield from flaws(value, f"{where}.{key}" if where else str(key))
    elif isinstance(document, list):
        for position, value in enumerate(document):
            yield from flaws(value, f"{where}[{position}]")
