"""Contacts: the people behind the accounts. Who is one, and of which account, is said with the account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Body
from pydantic import Field, StringConstraints

from clearstage.clients.models import Contact as Row
from clearstage.clients.operations.contacts import FIELDS, edit_contact
from clearstage.clients.operations.links import invite_contact
from clearstage.clients.queries import visible_contacts
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of, public_id

from .auth import Asked
from .fields import Answer, Input, Name, Nothing
from .routing import Noun

noun = Noun("Contacts")
Notices = Annotated[
    Literal["each", "daily", "none"],
    Field(description="E-mails about what waits: at once, one a day at eight, or none"),
]
StatusNotices = Annotated[
    bool, Field(description="E-mails about a new client-facing status, where the firm sends them")
]


class ContactChanges(Input):
    """What is not sent stays. It changes for all accounts of the contact."""

    name: Name = ""
    email: Annotated[str, StringConstraints(max_length=254)] = ""
    language: Annotated[str, StringConstraints(max_length=10)] = ""
    notices: Notices = "each"
    status_notices: StatusNotices = True


class Contact(Answer):
    id: str
    name: str
    email: str
    language: str
    notices: Notices
    status_notices: StatusNotices
    invited: datetime | None = Field(description="When an invitation to the portal was last sent")
    signed_in: datetime | None = Field(description="When the person was last let into the portal")


@noun.reads("/contacts/{contact}", Contact, summary="Read a contact")
def read_contact(request: Asked, contact: str) -> Any:
    return _document(_found(request.actor, contact))


@noun.writes("PATCH", "/contacts/{contact}", Contact, summary="Change a contact")
def change_contact(request: Asked, contact: str, body: ContactChanges) -> Any:
    """Takes the right “manage contacts”."""
    row = _found(request.actor, contact)
    return _document(edit_contact(request.actor, row.pk, body.given(*FIELDS)))


@noun.writes("POST", "/contacts/{contact}/invite", Contact, summary="Invite a contact to the portal")
def invite(request: Asked, contact: str, body: Nothing | None = Body(None)) -> Any:
    """Mails a link that works once, within seven days; an earlier one works no more. The link is never answered."""
    return _document(invite_contact(request.actor, _found(request.actor, contact).pk))


def _found(actor: Actor, contact: str) -> Row:
    row = visible_contacts(actor).filter(pk=number_of("contact", contact) or 0).first()
    if row is None:
        raise NotFound
    return row


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": public_id("contact", row.pk),
        **{name: getattr(row, name) for name in FIELDS},
        "invited": row.invited_at,
        "signed_in": row.signed_in_at,
    }
