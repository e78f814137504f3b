"""Single answers: whether a value answers its question, and how it is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _t

from clearstage.kernel.ids import number_of
from clearstage.kernel.text import flaw_in

from .content import Question

LONGEST_LINE, LONGEST_TEXT = 500, 20_000
MOST_DIGITS, MOST_DECIMALS, CENTS = 15, 6, 2
FIRST_YEAR, LAST_YEAR = 1800, 2200
MOST_FILES = 20
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadAnswer(ValueError):
    """A value that does not answer its question, with the reason in words."""


def checked(question: Question, value: Any) -> Any:
    """The answer as it is kept; None where there is none. Raises `BadAnswer`.

    Numbers and amounts are kept as the exact text of a decimal, dates as ISO 8601, files by their ids.
    """
    reader = _READERS.get(question.type)
    if reader is None:
        raise BadAnswer(_t("this is an explanation, which is not answered"))
    if isinstance(value, str):
        if flaw := flaw_in(value):
            raise BadAnswer(_t(flaw))
        value = value.replace("\r\n", "\n").strip()
    if value is None or value in ("", []):
        return None
    return reader(question, value)


def _line(question: Question, value: Any) -> str:
    text = _words(value, LONGEST_LINE)
    if any(character < " " or character == "\x7f" for character in text):
        raise BadAnswer(_t("has to be a single line"))
    return text


def _text(question: Question, value: Any) -> str:
    return _words(value, LONGEST_TEXT)


def _words(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise BadAnswer(_t("has to be a text"))
    if len(value) > longest:
        raise BadAnswer(_t("is longer than {longest} characters").format(longest=longest))
    return value


def _number(question: Question, value: Any) -> str:
    return _decimal(value, MOST_DECIMALS, "")


def _money(question: Question, value: Any) -> str:
    return _decimal(value, CENTS, "$€£¥")


def _decimal(value: Any, decimals: int, signs: str) -> str:
    """As people write it: with commas between thousands, and the sign of a currency where it is an amount."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadAnswer(_t("has to be a number"))
    if isinstance(value, float) and not isfinite(value):
        raise BadAnswer(_t("has to be a number"))
    text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
    text = re.sub(rf"[\s{signs}]", "", text)
    text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    if not text.isascii() or not _DECIMAL.fullmatch(text):
        raise BadAnswer(_t("has to be a number such as 1250 or 1250.50"))
    whole, _point, fraction = text.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0") if decimals != CENTS else fraction
    if len(whole) > MOST_DIGITS:
        raise BadAnswer(_t("is too large a number"))
    if len(fraction.rstrip("0")) > decimals:
        raise BadAnswer(_t("has more than {decimals} digits behind the point").format(decimals=decimals))
    plain = f"{whole}.{fraction[:decimals]}" if fraction else whole
    return f"-{plain}" if text.startswith("-") and plain.strip("0.") else plain


def _day(question: Question, value: Any) -> str:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise BadAnswer(_t("has to be a date such as 2026-04-15"))
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadAnswer(_t("there is no such day")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadAnswer(_t("has to lie between {first} and {last}").format(first=FIRST_YEAR, last=LAST_YEAR))
    return value


def _yes_no(question: Question, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("yes", "no"):
        return bool(value == "yes")
    raise BadAnswer(_t("has to be yes or no"))


def _one_of(question: Question, value: Any) -> str:
    if not isinstance(value, str) or value not in question.options:
        raise BadAnswer(_t("has to be one of: {choices}").format(choices=", ".join(question.options)))
    return value


def _several_of(question: Question, value: Any) -> list[str]:
    """In the order of the options, each once."""
    if not isinstance(value, list):
        raise BadAnswer(_t("has to be a list"))
    chosen = [_one_of(question, each) for each in value]
    return [option for option in question.options if option in chosen]


def _files(question: Question, value: Any) -> list[str]:
    ids = value if isinstance(value, list) else [value]
    if any(number_of("file", each) is None for each in ids):
        raise BadAnswer(_t("has to be a list of ids of files"))
    if len(ids) > MOST_FILES:
        raise BadAnswer(_t("at most {most} files").format(most=MOST_FILES))
    return list(dict.fromkeys(ids))


_READERS: dict[str, Callable[[Question, Any], Any]] = {
    "short_text": _line,
    "long_text": _text,
    "number": _number,
    "money": _money,
    "date": _day,
    "yes_no": _yes_no,
    "one_of": _one_of,
    "several_of": _several_of,
    "file": _files,
}
TYPES = (*_READERS, "explanation")
