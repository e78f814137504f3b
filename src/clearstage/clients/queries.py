"""Reading clients: lists and single accounts, in a fixed number of queries."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _t

from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import number_of, public_id
from clearstage.kernel.text import flaw_in

from .models import Account, AccountContact, Contact, RoleHolder, Tag

MOST = 200


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Some accounts, and the cursor under which the next ones are found."""

    results: list[Account]
    next: str | None


def contact_actor(contact: Contact, *, read_only: bool = False) -> Actor:
    """The contact as an actor of the portal."""
    return Actor("contact", contact.pk, contact.name, via="portal", read_only=read_only)


def notified_accounts(contact: Contact, accounts: Collection[int]) -> list[tuple[int, str, bool]]:
    """Of these accounts (id, name, whether the contact gets e-mails about it), by name."""
    links = contact.account_links.filter(account__in=accounts).order_by("account__name", "account")
    return list(links.values_list("account", "account__name", "notify"))


def accounts_list(
    actor: Actor, q: str = "", tag: str = "", kind: str = "", cursor: str = "", limit: int = 50
) -> AccountPage:
    """The accounts the actor may see, by name; `q` is looked for in names, numbers and e-mails, `tag` names one."""
    accounts: Any = Account.objects.visible_to(actor).annotate(sorted_by=Lower("name"))
    if flaw_in(q) or flaw_in(tag):
        return AccountPage([], None)
    if q:
        reached = AccountContact.objects.filter(contact__email__icontains=q).values("account")
        accounts = accounts.filter(Q(name__icontains=q) | Q(number__icontains=q) | Q(pk__in=reached))
    if tag:
        found = tag_named(tag)
        accounts = accounts.filter(account_tags__tag=found) if found else accounts.none()
    if kind:
        accounts = accounts.filter(kind=kind)
    if cursor:
        name, number = _place(cursor)
        accounts = accounts.filter(Q(sorted_by__gt=name) | Q(sorted_by=name, pk__gt=number))
    limit = max(1, min(limit, MOST))
    accounts = with_parts(accounts)
    rows = list(accounts.order_by("sorted_by", "pk")[: limit + 1])
    more = rows[limit - 1] if len(rows) > limit else None
    return AccountPage(rows[:limit], _cursor(more.sorted_by, more.pk) if more else None)


def account_detail(actor: Actor, account: int | None) -> Account:
    """One account with everything that belongs to it; `NotFound` for nonsense and for what is closed alike (X4)."""
    row = with_parts(Account.objects.visible_to(actor)).filter(pk=account or 0).first()
    if row is None:
        raise NotFound
    return row


def visible_account(actor: Actor, account: int | None) -> int:
    """The account's number, where the actor may see it; `NotFound` as for `account_detail`. One query."""
    number = account or 0
    if not Account.objects.visible_to(actor).filter(pk=number).exists():
        raise NotFound
    return number


def with_parts(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """With tags, contacts and holders of roles, each in the order in which they count."""
    return accounts.prefetch_related(
        Prefetch("tags", Tag.objects.order_by(Lower("name"))),
        Prefetch("contact_links", AccountContact.objects.order_by("pk").select_related("contact")),
        Prefetch("role_holders", RoleHolder.objects.order_by("pk").select_related("role", "member")),
    )


def account_document(account: Account) -> dict[str, Any]:
    """An account (from `with_parts`) as pages and the API know it."""
    roles: dict[str, list[str]] = {}
    for holder in account.role_holders.all():
        roles.setdefault(holder.role.name, []).append(holder.member.email)
    return {
        "id": public_id("account", account.pk),
        "version": account.version,
        "name": account.name,
        "kind": account.kind,
        "number": account.number,
        "tags": [tag.name for tag in account.tags.all()],
        "contacts": [
            {
                "id": public_id("contact", link.contact_id),
                "name": link.contact.name,
                "email": link.contact.email,
                "login": link.login,
                "notify": link.notify,
                "invited": link.contact.invited_at,
                "signed_in": link.contact.signed_in_at,
            }
            for link in account.contact_links.all()
        ],
        "roles": roles,
    }


def visible_contacts(actor: Actor) -> QuerySet[Contact]:
    """The contacts of the accounts an actor may see; a contact sees himself."""
    if actor.kind == "contact":
        return Contact.objects.filter(pk=actor.id or 0)
    if actor.may("view all accounts"):
        return Contact.objects.all()
    links = AccountContact.objects.filter(account__in=Account.objects.visible_to(actor).values("pk"))
    return Contact.objects.filter(pk__in=links.values("contact"))


def contact_named(email: str) -> Contact | None:
    """Who signs in to the portal with this e-mail."""
    return (
        Contact.objects.filter(email__iexact=email.strip()).first() if email.strip().isprintable() else None
    )


def tags_list() -> QuerySet[Tag]:
    return Tag.objects.order_by(Lower("name"), "pk")


def tag_named(name: str) -> Tag | None:
    """The tag a name (in any spelling) or an id stands for."""
    wanted = name.strip().casefold()
    found = next((tag for tag in Tag.objects.all() if tag.name.casefold() == wanted), None)
    return found or Tag.objects.filter(pk=number_of("tag", name) or 0).first()


def _cursor(name: str, number: int) -> str:
    return urlsafe_b64encode(orjson.dumps([name, number])).decode().rstrip("=")


def _place(cursor: str) -> tuple[str, int]:
    try:
        name, number = orjson.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if isinstance(name, str) and isinstance(number, int) and not flaw_in(name):
            return name, number
    except ValueError:
        pass
    raise Invalid([("cursor", _t("was not given by this list"))])
