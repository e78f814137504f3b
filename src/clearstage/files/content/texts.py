"""Kinds of text: whole texts without binary parts, and looking like what their names say."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import IO

from django.utils.translation import gettext as _t

from .kinds import ENDINGS

_SIGNS = {
    "ofx": re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE),
    "qbo": re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE),
    "qfx": re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE),
    "qif": re.compile(rb"\A\s*!(Type|Account|Option|Clear)\b", re.IGNORECASE),
    "iif": re.compile(rb"\A\s*!?[A-Z]+\t"),
    "eml": re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}"),
}
_PIECE = 1024 * 1024


def check_text(name: str, ending: str, head: bytes, file: IO[bytes]) -> None:
    from . import refusal

    sign = _SIGNS.get(ending)
    if sign and not sign.search(head.removeprefix(BOM_UTF8)):
        sentence = _t("“{name}” is not a {kind}, or it is damaged.")
        raise refusal(sentence.format(name=name, kind=ENDINGS[ending].label))
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return
    file.seek(0)
    while piece := file.read(_PIECE):
        if b"\x00" in piece:
            raise refusal(_t("“{name}” is not a text all through; it is damaged.").format(name=name))
