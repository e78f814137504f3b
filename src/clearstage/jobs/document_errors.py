"""Putting what is wrong with a document into words: the place, the mistake, and what was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NoReturn, get_args

from django.utils.translation import gettext as _t
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from .kinds import kind_named
from .reading import Path, Places, not_as_text, refuse


def wrong(path: Path, message: str) -> ValidationError:
    """A validation error at a place inside of what is being validated."""
    error = PydanticCustomError("document", "{message}", {"message": message})
    return ValidationError.from_exception_data("document", [{"type": error, "loc": path, "input": None}])


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    by_folded = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.7)
    return by_folded[found[0]] if found else None


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean “task”?`, or nothing."""
    found = near(name, known)
    return _t("; did you mean “{name}”?").format(name=found) if found else ""


def refuse_invalid(error: ValidationError, places: Places, root: type[BaseModel]) -> NoReturn:
    """Raise `Invalid` with every error in words."""
    errors = [(each["loc"], _message(each, places, root)) for each in error.errors(include_url=False)]
    refuse(errors, places)
    raise AssertionError("a validation error without errors") from error


def _message(error: Any, places: Places, root: type[BaseModel]) -> str:
    path, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if kind == "string_type" and path in places.written:
        return not_as_text(places.written[path], error["input"])
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), _keys_known_at(path[:-1], root))
    if kind == "value_error":
        return _t(str(context["error"]))
    words = _WORDS.get(kind)
    return words(path, error["input"], context) if words else str(error["msg"])


def _unknown_key(key: str, known: list[str]) -> str:
    message = _t("unknown key “{key}”").format(key=key)
    return message + (nearest(key, known) or _t("; known are {known}").format(known=", ".join(known)))


def _keys_known_at(path: Path, root: type[BaseModel]) -> list[str]:
    """The keys of the mapping that stands at a path."""
    model: Any = root
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if model else None
        if field is not None:
            model = _model_inside(field.annotation)
        else:
            kind = kind_named(part)
            model = kind.settings_type if kind else None
    return list(model.model_fields) if model else []


def _model_inside(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_inside(each))), None)


def _one_of(path: Path, value: Any, context: Any) -> str:
    known = [each.strip("' ") for each in str(context["expected"]).replace(" or ", ",").split(",")]
    message = _t("“{value}” is not one of {known}").format(value=value, known=", ".join(known))
    return message + (nearest(value, known) if isinstance(value, str) else "")


_Words = Callable[[Path, Any, Any], str]
_WORDS: dict[str, _Words] = {
    "missing": lambda path, value, context: _t("“{key}” is missing").format(key=path[-1]),
    "string_type": lambda path, value, context: _t("a text is needed"),
    "bool_type": lambda path, value, context: _t("true or false is needed"),
    "bool_parsing": lambda path, value, context: _t("true or false is needed"),
    "list_type": lambda path, value, context: _t("a list is needed"),
    "dict_type": lambda path, value, context: _t("a mapping is needed"),
    "model_type": lambda path, value, context: _t("a mapping is needed"),
    "string_too_short": lambda path, value, context: _t("must not be empty"),
    "string_too_long": lambda path, value, context: _t("is too long (at most {most} characters)").format(
        most=context["max_length"]
    ),
    "too_short": lambda path, value, context: _t("at least {least} is needed").format(
        least=context["min_length"]
    ),
    "too_long": lambda path, value, context: _t("is too long a list (at most {most})").format(
        most=context["max_length"]
    ),
    "string_pattern_mismatch": lambda path, value, context: _t(
        "only letters, digits, “-”, “_” and “.” are taken"
    ),
    "literal_error": _one_of,
}
