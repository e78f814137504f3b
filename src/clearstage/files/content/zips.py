"""Archives: what they hold is read from their directory, which stands at their end, and added up.

Nothing is unpacked but archives inside archives, which are looked into the same way, within a budget.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _t

from ..names import ending_of
from .damage import DAMAGE

MOST_PARTS = 10_000
LARGEST_DIRECTORY = 4 * 1024 * 1024
MOST_BYTES = 2 * 1024**3
"""All that comes out of it, with what comes out of archives inside."""
FREE_BYTES = 50 * 1024 * 1024
MOST_TIMES = 100
"""From FREE_BYTES on: how many times larger it may become."""
DEEPEST = 3
NESTED_BYTES = 100 * 1024 * 1024
_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_SIZE, _LOCATOR_SIZE, _END64_SIZE = 22, 20, 56
_PROGRAMS = frozenset(
    [
        "exe",
        "dll",
        "com",
        "scr",
        "pif",
        "msi",
        "msix",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "cpl",
        "jar",
        "class",
        "lnk",
        "reg",
        "sh",
        "app",
        "apk",
        "dmg",
        "pkg",
        "deb",
        "rpm",
        "elf",
    ]
)


@dataclass(slots=True)
class _Budget:
    """What the archives inside one file may still unpack to."""

    parts: int = MOST_PARTS
    out: int = MOST_BYTES
    nested: int = NESTED_BYTES
    problems: list[str] = field(default_factory=list)


def check_zip(name: str, file: IO[bytes]) -> None:
    from . import refusal

    if why := _flaw(file, _Budget(), 1):
        raise refusal(why.format(name=name))


def directory_fits(file: IO[bytes]) -> bool:
    """Whether the directory is small enough to be read into memory at all."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END_SIZE - _LOCATOR_SIZE - 0xFFFF))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        return False
    parts, length = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - _LOCATOR_SIZE) :].startswith(_LOCATOR64):
        (place,) = struct.unpack_from("<Q", tail, at - _LOCATOR_SIZE + 8)
        before = size - len(tail) + at - _LOCATOR_SIZE - _END64_SIZE
        # Readers differ in whether they go where the locator points, or take what stands before it.
        found = [_large(file, each, size) for each in (place, before)]
        parts, length = (max(each) for each in zip(*found, strict=True))
    return parts <= MOST_PARTS and length <= LARGEST_DIRECTORY


def _large(file: IO[bytes], place: int, size: int) -> tuple[int, int]:
    """(parts, length) from the directory's end in the form for large archives; far too many where it is not there."""
    file.seek(min(place, size))
    record = file.read(_END64_SIZE)
    if len(record) < _END64_SIZE or not record.startswith(_END64):
        return MOST_PARTS + 1, 0
    parts, length = struct.unpack_from("<QQ", record, 32)
    return parts, length


def _flaw(file: IO[bytes], budget: _Budget, depth: int) -> str:
    file.seek(0, 2)
    size = file.tell()
    if not directory_fits(file):
        return _t(
            "“{name}” is damaged, or holds more files than can be checked. Please send its files one by one."
        )
    try:
        with zipfile.ZipFile(file) as archive:
            return _flaw_inside(archive, size, budget, depth)
    except DAMAGE:
        return _t("“{name}” is a damaged archive. Please make it anew and send it again.")


def _flaw_inside(archive: zipfile.ZipFile, size: int, budget: _Budget, depth: int) -> str:
    parts = archive.infolist()
    budget.parts -= len(parts)
    out = sum(part.file_size for part in parts)
    budget.out -= out
    if budget.parts < 0 or budget.out < 0 or (out > FREE_BYTES and out > size * MOST_TIMES):
        return _t("“{name}” would unpack to far more than it holds now. Please send its files one by one.")
    if any(ending_of(part.filename.rstrip(". ")) in _PROGRAMS for part in parts):
        return _t("“{name}” holds a program or a script. Please take it out and send the archive again.")
    return next(filter(None, (_flaw_in_part(archive, part, budget, depth) for part in parts)), "")


def _flaw_in_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, depth: int) -> str:
    if part.is_dir() or not part.file_size or part.flag_bits & 1:
        return ""
    with archive.open(part) as inner:
        if inner.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return ""
    budget.nested -= part.file_size
    if depth == DEEPEST or budget.nested < 0:
        return _t("“{name}” holds archives inside archives. Please send its files one by one.")
    with tempfile.TemporaryFile() as unpacked:
        with archive.open(part) as inner:
            while piece := inner.read(65536):
                unpacked.write(piece)
        return _flaw(unpacked, budget, depth + 1)
