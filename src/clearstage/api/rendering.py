"""Answers as JSON: dates as ISO 8601, moments with their offset, texts in the reader's language."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.functional import Promise
from ninja.renderers import BaseRenderer

MEDIA_TYPE = "application/json"


def render(document: Any) -> bytes:
    """The document as JSON in UTF-8; moments in UTC end with `Z`."""
    return orjson.dumps(document, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class JsonRenderer(BaseRenderer):
    media_type = MEDIA_TYPE

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return render(data)
