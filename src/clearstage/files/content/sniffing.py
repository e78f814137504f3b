"""What the first bytes say a file is."""

from __future__ import annotations

import codecs
import re
import zipfile
from typing import IO

from .damage import DAMAGE

PROGRAM, MARKUP, EMPTY_ARCHIVE, UNKNOWN = "program", "markup", "empty archive", "unknown"

_STARTS = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x05\x06", EMPTY_ARCHIVE),
    (b"PK\x03\x04", "zip"),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),
    (b"#!", PROGRAM),
)
_PDF_WITHIN = 1024
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1")
_MARKUP = re.compile(
    rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|object|embed|img|link|meta|style|form|math|foreignobject|\?php|%)",
    re.IGNORECASE,
)
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_MAIL_WITH_PAGES = "eml"


def kind_of(head: bytes, ending: str, file: IO[bytes]) -> str:
    """One of the kinds in `kinds.ENDINGS`, or one of the words above. The ending decides only between kinds of text."""
    found = next((kind for start, kind in _STARTS if head.startswith(start)), UNKNOWN)
    if found == "zip":
        return _in_zip(file)
    if found != UNKNOWN:
        return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        return "heic"
    before, mark, _rest = head[: _PDF_WITHIN + 5].partition(b"%PDF-")
    if mark and b"<" not in before:
        return "pdf"
    return _text_or_not(head, ending)


def _text_or_not(head: bytes, ending: str) -> str:
    text = plain(head)
    if text is None:
        return UNKNOWN
    if _MARKUP.search(text) and ending != _MAIL_WITH_PAGES:
        return MARKUP
    return "text"


def plain(head: bytes) -> bytes | None:
    """The text in one byte a character, as far as it is one; None where these are no bytes of a text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode("utf-8", "replace")
    allowed = {*range(32, 256), 9, 10, 12, 13, 26}
    return None if set(head) - allowed - {27} else head


def _in_zip(file: IO[bytes]) -> str:
    """Office files and OpenDocument are archives, and name themselves inside; `check_zip` has yet to look at it."""
    from .zips import directory_fits

    if not directory_fits(file):
        return "zip"
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                kind = archive.read("mimetype").decode("ascii", "replace").rpartition("opendocument.")[2]
                return _OPEN_DOCUMENT.get(kind.strip(), "zip")
    except DAMAGE:
        return "zip"
    if "[Content_Types].xml" in names:
        return next(
            (kind for start, kind in _OFFICE.items() if any(name.startswith(start) for name in names)), "zip"
        )
    return "zip"
