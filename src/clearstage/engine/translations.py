"""Texts that people wrote, and what they are in other languages. The original is what is kept and compared."""

from __future__ import annotations

from collections.abc import Mapping

Translations = Mapping[str, Mapping[str, str]]
"""By language, what texts are in it: each under its original, or under the name of what it is."""


class Said(str):
    """A text with its translations. To whoever asks for no language it is the original and nothing else."""

    __slots__ = ("translations",)
    translations: Mapping[str, str]

    def __new__(cls, text: str, translations: Mapping[str, str]) -> Said:
        found = super().__new__(cls, text)
        found.translations = translations
        return found

    def into(self, language: str) -> str:
        """The text in this language; the original where it was not translated."""
        return self.translations.get(language) or str(self)


def said(text: str, translations: Translations, name: str = "") -> str:
    """The text with all that it is in other languages, looked up under `name`, or else under itself."""
    found = {
        language: texts[name or text] for language, texts in translations.items() if texts.get(name or text)
    }
    return Said(text, found) if text and found else text


def into(text: str, language: str) -> str:
    """What somebody who reads this language is shown of a text."""
    return text.into(language) if isinstance(text, Said) else text
