"""Numbers and amounts as people write and read them, in their language; kept they are plain decimals (“1250.50”)."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.formats import get_format, number_format

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WITH_COMMA = re.compile(r"[+-]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?")
_BETWEEN = re.compile(r"[\s$€£¥]")


def as_kept(typed: str) -> str:
    """What somebody typed whose language has a decimal comma, with a point instead; anything else as it is.

    “1.250” is a thousand and more there, and “1250.50” is still understood.
    """
    bare = _BETWEEN.sub("", typed)
    if get_format("DECIMAL_SEPARATOR") != "," or not _WITH_COMMA.fullmatch(bare):
        return typed
    return bare.replace(".", "").replace(",", ".")


def as_typed(kept: str) -> str:
    """A plain decimal as one would type it in the reader's language; anything else as it is."""
    return number_format(Decimal(kept)) if _PLAIN.fullmatch(kept) else kept


def as_read(kept: str) -> str:
    """The same with signs between thousands, as amounts are read."""
    return number_format(Decimal(kept), force_grouping=True) if _PLAIN.fullmatch(kept) else kept
