"""Accounts: the clients, and what they themselves are shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.clients.models import AccountContact
from clearstage.clients.operations.accounts import AccountInput, create_account, edit_account
from clearstage.clients.queries import account_detail, account_document, accounts_list, visible_account
from clearstage.jobs.portal import Todo, can_view_as_client, to_do, work_in_progress
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid
from clearstage.kernel.ids import number_of
from clearstage.messaging.operations.following import follow_account, unfollow_account

from . import references, schemas
from .auth import Asked
from .fields import AccountKind, Answer, Input, Name, Parameters, Turn, Word
from .headers import demanded_version
from .paging import Paging, signed, unsigned
from .routing import Noun

noun = Noun("Accounts")
LIST = "accounts"
MOST = 200

ShortText = Annotated[str, StringConstraints(max_length=254)]
TagNames = Annotated[
    list[Annotated[str, StringConstraints(max_length=60)]],
    Field(max_length=MOST, description="Names or ids; new names are made where the caller may make tags"),
]
RolesInput = Annotated[
    dict[str, list[ShortText]],
    Field(max_length=100, description="E-mails or ids of members by role; a role that is not named stays"),
]


class ContactInput(Input):
    email: ShortText
    name: Annotated[ShortText, Field(description="Needed for a person who is not known yet")] = ""
    login: Annotated[bool, Field(description="May sign in to the portal")] = False
    notify: Annotated[bool, Field(description="Gets e-mails")] = True
    invite: Annotated[
        bool,
        Field(description="Mail an invitation to the portal, where `login` lets the person in with this"),
    ] = False


class NewAccount(Input):
    name: Name
    kind: AccountKind = "individual"
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    tags: TagNames = []
    contacts: Annotated[list[ContactInput], Field(max_length=MOST)] = []
    roles: RolesInput = {}


class AccountChanges(Input):
    """What is not sent stays; tags and contacts are replaced as a whole."""

    name: Name = ""
    kind: AccountKind = "individual"
    number: Annotated[str, StringConstraints(max_length=40)] = ""
    tags: TagNames = []
    contacts: Annotated[list[ContactInput], Field(max_length=MOST)] = []
    roles: RolesInput = {}


class ContactAnswer(Answer):
    id: str
    name: str
    email: str
    login: bool
    notify: bool
    invited: datetime | None = Field(description="When an invitation to the portal was last sent")
    signed_in: datetime | None = Field(description="When the person was last let into the portal")


class Account(Answer):
    id: str
    version: int
    name: str
    kind: AccountKind
    number: str
    tags: list[str]
    contacts: list[ContactAnswer]
    roles: dict[str, list[str]] = Field(description="E-mails of members by role")


class Progress(Answer):
    """All that a client is shown of a job (C9)."""

    job_name: str
    status: str
    description: str
    turn: Turn
    since: datetime | None


class ToDo(Answer):
    id: str
    kind: str
    title: str
    job_name: str
    due: date | None


class Portal(Answer):
    work_in_progress: list[Progress]
    todo: list[ToDo]


class AccountFilters(Paging):
    q: Annotated[Word, Field(description="Looked for in names, numbers and contacts' e-mails")] = ""
    tag: Word | None = None
    kind: AccountKind | None = None


class PortalAsked(Parameters):
    contact: Annotated[
        Word | None, Field(description="E-mail of a contact; left out: the account as a whole")
    ] = None


@noun.reads("/accounts", schemas.Page[Account], summary="List accounts")
def list_accounts(request: Asked, asked: Query[AccountFilters]) -> Any:
    """The accounts the caller sees, by name."""
    tag = references.tag(asked.tag)[1] if asked.tag is not None else ""
    cursor = unsigned(asked, LIST)
    page = accounts_list(request.actor, asked.q, tag, asked.kind or "", cursor, asked.limit)
    return {"results": [account_document(row) for row in page.results], "next": signed(page.next, LIST)}


@noun.reads("/accounts/{account}", Account, summary="Read an account", versioned=True)
def read_account(request: Asked, account: str) -> Any:
    return _document(request.actor, number_of("account", account))


@noun.writes("POST", "/accounts", Account, summary="Make an account", status=201)
def make_account(request: Asked, body: NewAccount) -> Any:
    given = body.model_dump(exclude={"contacts"})
    row = create_account(request.actor, AccountInput(**given, contacts=_contacts(body.contacts)))
    return _document(request.actor, row.pk)


@noun.writes("PATCH", "/accounts/{account}", Account, summary="Change an account", versioned=True)
def change_account(request: Asked, account: str, body: AccountChanges) -> Any:
    row = account_detail(request.actor, number_of("account", account))
    changes = body.given("name", "kind", "number", "tags", "roles")
    if "contacts" in body.model_fields_set:
        changes["contacts"] = _contacts(body.contacts)
    edit_account(request.actor, row.pk, changes, demanded_version(request, row.version))
    return _document(request.actor, row.pk)


@noun.reads("/accounts/{account}/portal", Portal, summary="See what the client sees")
def read_portal(request: Asked, account: str, asked: Query[PortalAsked]) -> Any:
    """Takes the right “view as client”. Nothing of it counts as seen by the client. In the contact's language."""
    number = visible_account(request.actor, number_of("account", account))
    can_view_as_client(request.actor).demand()
    sees, language = (True, "") if asked.contact is None else _as_whom(number, asked.contact)
    return {
        "work_in_progress": [_progress(job) for job in work_in_progress([number], language)] if sees else [],
        "todo": [_todo(line) for line in to_do([number], language)] if sees else [],
    }


@noun.writes("PUT", "/accounts/{account}/follow", None, summary="Follow an account", status=204)
def follow(request: Asked, account: str) -> Any:
    """What its client does comes to the caller's inbox from now on."""
    follow_account(request.actor, visible_account(request.actor, number_of("account", account)))


@noun.writes("DELETE", "/accounts/{account}/follow", None, summary="No longer follow an account", status=204)
def unfollow(request: Asked, account: str) -> Any:
    unfollow_account(request.actor, visible_account(request.actor, number_of("account", account)))


def _as_whom(account: int, email: str) -> tuple[bool, str]:
    """Whether the contact may sign in, and his language."""
    links = AccountContact.objects.filter(account=account).select_related("contact")
    link = links.filter(contact__email__iexact=email.strip()).first()
    if link is None:
        raise Invalid([("contact", _t("“{email}” is no contact of this account").format(email=email))])
    return link.login, link.contact.language


def _todo(line: Todo) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "title": line.title,
        "job_name": line.job_name,
        "due": line.due,
    }


def _progress(job: Any) -> dict[str, Any]:
    return {
        "job_name": job.job_name,
        "status": job.status,
        "description": job.description,
        "turn": job.turn,
        "since": job.since,
    }


def _contacts(given: list[ContactInput]) -> list[dict[str, Any]]:
    return [each.model_dump(exclude_unset=True) for each in given]


def _document(actor: Actor, number: int | None) -> dict[str, Any]:
    return account_document(account_detail(actor, number))
