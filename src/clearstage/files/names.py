"""Names of files as they are shown and sent: what a person called it, without what could mislead or harm."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

LONGEST = 200
# They turn the reading direction (“fdp.exe” reads “exe.pdf”), or break the line.
_MISLEADING = {*map(chr, [0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF])}
_FORBIDDEN = '<>:"|?*'


def cleaned(name: str) -> str:
    """The last part of a path, in one line, at most 200 characters, its ending kept; never empty."""
    last = name.replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    text = unicodedata.normalize("NFC", "".join(each for each in last if not _unfit(each)))
    for each in _FORBIDDEN:
        text = text.replace(each, "_")
    text = " ".join(text.split()).strip(". ")
    if len(text) > LONGEST:
        ending = PurePosixPath(text).suffix[:20]
        text = text[: LONGEST - len(ending)].rstrip() + ending
    return text or "file"


def ending_of(name: str) -> str:
    """`pdf` of `Return 2025.PDF`; empty where there is none."""
    return PurePosixPath(name.lower()).suffix.lstrip(".")


def with_ending(name: str, ending: str) -> str:
    """The name with another ending in place of its own."""
    stem = PurePosixPath(name).stem if ending_of(name) else name
    return cleaned(f"{stem[: LONGEST - 1 - len(ending)]}.{ending}")


def _unfit(character: str) -> bool:
    return character in _MISLEADING or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")
