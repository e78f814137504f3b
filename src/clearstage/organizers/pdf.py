"""An organizer on paper: who was asked what and answered what, as PDF. What people typed is text and never markup."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer

import clearstage

from .forms import Field, Form

FONTS = Path(clearstage.__file__).parent / "static" / "vendor" / "dejavu-fonts-ttf-2.37.3"
PLAIN, BOLD = "DejaVu", "DejaVu-Bold"
# DejaVu has no signs of East Asia; every reader of PDFs brings these fonts or a like of them.
EASTERN = {
    "STSong-Light": "\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef",
    "HeiseiMin-W3": "\u3040-\u30ff",
    "HYSMyeongJo-Medium": "\u1100-\u11ff\uac00-\ud7af",
}
_RUNS = {font: re.compile(f"[{signs}]+") for font, signs in EASTERN.items()}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
INK, GREY = HexColor("#22201c"), HexColor("#6b655c")


def organizer_pdf(form: Form, firm: str, account: str) -> bytes:
    """The questions that were asked, with their answers."""
    styles = _styles()
    story: list[Flowable] = [
        Paragraph(_marked(form.title), styles["title"]),
        Paragraph(_marked(f"{account} · {firm}"), styles["grey"]),
        Paragraph(_marked(_standing(form)), styles["grey"]),
        Spacer(1, 6 * mm),
    ]
    for part in form.seen:
        heading = [Paragraph(_marked(part.title), styles["section"])] if part.title else []
        asked = [_answered(each, styles) for each in part.asked]
        story += [KeepTogether([*heading, *asked[0]]) if asked else Spacer(1, 0)]
        story += [flowable for each in asked[1:] for flowable in each]
    paper = BytesIO()
    document = SimpleDocTemplate(
        paper, pagesize=A4, leftMargin=22 * mm, rightMargin=22 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
        title=form.title, author=firm, subject=account, creator="Clearstage",
    )  # fmt: skip
    document.build(story, onFirstPage=_numbered, onLaterPages=_numbered)
    return paper.getvalue()


def _standing(form: Form) -> str:
    row = form.organizer
    if row.finished_at is None:
        return _("Not submitted yet: {answered} of {all} answered").format(
            answered=form.answered, all=len(form.fields)
        )
    moment = date_format(timezone.localtime(row.finished_at), "DATETIME_FORMAT")
    said = _("Submitted by {who}, {moment}").format(who=row.submitted_by, moment=moment)
    return f"{said} · {_('sealed')}" if row.sealed else said


def _answered(field: Field, styles: dict[str, ParagraphStyle]) -> list[Flowable]:
    style = styles["answer" if field.answered else "none"]
    return [
        Paragraph(_marked(field.text), styles["question"]),
        Paragraph(_marked(field.words or _("not answered")), style),
    ]


def _marked(text: str) -> str:
    """Text for a paragraph: escaped, with its line breaks, and East Asian signs in a font that has them."""
    found = escape(_UNPRINTABLE.sub("", text))
    for font, run in _RUNS.items():
        found = run.sub(lambda match, font=font: f'<font name="{font}">{match[0]}</font>', found)  # type: ignore[misc]
    return found.replace("\n", "<br/>")


def _numbered(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(PLAIN, 8)
    canvas.setFillColor(GREY)
    canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, str(document.page))
    canvas.restoreState()


@cache
def _styles() -> dict[str, ParagraphStyle]:
    registerFont(TTFont(PLAIN, FONTS / "DejaVuSans.ttf"))
    registerFont(TTFont(BOLD, FONTS / "DejaVuSans-Bold.ttf"))
    registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    for font in EASTERN:
        registerFont(UnicodeCIDFont(font))
    base = ParagraphStyle("base", fontName=PLAIN, fontSize=10, leading=14, textColor=INK)
    return {
        "title": ParagraphStyle("title", base, fontName=BOLD, fontSize=18, leading=24),
        "grey": ParagraphStyle("grey", base, fontSize=9, textColor=GREY),
        "section": ParagraphStyle("section", base, fontName=BOLD, fontSize=13, leading=18, spaceBefore=12),
        "question": ParagraphStyle("question", base, fontSize=9, leading=12, textColor=GREY, spaceBefore=8),
        "answer": ParagraphStyle("answer", base),
        "none": ParagraphStyle("none", base, textColor=GREY),
    }
