"""What pydantic finds wrong with a request, as (where, message): the field as the caller wrote it, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _t

MOST = 100
KINDS = ("task", "chat", "message", "organizer", "request")
"""Of the bodies that are told apart by their kind: pydantic puts it before the fields."""


def complaints(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Of ninja's validation errors; at most a hundred."""
    found = [(_where(error), _message(error)) for error in errors]
    return list(dict.fromkeys(found))[:MOST]


def _where(error: Mapping[str, Any]) -> str:
    """("body", "body", "client_status", "shown") as `client_status.shown`; parameters by their name."""
    source, *rest = error["loc"]
    if source == "body":
        rest = rest[1:]
    if rest and rest[0] in KINDS:
        rest = rest[1:]
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        rest = [*rest, error["ctx"]["discriminator"].strip("'")]
    text = ""
    for part in rest:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not str(part).startswith("function-"):
            text += f".{part}" if text else str(part)
    return text


def _message(error: Mapping[str, Any]) -> str:
    words = _WORDS.get(error["type"])
    return words(error.get("ctx", {})) if words else _t(str(error["msg"]).removeprefix("Value error, "))


_Words = Callable[[Mapping[str, Any]], str]
_WORDS: dict[str, _Words] = {
    "missing": lambda context: _t("is needed"),
    "union_tag_not_found": lambda context: _t("is needed"),
    "union_tag_invalid": lambda context: _t("has to be one of: {choices}").format(
        choices=context["expected_tags"].replace("'", "")
    ),
    "extra_forbidden": lambda context: _t("there is no such field"),
    "string_type": lambda context: _t("has to be a text"),
    "bool_type": lambda context: _t("has to be true or false"),
    "int_type": lambda context: _t("has to be a whole number"),
    "int_parsing": lambda context: _t("has to be a whole number"),
    "int_from_float": lambda context: _t("has to be a whole number"),
    "list_type": lambda context: _t("has to be a list"),
    "dict_type": lambda context: _t("has to be a mapping"),
    "model_type": lambda context: _t("has to be a mapping"),
    "model_attributes_type": lambda context: _t("has to be a mapping"),
    "date_type": lambda context: _t("has to be a date such as 2026-04-15"),
    "string_too_long": lambda context: _t("is longer than {most} characters").format(
        most=context["max_length"]
    ),
    "string_too_short": lambda context: _t("must not be empty"),
    "too_long": lambda context: _t("holds more than {most}").format(most=context["max_length"]),
    "too_short": lambda context: _t("holds fewer than {least}").format(least=context["min_length"]),
    "literal_error": lambda context: _t("has to be one of: {choices}").format(
        choices=str(context["expected"]).replace("'", "").replace(" or ", ", ")
    ),
    "greater_than_equal": lambda context: _t("has to be at least {least}").format(least=context["ge"]),
    "less_than_equal": lambda context: _t("has to be at most {most}").format(most=context["le"]),
}
