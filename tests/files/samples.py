"""Small files of every kind that is taken, made here byte by byte."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OFX = b"OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>"
QIF = b"!Type:Bank\nD01/02/2026\nT-12.00\n^\n"
EML = b"From: ada@example.test\r\nTo: mia@example.test\r\nSubject: Papers\r\n\r\n<html><body>Hello</body></html>\r\n"
IIF = b"!TRNS\tTRNSID\tTRNSTYPE\nTRNS\t1\tCHECK\n"


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(8)))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """With a preview inside, whose size does not count."""
    inside = b"Exif\x00\x00" + b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x11\x00\xff\xd9"
    return (
        b"\xff\xd8"
        + b"\xff\xe1" + struct.pack(">H", len(inside) + 2) + inside
        + b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
        + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"
    )  # fmt: skip


def gif(width: int = 2, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00;"


def webp(width: int = 2, height: int = 2) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + sides


def tiff(width: int = 2, height: int = 2) -> bytes:
    entries = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\x00\x08\x00\x00\x00\x02\x00" + entries + b"\x00\x00\x00\x00"


def heic(width: int = 2, height: int = 2) -> bytes:
    size = b"\x00\x00\x00\x14ispe\x00\x00\x00\x00" + struct.pack(">II", width, height)
    return (
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00\x00\x00\x24meta\x00\x00\x00\x00" + size
    )


def archive(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return content.getvalue()


def office(folder: str) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<w/>"})


def open_document(kind: str) -> bytes:
    return archive(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<o/>"}
    )


def bomb(megabytes: int = 60) -> bytes:
    """Very small, and very large once it is unpacked."""
    return archive({"a.txt": bytes(megabytes * 1024 * 1024)})


def garbled(name: str, method: int) -> bytes:
    """An archive whose one part does not unpack: what its compression left is no longer what it was."""
    content = bytearray(archive({name: bytes(range(150))}, method=method))
    begin = 30 + len(name)
    content[begin : begin + 20] = b"\xff" * 20
    return bytes(content)


def claiming(size: int) -> bytes:
    """An archive whose directory says that its only part unpacks to `size` bytes."""
    made = bytearray(archive({"a.txt": b"a" * 100}))
    struct.pack_into("<I", made, made.rfind(b"PK\x01\x02") + 24, size)
    return bytes(made)


def full_of(parts: int) -> bytes:
    """An archive whose end says that it holds so many parts."""
    made = bytearray(archive({"a.txt": b"a"}))
    struct.pack_into("<HH", made, made.rfind(b"PK\x05\x06") + 8, parts, parts)
    return bytes(made)


TAKEN: dict[str, tuple[bytes, str]] = {
    "return.pdf": (PDF, "application/pdf"),
    "photo.jpg": (jpeg(), "image/jpeg"),
    "photo.JPEG": (jpeg(), "image/jpeg"),
    "scan.png": (png(), "image/png"),
    "old.gif": (gif(), "image/gif"),
    "new.webp": (webp(), "image/webp"),
    "phone.heic": (heic(4032, 3024), "image/heic"),
    "fax.tiff": (tiff(), "image/tiff"),
    "letter.docx": (
        office("word"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "books.xlsx": (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "talk.pptx": (office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "letter.odt": (open_document("text"), "application/vnd.oasis.opendocument.text"),
    "books.ods": (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "old.xls": (OLE, "application/vnd.ms-excel"),
    "mail.msg": (OLE, "application/vnd.ms-outlook"),
    "mail.eml": (EML, "message/rfc822"),
    "bank.qbo": (OFX, "application/vnd.intu.qbo"),
    "bank.ofx": (OFX, "application/x-ofx"),
    "bank.qif": (QIF, "application/x-qif"),
    "books.iif": (IIF, "text/x-iif"),
    "table.csv": ("Name;Größe\nÅsa;1 < 2\n".encode(), "text/csv"),
    "notes.txt": ("Grüße".encode("utf-16"), "text/plain"),
    "papers.zip": (archive({"W-2.pdf": PDF, "more.zip": archive({"a.txt": b"a"})}), "application/zip"),
}
