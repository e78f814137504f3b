"""Pictures: their size from their first bytes, so that one that would fill the memory is never opened."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _t

MOST_PIXELS = 250_000_000
"""The largest phones take 200 million."""
LONGEST_SIDE = 40_000
MOST_PAGES = 1000
_NO_SIZE = (0xC4, 0xC8, 0xCC)
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9))


def check_picture(name: str, kind: str, head: bytes, file: IO[bytes]) -> None:
    from . import refusal

    try:
        sizes = list(_READERS[kind](head, file))
    except (struct.error, IndexError, ValueError, OverflowError):
        sizes = []
    if not sizes or any(not width or not height for width, height in sizes):
        raise refusal(
            _t("“{name}” is a damaged picture. Please take it again or send another copy.").format(name=name)
        )
    width, height = max(sizes, key=lambda each: each[0] * each[1])
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        sentence = _t("“{name}” is too large a picture ({width} × {height} points). Please make it smaller.")
        raise refusal(sentence.format(name=name, width=width, height=height))


Sizes = Iterator[tuple[int, int]]


def _png(head: bytes, file: IO[bytes]) -> Sizes:
    if head[12:16] == b"IHDR":
        yield struct.unpack_from(">II", head, 16)


def _gif(head: bytes, file: IO[bytes]) -> Sizes:
    yield struct.unpack_from("<HH", head, 6)


def _webp(head: bytes, file: IO[bytes]) -> Sizes:
    form = head[12:16]
    if form == b"VP8X":
        yield int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    elif form == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif form == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        yield width & 0x3FFF, height & 0x3FFF


def _jpeg(head: bytes, file: IO[bytes]) -> Sizes:
    """Goes from segment to segment until the one that tells the size; previews inside others are passed over."""
    file.seek(2)
    while True:
        byte = file.read(1)
        while byte == b"\xff":
            marker = file.read(1)
            if marker != b"\xff":
                break
        else:
            return
        number = marker[0]
        if number in _WITHOUT_LENGTH:
            continue
        if number in (0xD9, 0xDA):
            return
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= number <= 0xCF and number not in _NO_SIZE:
            _bits, height, width = struct.unpack(">BHH", file.read(5))
            yield width, height
            return
        file.seek(length - 2, 1)


def _heic(head: bytes, file: IO[bytes]) -> Sizes:
    """Every part of the picture tells its size in an `ispe` box; the whole is the largest."""
    for found in re.finditer(rb"\x00\x00\x00\x14ispe", head):
        yield struct.unpack_from(">II", head, found.end() + 4)


def _tiff(head: bytes, file: IO[bytes]) -> Sizes:
    order = "<" if head.startswith(b"II") else ">"
    (place,) = struct.unpack_from(order + "I", head, 4)
    seen: set[int] = set()
    while place and place not in seen and len(seen) < MOST_PAGES:
        seen.add(place)
        file.seek(place)
        (count,) = struct.unpack(order + "H", file.read(2))
        entries = file.read(count * 12)
        sides = {}
        for at in range(0, count * 12, 12):
            tag, form, _many = struct.unpack_from(order + "HHI", entries, at)
            if tag in (256, 257):
                (sides[tag],) = struct.unpack_from(order + ("H" if form == 3 else "I"), entries, at + 8)
        yield sides.get(256, 0), sides.get(257, 0)
        (place,) = struct.unpack(order + "I", file.read(4))


_READERS = {"png": _png, "gif": _gif, "webp": _webp, "jpg": _jpeg, "heic": _heic, "tif": _tiff}
