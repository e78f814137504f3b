"""The table of kinds that are taken. A new one is a line here, and a way to tell it in `sniffing`."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """`sniffed` is what its bytes look like; `inside` which further look it gets: picture, zip or text."""

    label: str | Promise
    content_type: str
    sniffed: str
    inside: str = ""


_picture, _word, _sheet, _slides = _("picture"), _("Word file"), _("Excel file"), _("PowerPoint file")
_bank = _("bank file")

ENDINGS: dict[str, Kind] = {
    "pdf": Kind(_("PDF"), "application/pdf", "pdf"),
    "jpg": Kind(_picture, "image/jpeg", "jpg", "picture"),
    "jpeg": Kind(_picture, "image/jpeg", "jpg", "picture"),
    "png": Kind(_picture, "image/png", "png", "picture"),
    "gif": Kind(_picture, "image/gif", "gif", "picture"),
    "webp": Kind(_picture, "image/webp", "webp", "picture"),
    "heic": Kind(_picture, "image/heic", "heic", "picture"),
    "heif": Kind(_picture, "image/heif", "heic", "picture"),
    "tif": Kind(_picture, "image/tiff", "tif", "picture"),
    "tiff": Kind(_picture, "image/tiff", "tif", "picture"),
    "docx": Kind(_word, f"{OFFICE}.wordprocessingml.document", "docx", "zip"),
    "xlsx": Kind(_sheet, f"{OFFICE}.spreadsheetml.sheet", "xlsx", "zip"),
    "xlsm": Kind(_sheet, "application/vnd.ms-excel.sheet.macroEnabled.12", "xlsx", "zip"),
    "pptx": Kind(_slides, f"{OFFICE}.presentationml.presentation", "pptx", "zip"),
    "odt": Kind(_("text document"), f"{ODF}.text", "odt", "zip"),
    "ods": Kind(_("spreadsheet"), f"{ODF}.spreadsheet", "ods", "zip"),
    "odp": Kind(_("presentation"), f"{ODF}.presentation", "odp", "zip"),
    "zip": Kind(_("ZIP archive"), "application/zip", "zip", "zip"),
    "doc": Kind(_word, "application/msword", "ole"),
    "xls": Kind(_sheet, "application/vnd.ms-excel", "ole"),
    "ppt": Kind(_slides, "application/vnd.ms-powerpoint", "ole"),
    "msg": Kind(_("saved e-mail"), "application/vnd.ms-outlook", "ole"),
    "txt": Kind(_("text file"), "text/plain", "text", "text"),
    "csv": Kind(_("table of values (CSV)"), "text/csv", "text", "text"),
    "tsv": Kind(_("table of values (TSV)"), "text/tab-separated-values", "text", "text"),
    "eml": Kind(_("saved e-mail"), "message/rfc822", "text", "text"),
    "ofx": Kind(_bank, "application/x-ofx", "text", "text"),
    "qbo": Kind(_bank, "application/vnd.intu.qbo", "text", "text"),
    "qfx": Kind(_bank, "application/vnd.intu.qfx", "text", "text"),
    "qif": Kind(_bank, "application/x-qif", "text", "text"),
    "iif": Kind(_("QuickBooks file"), "text/x-iif", "text", "text"),
}
PICTURES = frozenset({"jpg", "png", "gif", "webp", "heic", "tif"})


def kinds_in_words() -> str:
    return _t(
        "PDF, pictures (JPEG, PNG, HEIC, WebP, GIF, TIFF), Word, Excel, PowerPoint and OpenDocument files, CSV, "
        "text, ZIP archives, saved e-mails and bank files (OFX, QBO, QIF)"
    )


def accepted() -> str:
    """For the `accept` of a file input."""
    return ",".join(f".{ending}" for ending in ENDINGS)
