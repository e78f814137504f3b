"""Versions in headers: `ETag` on what can be changed, `If-Match` on the change (M13)."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.utils.translation import gettext as _t

from clearstage.kernel.errors import Stale

from .problems import Problem

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e]*"\s*)*')
_VERSION = re.compile(r'(?<!W/)"([1-9][0-9]{0,9})"')


def etag(version: int) -> str:
    return f'"{version}"'


def demanded_version(request: HttpRequest, present: int) -> int | None:
    """The version the change is meant for: the present one where `If-Match` names it, None without the header.

    Raises `Stale` where another version is named, and answers 400 where the header cannot be read.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if not _TAGS.fullmatch(header):
        raise _malformed()
    if str(present) not in _VERSION.findall(header):
        raise Stale(_t("This was changed by somebody else in the meantime. Nothing was done."))
    return present


def named_version(request: HttpRequest) -> int | None:
    """The version that `If-Match` names, where it is compared later; 0 stands for one that cannot be."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if not _TAGS.fullmatch(header):
        raise _malformed()
    found = _VERSION.findall(header)
    return int(found[0]) if len(found) == 1 else 0


def _malformed() -> Problem:
    return Problem(400, "bad-request", _t('If-Match has to be a version in quotes, such as "3", or *.'))


def refuse_version(request: HttpRequest) -> None:
    """Many things at once have no one version."""
    if request.headers.get("If-Match") is not None:
        raise Problem(400, "bad-request", _t("If-Match is taken where one thing is changed, not many."))
