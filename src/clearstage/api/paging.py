"""Lists in pages. A page goes on behind the last row of the one before, whatever was added or removed meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _t
from pydantic import Field

from clearstage.kernel.errors import Invalid

from .fields import Parameters

MOST, USUAL = 200, 50
M = TypeVar("M", bound=Model)
Limit = Annotated[int, Field(ge=1, le=MOST, description="How many at most")]
Cursor = Annotated[str, Field(max_length=500, description="`next` of the page before")]


class Paging(Parameters):
    cursor: Cursor | None = None
    limit: Limit = USUAL


def page_of(rows: QuerySet[M], asked: Paging, *order: str) -> tuple[list[M], str | None]:
    """The rows of one page, in the order of the named fields (the last one has to be unique), and the next cursor."""
    order = order or ("id",)
    if asked.cursor is not None:
        rows = rows.filter(_after(order, _read(asked.cursor, _salt(rows.model, order))))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    shown = found[: asked.limit]
    more = len(found) > asked.limit
    return shown, _write(shown[-1], order) if more else None


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows behind the one with these values: later in the first field, or equal there and later in the next, …"""
    found = Q()
    equal = Q()
    for field, value in zip(order, values, strict=True):
        name, how = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
        found |= equal & Q(**{f"{name}__{how}": value})
        equal &= Q(**{name: value})
    return found


def _write(row: Model, order: tuple[str, ...]) -> str:
    values = [_plain(getattr(row, field.lstrip("-"))) for field in order]
    return signing.dumps(values, salt=_salt(type(row), order))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _read(cursor: str, salt: str) -> Any:
    """What a cursor says; one of another list, or one that was touched up, is none."""
    try:
        return signing.loads(cursor, salt=salt)
    except signing.BadSignature:
        raise Invalid([("cursor", _t("is no cursor of this list"))]) from None


def signed(cursor: str | None, of: str) -> str | None:
    """A cursor that a noun's own list made, so that nobody can make one up."""
    return signing.dumps(cursor, salt=f"clearstage.api.cursor:{of}") if cursor is not None else None


def unsigned(asked: Paging, of: str) -> str:
    return str(_read(asked.cursor, f"clearstage.api.cursor:{of}")) if asked.cursor is not None else ""


def _salt(model: type[Model], order: tuple[str, ...]) -> str:
    return f"clearstage.api.cursor:{model._meta.label}:{','.join(order)}"
