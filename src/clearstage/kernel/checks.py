"""Checking what was typed: all that is wrong is collected, so that it can be told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _t

from .errors import Invalid
from .text import flaws

LONGEST_EMAIL = 254


class Checks:
    """One input being looked at; each check answers the value as it will be kept, `demand` raises what was wrong."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def wrong(self, where: str, message: str) -> None:
        self.problems.append((where, message))

    def demand(self) -> None:
        """Go on, or raise `Invalid` with everything that was found."""
        if self.problems:
            raise Invalid(self.problems)

    def storable(self, document: Mapping[str, Any]) -> None:
        """Texts and numbers that no database could hold; raised at once, since nothing else can be said of them."""
        found = list(flaws(_plain(document)))
        if found:
            raise Invalid(found)

    def only(self, given: Iterable[str], known: Collection[str], where: str = "") -> None:
        """Names nobody knows are refused, never passed over."""
        for name in given:
            if name not in known:
                self.wrong(f"{where}.{name}" if where else name, _t("there is no such field"))

    def line(self, where: str, value: object, longest: int = 200, *, needed: bool = True) -> str:
        """One line of text, trimmed."""
        text = value.strip() if isinstance(value, str) else ""
        if not isinstance(value, str):
            self.wrong(where, _t("has to be a text"))
        elif needed and not text:
            self.wrong(where, _t("is needed"))
        elif len(text) > longest:
            self.wrong(where, _t("is longer than {longest} characters").format(longest=longest))
        elif any(character < " " or character == "\x7f" for character in text):
            self.wrong(where, _t("has to be a single line"))
        return text

    def text(self, where: str, value: object, longest: int) -> str:
        """Text of several lines; may be empty."""
        if not isinstance(value, str):
            self.wrong(where, _t("has to be a text"))
            return ""
        if len(value) > longest:
            self.wrong(where, _t("is longer than {longest} characters").format(longest=longest))
        return value.strip()

    def email(self, where: str, value: object) -> str:
        """An e-mail address, with its domain in small letters."""
        found = len(self.problems)
        text = self.line(where, value, LONGEST_EMAIL)
        if len(self.problems) > found:
            return text
        try:
            validate_email(text)
        except ValidationError:
            self.wrong(where, _t("“{value}” is no e-mail address").format(value=text))
        name, _at, domain = text.rpartition("@")
        return f"{name}@{domain.lower()}"

    def one_of(self, where: str, value: object, choices: Collection[str]) -> str:
        if not isinstance(value, str) or value not in choices:
            self.wrong(where, _t("has to be one of: {choices}").format(choices=", ".join(choices)))
            return ""
        return value

    def flag(self, where: str, value: object) -> bool:
        if not isinstance(value, bool):
            self.wrong(where, _t("has to be true or false"))
        return value is True

    def number(self, where: str, value: object, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(where, _t("has to be a number from {least} to {most}").format(least=least, most=most))
            return least
        return value

    def unknown(self, where: str, message: str, name: str, known: Iterable[str]) -> None:
        """Something that was named is not there; the name it was probably meant to be is offered."""
        folded = {each.casefold(): each for each in known}
        near = get_close_matches(name.casefold(), folded, n=1)
        if near:
            message = _t("{message}; did you mean “{name}”?").format(message=message, name=folded[near[0]])
        self.wrong(where, message)


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple | set | frozenset) else value
