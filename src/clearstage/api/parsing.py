"""Reading request bodies: JSON as strictly as its grammar, in what both databases can keep.

Two equal names in a mapping are refused, since readers differ in which of them counts; so are NaN and infinity.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _t
from ninja.parser import Parser

from clearstage.kernel.text import flaws

from .problems import Problem

DEEPEST = 60
MOST_COMPLAINTS = 20
JSON = ("application/json",)
YAML = ("application/yaml", "text/yaml", "application/x-yaml")


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        media_type(request, JSON)
        return json_values(request.body)


def media_type(request: HttpRequest, taken: tuple[str, ...]) -> str:
    """The body's media type, one of those that are taken here; 415 for others, and for other encodings than UTF-8."""
    kind = (request.content_type or "").lower()
    encoding = (request.content_params or {}).get("charset", "utf-8").strip('"').lower()
    if kind not in taken or encoding not in ("utf-8", "utf8"):
        detail = _t("The body has to be {taken}, in UTF-8.").format(taken=_t(" or ").join(taken))
        raise Problem(415, "unsupported-media-type", detail)
    return kind


def text_of(body: bytes) -> str:
    """The body as text; 400 where it is no UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        _no_json(_t("byte {number} is no UTF-8").format(number=error.start + 1))


def json_values(body: bytes) -> Any:
    """The values of a JSON text: 400 where it is none, 422 where it holds what cannot be kept."""
    text = text_of(body)
    try:
        values = json.loads(
            text,
            object_pairs_hook=_mapping,
            parse_constant=_constant,
            parse_float=_fraction,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        place = _t("line {line}, column {column}").format(line=error.lineno, column=error.colno)
        _no_json(f"{place}: {error.msg}")
    except RecursionError:
        _too_deep()
    if _deeper_than(values, DEEPEST):
        _too_deep()
    found = [(where, _t(flaw)) for where, flaw in flaws(values)][:MOST_COMPLAINTS]
    if found:
        detail = "; ".join(f"{where} {flaw}".strip() for where, flaw in found)
        raise Problem(422, "invalid", detail, found)
    return values


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            _no_json(_t("“{name}” stands twice in one mapping").format(name=printable(name)))
        found[name] = value
    return found


def _constant(name: str) -> NoReturn:
    _no_json(_t("{name} is no number in JSON").format(name=name))


def _fraction(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise Problem(422, "invalid", _t("A number is too large."), [("", _t("is too large a number"))])
    return number


def _whole(text: str) -> int:
    """Numbers of very many digits cost much to read and are too large in any case."""
    return int(text) if len(text) <= 25 else 10**25


def _deeper_than(values: Any, deepest: int) -> bool:
    level = [values]
    for _depth in range(deepest):
        containers = [each for each in level if isinstance(each, dict | list)]
        if not containers:
            return False
        level = [
            inner for each in containers for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, dict | list) for each in level)


def _too_deep() -> NoReturn:
    message = _t("is nested more than {deepest} levels deep").format(deepest=DEEPEST)
    raise Problem(422, "invalid", _t("The body {flaw}.").format(flaw=message), [("", message)])


def _no_json(what: str) -> NoReturn:
    raise Problem(400, "bad-request", _t("The body is no JSON: {what}").format(what=what))


def printable(text: str, most: int = 100) -> str:
    """A piece of what was sent, fit to be put into an answer."""
    return "".join(each if each.isprintable() else "?" for each in text[:most])
