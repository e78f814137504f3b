"""Papers for the demo's clients, made in code: a PDF of one page, and what a phone makes of a receipt."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_WIDTH, _HEIGHT = 360, 480


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One letter-size page with a title and lines below it; what Latin-1 cannot say is left out."""
    words = [f"BT /F1 20 Tf 72 700 Td ({_quoted(title)}) Tj ET"]
    words += [
        f"BT /F1 11 Tf 72 {660 - 18 * row} Td ({_quoted(line)}) Tj ET" for row, line in enumerate(lines)
    ]
    drawn = "\n".join(words).encode("latin-1", "ignore")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return content + tail % (len(parts) + 1, table, len(parts) + 1, len(content))


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def picture(seed: int) -> bytes:
    """A photo of a receipt, as PNG: gray lines on white paper."""
    blank = b"\x00" + b"\xf4" * _WIDTH
    rows = []
    for y in range(_HEIGHT):
        line, within = divmod(y - 40, 24)
        length = 80 + (line * 53 + seed * 37) % 200
        inked = within in range(6) and 0 <= line < 16
        rows.append(b"\x00" + b"\xf4" * 40 + b"\x58" * length + b"\xf4" * (320 - length) if inked else blank)
    header = _WIDTH.to_bytes(4) + _HEIGHT.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    drawn = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", drawn) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
