"""The kinds of values that requests are made of, with the limits of the columns they end in."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _t
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from clearstage.kernel.text import flaw_in

FIRST_YEAR, LAST_YEAR = 1900, 2200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Input(BaseModel):
    """A request body. Unknown fields are refused, and nothing is taken for something else ("5" is no number)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self, *fields: str) -> dict[str, Any]:
        """The named fields as far as they were sent, so that null and not sent stay apart."""
        return {field: getattr(self, field) for field in fields if field in self.model_fields_set}


class Nothing(Input):
    """An empty body, or none."""


class Parameters(BaseModel):
    """Query parameters. Unknown ones are refused by the routes."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    problem = _t("has to be a date such as 2026-04-15")
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(problem)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(_t("there is no such day")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_t("has to lie between {first} and {last}").format(first=FIRST_YEAR, last=LAST_YEAR))
    return day


def _one_line(text: str) -> str:
    text = text.strip()
    if not text:
        raise ValueError(_t("must not be empty"))
    if any(character < " " or character == "\x7f" for character in text):
        raise ValueError(_t("has to be a single line"))
    return text


def _keepable(text: str) -> str:
    if flaw := flaw_in(text):
        raise ValueError(_t(flaw))
    return text


def _flag(value: Any) -> Any:
    if value not in ("true", "false", True, False):
        raise ValueError(_t("has to be true or false"))
    return value in ("true", True)


_ISO_DAY = {"type": "string", "format": "date", "examples": ["2026-04-15"]}
_BOOLEAN = {"type": "boolean"}

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_ISO_DAY)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
ShortName = Annotated[str, StringConstraints(max_length=100), AfterValidator(_one_line)]
Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Priority = Literal["low", "medium", "high", "urgent"]
AccountKind = Literal["individual", "company", "other"]
Turn = Literal["client", "firm", "agency", "nobody"]
Color = Literal[
    "blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "gray"
]  # fmt: skip
Scope = Annotated[
    Literal["stage", "status"] | None,
    Field(
        description="Which of the two the job waits for it in; left out: the custom status, where it has one"
    ),
]
Minutes = Annotated[int, Field(ge=0, le=1_000_000)]

Reference = Annotated[
    str, StringConstraints(min_length=1, max_length=254), Field(description="An id or a name")
]
AccountReference = Annotated[
    str,
    StringConstraints(min_length=1, max_length=254),
    Field(description="The id of an account, or its name"),
]
Person = Annotated[
    str, StringConstraints(min_length=1, max_length=254), Field(description="The e-mail or id of a member")
]
PersonOrRole = Annotated[
    str,
    StringConstraints(min_length=1, max_length=254),
    Field(description="The e-mail or id of a member, or role:NAME for whoever has that role for the account"),
]

# Query parameters
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema(_BOOLEAN)]
Word = Annotated[str, StringConstraints(max_length=254), AfterValidator(_keepable)]
