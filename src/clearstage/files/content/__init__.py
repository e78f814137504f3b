"""What a file really is, from its bytes: the kinds that are taken, and why another one is not.

Nothing is decoded, unpacked or run: pictures tell their size in their first bytes, archives what is in them at their
end. What a browser could run is refused under any name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _t

from clearstage.kernel.errors import Invalid

from ..names import ending_of, with_ending
from .kinds import ENDINGS, PICTURES, kinds_in_words
from .pictures import check_picture
from .sniffing import EMPTY_ARCHIVE, MARKUP, PROGRAM, kind_of
from .texts import check_text
from .zips import check_zip

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """The name with the ending that fits its content, and the content's type."""

    name: str
    content_type: str


def examine(name: str, file: IO[bytes]) -> Found:
    """Look at a whole file; `Invalid` with a sentence for the person who sent it where it is not taken."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise refusal(_t("“{name}” is empty (0 bytes). Please send it again.").format(name=name))
    ending = check_ending(name)
    found = kind_of(head, ending, file)
    if found in (PROGRAM, MARKUP, EMPTY_ARCHIVE):
        raise refusal(_why_not(found).format(name=name))
    name, kind = _agreed(name, ending, found)
    if found in PICTURES:
        check_picture(name, found, head, file)
    elif ENDINGS[kind].inside == "zip":
        check_zip(name, file)
    elif ENDINGS[kind].inside == "text":
        check_text(name, kind, head, file)
    return Found(name, ENDINGS[kind].content_type)


def check_ending(name: str) -> str:
    """The ending of a name, where files that are called so are taken; what has none is known by its content."""
    ending = ending_of(name)
    if ending and ending not in ENDINGS:
        sentence = _t("“{name}”: files of the kind “.{ending}” are not taken. Taken are {kinds}.")
        raise refusal(sentence.format(name=name, ending=ending[:20], kinds=kinds_in_words()))
    return ending


def refusal(sentence: str) -> Invalid:
    return Invalid([("file", sentence)])


def _why_not(found: str) -> str:
    if found == PROGRAM:
        return _t("“{name}” is a program. Programs and scripts are not taken.")
    if found == EMPTY_ARCHIVE:
        return _t("“{name}” is an archive with nothing in it.")
    return _t("“{name}” is a web page or holds a script. Please send it as a PDF or as a picture.")


def _agreed(name: str, ending: str, found: str) -> tuple[str, str]:
    """(name, ending) of a file whose name and content agree; phones give pictures the endings of other pictures."""
    if ending and ENDINGS[ending].sniffed == found:
        return name, ending
    if found in ENDINGS and (not ending or (found in PICTURES and ENDINGS[ending].sniffed in PICTURES)):
        return with_ending(name, found), found
    if not ending:
        sentence = _t("“{name}” cannot be recognised. Taken are {kinds}.")
        raise refusal(sentence.format(name=name, kinds=kinds_in_words()))
    said, other = (
        ENDINGS[ending].label,
        next((each.label for each in ENDINGS.values() if each.sniffed == found), ""),
    )
    if other:
        sentence = _t("“{name}” is called a {kind}, but holds: {other}. Please give it the right ending.")
    else:
        sentence = _t("“{name}” is not a {kind}, or it is damaged. Please look at it and send it again.")
    raise refusal(sentence.format(name=name, kind=said, other=other))
