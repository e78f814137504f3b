"""Fixtures that many tests share: a firm with its people, and a factory for accounts. Real rows, nothing pretended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.db import connection, connections

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.firm.models import Firm, Member
    from clearstage.kernel.actor import Actor

PASSWORD = "a long enough password"
ROLES = ("preparer", "reviewer", "partner", "admin", "bookkeeper", "payroll")


class MakeAccount(Protocol):
    """`contacts` are e-mails, or mappings with name, email, login and notify; `roles` hold members by role name."""

    def __call__(
        self,
        name: str = "Ada Okafor",
        tags: Sequence[str] = (),
        contacts: Sequence[str | Mapping[str, Any]] = (),
        roles: Mapping[str, Sequence[Member]] | None = None,
        *,
        kind: str = "individual",
        number: str = "",
        access: Sequence[Member] = (),
    ) -> Account: ...


class MakeMember(Protocol):
    def __call__(
        self,
        email: str = "cyd@example.test",
        name: str = "Cyd Assistant",
        role: str = "employee",
        rights: Sequence[str] = (),
        *,
        is_active: bool = True,
    ) -> Member: ...


@pytest.fixture
def firm(db: None) -> Firm:
    """The one firm, in UTC, with the usual roles."""
    from clearstage.firm.models import Firm, Role
    from clearstage.kernel import clock

    row = Firm.objects.create(
        pk=Firm.ONLY, name="Lindqvist & Partners", timezone="UTC", created_at=clock.now()
    )
    Role.objects.bulk_create([Role(name=name, position=position) for position, name in enumerate(ROLES)])
    return row


@pytest.fixture
def make_member(firm: Firm) -> MakeMember:
    """Makes members who sign in with `PASSWORD`."""
    from clearstage.firm.models import Member
    from clearstage.kernel import clock

    def make(
        email: str = "cyd@example.test",
        name: str = "Cyd Assistant",
        role: str = "employee",
        rights: Sequence[str] = (),
        *,
        is_active: bool = True,
    ) -> Member:
        member = Member(
            email=email,
            name=name,
            role=role,
            rights=list(rights),
            is_active=is_active,
            created_at=clock.now(),
        )
        member.set_password(PASSWORD)
        member.save()
        return member

    return make


@pytest.fixture
def owner(make_member: MakeMember) -> Member:
    return make_member("owner@example.test", "Olga Owner", "owner")


@pytest.fixture
def admin(make_member: MakeMember) -> Member:
    return make_member("admin@example.test", "Adam Admin", "admin")


@pytest.fixture
def employee(make_member: MakeMember) -> Member:
    """Without any right and without access to any account."""
    return make_member("mia@example.test", "Mia Chen")


@pytest.fixture
def actor_for() -> Callable[[Member], Actor]:
    from clearstage.firm.queries import actor_for

    return actor_for


@pytest.fixture
def owner_actor(owner: Member, actor_for: Callable[[Member], Actor]) -> Actor:
    return actor_for(owner)


@pytest.fixture
def admin_actor(admin: Member, actor_for: Callable[[Member], Actor]) -> Actor:
    return actor_for(admin)


@pytest.fixture
def employee_actor(employee: Member, actor_for: Callable[[Member], Actor]) -> Actor:
    return actor_for(employee)


@pytest.fixture
def make_account(firm: Firm) -> MakeAccount:
    from clearstage.clients.models import (
        Account,
        AccountAccess,
        AccountContact,
        AccountTag,
        Contact,
        RoleHolder,
        Tag,
    )
    from clearstage.firm.models import Role
    from clearstage.kernel import clock

    def make(
        name: str = "Ada Okafor",
        tags: Sequence[str] = (),
        contacts: Sequence[str | Mapping[str, Any]] = (),
        roles: Mapping[str, Sequence[Member]] | None = None,
        *,
        kind: str = "individual",
        number: str = "",
        access: Sequence[Member] = (),
    ) -> Account:
        account = Account.objects.create(name=name, kind=kind, number=number, created_at=clock.now())
        for tag in tags:
            row = Tag.objects.filter(name__iexact=tag).first() or Tag.objects.create(name=tag)
            AccountTag.objects.create(account=account, tag=row)
        for each in contacts:
            said = {"email": each} if isinstance(each, str) else dict(each)
            email = said["email"]
            contact = Contact.objects.filter(email__iexact=email).first() or Contact.objects.create(
                email=email, name=said.get("name", email.split("@")[0].capitalize()), created_at=clock.now()
            )
            AccountContact.objects.create(
                account=account,
                contact=contact,
                login=said.get("login", True),
                notify=said.get("notify", True),
            )
        for role, members in (roles or {}).items():
            for member in members:
                RoleHolder.objects.create(
                    account=account, role=Role.objects.get(name__iexact=role), member=member
                )
        for member in access:
            AccountAccess.objects.create(account=account, member=member)
        return account

    return make


@pytest.fixture
def in_another_thread(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Future[Any]]]:
    """`in_another_thread(run, *args)`: started at once, on a connection of its own; `.result()` waits for it.

    SQLite's tests live in memory, where connections do not wait for one another as they do with a file, so the other
    threads work on a file with what was there when the test began; look at it from another thread, too.
    """
    settings = connections.settings["default"]
    in_memory = settings["NAME"]
    if connection.vendor == "sqlite":
        file = str(tmp_path / "shared.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [file])
        settings["NAME"] = file
        # The first connection makes it a file with a write-ahead log, as installations have; two at once cannot.
        _start(connection.ensure_connection).result()
    yield _start
    settings["NAME"] = in_memory


def _start(run: Callable[..., Any], *args: Any) -> Future[Any]:
    future: Future[Any] = Future()

    def work() -> None:
        try:
            future.set_result(run(*args))
        except BaseException as error:
            future.set_exception(error)
        finally:
            connections.close_all()

    Thread(target=work, daemon=True).start()
    return future
