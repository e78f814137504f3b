"""Sentences that are data: what the engine says, kept apart from the language it is read in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .translations import Said


def _(text: str) -> str:
    """Mark a text for translation without translating it: the reader's language is known only when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with named gaps, and what fills them: plain values, texts of people, other sentences, or lists."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return render(self)


def say(text: str, /, **params: Any) -> Sentence:
    """Build a sentence; `text` is a template with `{named}` gaps, marked with `_` by the caller."""
    return Sentence(text, params)


def render(sentence: Sentence, translate: Callable[[str], str] = str, language: str = "") -> str:
    """Put a sentence into words, in the language `translate` knows; what people wrote, in `language` if it can be."""

    def fill(value: Any) -> Any:
        if isinstance(value, Sentence):
            return render(value, translate, language)
        if isinstance(value, list | tuple):
            return ", ".join(str(fill(each)) for each in value)
        return value.into(language) if isinstance(value, Said) else value

    return translate(sentence.text).format(**{name: fill(value) for name, value in sentence.params.items()})


def to_json(value: Any) -> Any:
    """The sentence (or list of sentences, or plain value) as JSON, to be put into words later by `from_json`."""
    if isinstance(value, Sentence):
        if not value.params:
            return {"text": value.text}
        return {"text": value.text, "params": {name: to_json(each) for name, each in value.params.items()}}
    if isinstance(value, list | tuple):
        return [to_json(each) for each in value]
    if isinstance(value, Said):
        return {"said": str(value), "into": dict(value.translations)}
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def from_json(value: Any) -> Any:
    """Undo `to_json`."""
    if isinstance(value, dict) and "text" in value:
        return Sentence(
            value["text"], {name: from_json(each) for name, each in value.get("params", {}).items()}
        )
    if isinstance(value, dict) and "said" in value:
        return Said(value["said"], value["into"])
    if isinstance(value, list):
        return [from_json(each) for each in value]
    return value
