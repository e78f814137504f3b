"""What is taken and what is not, by content; every refusal is a sentence for the person who sent it."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest

from clearstage.files.content import examine
from clearstage.files.names import cleaned
from clearstage.kernel.errors import Invalid

from .samples import (
    EML,
    OFX,
    OLE,
    PDF,
    TAKEN,
    archive,
    bomb,
    claiming,
    full_of,
    garbled,
    gif,
    heic,
    jpeg,
    office,
    png,
    tiff,
    webp,
)

HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
DEEP = archive({"1.zip": archive({"2.zip": archive({"3.zip": archive({"a.txt": b"a"})})})})
HUGE = 30_000

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("return.pdf", b"", "is empty (0 bytes)"),
    "HTML named as PDF": ("return.pdf", HTML, "is a web page or holds a script"),
    "HTML after blanks": ("notes.txt", b"\xef\xbb\xbf \n\n" + HTML, "is a web page or holds a script"),
    "HTML in UTF-16": ("notes.txt", HTML.decode().encode("utf-16"), "is a web page or holds a script"),
    "HTML named as CSV": ("table.csv", b"a,b\n" + HTML, "is a web page or holds a script"),
    "HTML named as a picture": ("photo.jpg", HTML, "is a web page or holds a script"),
    "HTML named as a mail": ("mail.eml", HTML, "is not a saved e-mail"),
    "HTML named as a bank file": ("bank.ofx", HTML, "is a web page or holds a script"),
    "HTML before a PDF": ("return.pdf", HTML + PDF, "is a web page or holds a script"),
    "HTML by name": ("page.html", HTML, "“.html” are not taken"),
    "SVG": ("logo.svg", SVG, "“.svg” are not taken"),
    "SVG named as PNG": ("logo.png", SVG, "is a web page or holds a script"),
    "a script by name": ("run.js", b"alert(1)", "“.js” are not taken"),
    "a script named as PDF": ("return.pdf", b"alert(document.cookie)", "is called a PDF, but holds: text file"),
    "a shell script": ("notes.txt", b"#!/bin/sh\nrm -rf /\n", "is a program"),
    "PHP": ("notes.txt", b"<?php system($_GET['a']); ?>", "is a web page or holds a script"),
    "a program named as PDF": ("return.pdf", b"MZ" + bytes(200), "is a program"),
    "a program for Linux": ("return.pdf", b"\x7fELF" + bytes(200), "is a program"),
    "a second ending": ("return.pdf.exe", PDF, "“.exe” are not taken"),
    "a PDF named as Word": ("letter.docx", PDF, "is called a Word file, but holds: PDF"),
    "an archive named as Word": ("letter.docx", archive({"a": b"a"}), "is called a Word file, but holds: ZIP archive"),
    "Excel named as Word": ("letter.docx", office("xl"), "is called a Word file, but holds: Excel file"),
    "something unknown": ("return.pdf", b"\x00\x01\x02\x03" * 99, "is not a PDF, or it is damaged"),
    "without a name that says what": ("file", b"\x00\x01\x02\x03" * 99, "cannot be recognised"),
    "a very large PNG": ("a.png", png(HUGE, HUGE), "is too large a picture (30000 × 30000 points)"),
    "a very large JPEG": ("a.jpg", jpeg(HUGE, HUGE), "is too large a picture (30000 × 30000 points)"),
    "a very large GIF": ("a.gif", gif(HUGE, HUGE), "is too large a picture"),
    "a very large WebP": ("a.webp", webp(16_000, 16_000), "is too large a picture"),
    "a very large TIFF": ("a.tif", tiff(HUGE, HUGE), "is too large a picture"),
    "a very large HEIC": ("a.heic", heic(HUGE, HUGE), "is too large a picture"),
    "a very long picture": ("a.png", png(2**31 - 1, 1), "is too large a picture"),
    "a picture without a size": ("a.png", png(0, 0), "is a damaged picture"),
    "a JPEG that was cut": ("a.jpg", jpeg()[:12], "is a damaged picture"),
    "a HEIC that was cut": ("a.heic", heic()[:30], "is a damaged picture"),
    "an archive that unpacks to very much": ("a.zip", bomb(), "would unpack to far more"),
    "such a one in an archive": ("a.zip", archive({"b.zip": bomb()}), "would unpack to far more"),
    "such a one named as Word": (
        "a.docx",
        archive({"[Content_Types].xml": b"", "word/a": bytes(60 * 1024**2)}),
        "would unpack to far more",
    ),
    "an archive that claims so": ("a.zip", claiming(2**32 - 2), "would unpack to far more"),
    "archives in archives in archives": ("a.zip", DEEP, "archives inside archives"),
    "an archive with too many parts": ("a.zip", full_of(60_000), "more files than can be checked"),
    "an archive with nothing in it": ("a.zip", archive({}), "an archive with nothing in it"),
    "an archive with a program": ("a.zip", archive({"x/setup.EXE. ": b"MZ"}), "holds a program or a script"),
    "an archive that was cut": ("a.zip", archive({"a.txt": b"a" * 9999})[:60], "damaged"),
    "a damaged archive": ("a.zip", archive({"a": b"a"}).replace(b"PK\x01\x02", b"PK\x01\x09"), "damaged"),
    "an archive in it that does not unpack": ("a.zip", garbled("b.zip", zipfile.ZIP_DEFLATED), "damaged"),
    "such a one, packed otherwise": ("a.zip", garbled("b.zip", zipfile.ZIP_LZMA), "damaged"),
    "a document that does not say what it is": ("a.odt", garbled("mimetype", zipfile.ZIP_DEFLATED), "holds: ZIP"),
    "such a one, packed in another way": ("a.odt", garbled("mimetype", zipfile.ZIP_LZMA), "holds: ZIP"),
    "a bank file that is none": ("bank.qbo", b"Dear Ada,", "is not a bank file"),
    "text with binary parts": ("a.csv", b"a,b\n" * 20_000 + b"\x00", "is not a text all through"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_the_usual_kinds_are_taken(name: str) -> None:
    content, kind = TAKEN[name]
    found = examine(name, BytesIO(content))
    assert (found.name, found.content_type) == (name, kind)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_is_said_in_a_sentence(case: str) -> None:
    name, content, sentence = REFUSED[case]
    with pytest.raises(Invalid) as refused:
        examine(name, BytesIO(content))
    [(where, message)] = refused.value.errors
    assert where == "file"
    assert sentence in message
    assert name in message


def test_pictures_get_the_ending_of_what_they_are() -> None:
    """Phones name every picture .jpg, whatever it is."""
    assert examine("IMG_1.jpg", BytesIO(heic())).name == "IMG_1.heic"
    assert examine("image", BytesIO(jpeg())).name == "image.jpg"
    assert examine("Return 2025", BytesIO(PDF)).name == "Return 2025.pdf"


@pytest.mark.parametrize("content", [*[content for content, _kind in TAKEN.values()], OLE, OFX, EML])
def test_no_part_of_a_file_breaks_anything(content: bytes) -> None:
    """Cut anywhere, and with any ending: taken or refused, and nothing else."""
    whole = len(content)
    for length in {each for each in (1, 4, 8, 13, 22, whole // 3, whole // 2, whole - 1) if 0 < each < whole}:
        for ending in ("pdf", "jpg", "png", "heic", "tif", "webp", "docx", "zip", "csv", "qif"):
            with suppress(Invalid):
                examine(f"a.{ending}", BytesIO(content[:length]))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("return.pdf", "return.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Ada\\return.pdf", "return.pdf"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("nul\x00.pdf", "nul.pdf"),
        ("half\ud800.pdf", "half.pdf"),
        ("  Bänk   Åccount .pdf ", "Bänk Åccount .pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("日本語.pdf", "日本語.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
    ],
)
def test_names_lose_what_could_mislead_or_harm(sent: str, kept: str) -> None:
    assert cleaned(sent) == kept
