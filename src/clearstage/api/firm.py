"""The firm's settings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from clearstage.firm.models import Firm as Row
from clearstage.firm.operations.settings import FIELDS, LONGEST_HOLD, LONGEST_UNDO, MOST_HOLIDAYS, edit_firm

from .auth import Asked
from .fields import Answer, Day, Input, Name
from .routing import Noun

noun = Noun("Firm")
Hour = Annotated[str, StringConstraints(max_length=5), Field(description="Such as 20:00", examples=["20:00"])]


class FirmChanges(Input):
    """What is not sent stays."""

    name: Name = ""
    timezone: Annotated[str, StringConstraints(max_length=60)] = ""
    undo_minutes: Annotated[int, Field(ge=0, le=LONGEST_UNDO)] = 0
    hold_minutes: Annotated[int, Field(ge=0, le=LONGEST_HOLD)] = 0
    holidays: Annotated[list[Day], Field(max_length=MOST_HOLIDAYS)] = []
    quiet_from: Annotated[Hour, Field(description="Clients are not reminded from then")] = ""
    quiet_to: Annotated[Hour, Field(description="until then, in the firm's time zone")] = ""
    quiet_days: Annotated[bool, Field(description="Nor on weekends and holidays")] = True
    tell_client_status: Annotated[
        bool, Field(description="A new client-facing status is mailed to the contacts")
    ] = False
    clients_begin_chats: Annotated[bool, Field(description="Clients may begin conversations")] = True


class Firm(Answer):
    name: str
    timezone: str
    undo_minutes: int
    hold_minutes: int
    holidays: list[date]
    quiet_from: str
    quiet_to: str
    quiet_days: bool
    tell_client_status: bool
    clients_begin_chats: bool


@noun.reads("/firm", Firm, summary="Read the firm's settings")
def read_firm(request: Asked) -> Any:
    return _document(Row.objects.get(pk=Row.ONLY))


@noun.writes("PATCH", "/firm", Firm, summary="Change the firm's settings")
def change_firm(request: Asked, body: FirmChanges) -> Any:
    """Takes an admin or the owner."""
    return _document(edit_firm(request.actor, body.given(*FIELDS)))


def _document(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
