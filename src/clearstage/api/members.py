"""Members: who works at the firm."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.firm.models import Member as Row
from clearstage.firm.operations.members import LONGEST_PASSWORD, add_member, edit_member, set_member_password
from clearstage.firm.rights import RIGHTS
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import public_id

from . import references, schemas
from .auth import Asked
from .fields import Answer, Flag, Input, Name
from .paging import Paging, page_of
from .routing import Noun

noun = Noun("Members")
Role = Literal["owner", "admin", "employee"]
Rights = Annotated[
    list[Annotated[str, StringConstraints(max_length=60)]],
    Field(max_length=100, description=f"Of an employee: {', '.join(RIGHTS)}"),
]
Password = Annotated[str, StringConstraints(max_length=LONGEST_PASSWORD)]


class NewMember(Input):
    email: Annotated[str, StringConstraints(max_length=254)]
    name: Name
    role: Role = "employee"
    rights: Rights = []
    password: Annotated[
        Password | None, Field(description="Without one nobody can sign in as the member yet")
    ] = None


class MemberChanges(Input):
    """What is not sent stays."""

    name: Name = ""
    role: Role = "employee"
    rights: Rights = []
    is_active: Annotated[
        bool, Field(description="False: cannot sign in any more, and the tokens are gone")
    ] = True
    password: Password = ""


class Member(Answer):
    id: str
    name: str
    email: str
    role: Role
    rights: list[str]
    is_active: bool


class MemberFilters(Paging):
    is_active: Flag | None = None


@noun.reads("/members", schemas.Page[Member], summary="List members")
def list_members(request: Asked, asked: Query[MemberFilters]) -> Any:
    """Members see one another."""
    rows = Row.objects.all()
    if asked.is_active is not None:
        rows = rows.filter(is_active=asked.is_active)
    found, following = page_of(rows, asked)
    return {"results": [_document(row) for row in found], "next": following}


@noun.writes("POST", "/members", Member, summary="Add a member", status=201)
def make_member(request: Asked, body: NewMember) -> Any:
    """Takes an admin or the owner."""
    made = add_member(request.actor, body.email, body.name, body.role, body.rights, body.password)
    return _document(made)


@noun.writes("PATCH", "/members/{member}", Member, summary="Change a member")
def change_member(request: Asked, member: str, body: MemberChanges) -> Any:
    """The owner stays the owner. A deactivated member's tokens work no more."""
    number = references.members().number(member)
    if number is None:
        raise NotFound
    with transaction.atomic():
        changes = body.given("name", "role", "rights", "is_active")
        if changes or not body.model_fields_set:
            edit_member(request.actor, number, changes)
        if "password" in body.model_fields_set:
            set_member_password(request.actor, number, body.password)
    return _document(Row.objects.get(pk=number))


def _document(row: Row) -> dict[str, Any]:
    return {
        "id": public_id("member", row.pk),
        "name": row.name,
        "email": row.email,
        "role": row.role,
        "rights": row.rights,
        "is_active": row.is_active,
    }
