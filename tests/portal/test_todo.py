"""To do on the portal's home: whatever waits for the client, whichever kind of item it is (P1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from clearstage.engine.sentences import say
from clearstage.jobs import items
from clearstage.jobs.items import ClientItem, ClientItemKind, ItemView
from clearstage.kernel.ids import PREFIXES
from tests.fixtures import MakeAccount
from tests.portal.conftest import MakeJob
from tests.portal.test_portal import without_secrets
from tests.portal.test_readonly import signed_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member


class Letters(ClientItemKind):
    """A kind of item that is kept in memory."""

    name = "letter"
    icon = "mail"

    def __init__(self) -> None:
        self.kept: dict[int, ClientItem] = {}

    def ask(self, account: Account, title: str, due: date | None = None) -> ClientItem:
        number = len(self.kept) + 1
        item = ClientItem("letter", number, account.pk, title, say("Answer {it}", it=title), True, due)
        self.kept[number] = item
        return item

    def client_items(self, numbers: Collection[int]) -> dict[int, ClientItem]:
        return {number: self.kept[number] for number in numbers if number in self.kept}

    def waiting(self, accounts: Collection[int]) -> list[ClientItem]:
        return [item for item in self.kept.values() if item.account in accounts and item.waits]

    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        return {}

    def finish(self, *given: Any) -> None: ...

    def remove_untouched(self, *given: Any) -> Any: ...

    def unfinish(self, *given: Any) -> None: ...

    def hung_on(self, *given: Any) -> None: ...

    def forget_job(self, *given: Any) -> None: ...


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    kind = Letters()
    monkeypatch.setitem(PREFIXES, "letter", "let")
    monkeypatch.setitem(items._kinds, "letter", kind)
    return kind


def home(browser: Client) -> str:
    return browser.get("/portal/").content.decode()


def test_what_waits_is_listed_by_job_what_is_due_first(
    browser: Client, account: Account, make_job: MakeJob, letters: Letters
) -> None:
    from clearstage.jobs.models import LinkedItem

    job = make_job(account, client_job_name="Your 2025 tax return")
    late = letters.ask(account, "the first letter", date(2026, 3, 1))
    letters.ask(account, "the second letter", date(2026, 4, 1))
    same = letters.ask(account, "the third letter")
    for item in (late, same):
        LinkedItem.objects.create(
            job=job, kind="letter", item=item.number, stage=job.stage, visit=1, holds=True
        )
    text = home(browser)
    places = [text.index(f"Answer the {which} letter") for which in ("first", "third", "second")]
    assert places == sorted(places)
    assert "Your 2025 tax return" in text
    assert "Nothing to do right now" not in text


def test_what_is_done_is_gone(browser: Client, account: Account, letters: Letters) -> None:
    item = letters.ask(account, "the letter")
    assert "Answer the letter" in home(browser)
    letters.kept[item.number] = replace(item, waits=False)
    assert "Nothing to do right now" in home(browser)


def test_another_clients_items_are_not_there(
    browser: Client, make_account: MakeAccount, letters: Letters
) -> None:  # X4
    item = letters.ask(make_account("Somebody else"), "a secret letter")
    assert "secret letter" not in home(browser)
    foreign = browser.get(f"/portal/items/let_{item.number}/")
    nonsense = browser.get("/portal/items/let_999/")
    assert foreign.status_code == nonsense.status_code == 404
    assert without_secrets(foreign.content.decode()) == without_secrets(nonsense.content.decode())


@pytest.mark.parametrize("item", ["let_0", "tsk_1", "%00", "let_9223372036854775808", "x" * 200])
def test_nonsense_is_not_found(browser: Client, letters: Letters, item: str) -> None:
    assert browser.get(f"/portal/items/{item}/").status_code == 404


def test_the_firm_sees_the_same_lines(
    browser: Client, owner: Member, account: Account, contact: Contact, letters: Letters
) -> None:  # P5
    letters.ask(account, "the letter")
    seen = signed_in(owner).get(f"/as-client/{account.pk}/{contact.pk}/").content.decode()
    assert "Answer the letter" in seen
    assert f'href="/as-client/{account.pk}/{contact.pk}/items/let_1/"' in seen


def test_five_hundred_items_take_no_more_queries_than_one(
    browser: Client,
    account: Account,
    letters: Letters,
    make_job: MakeJob,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    from clearstage.jobs.models import LinkedItem

    job = make_job(account)
    for number in range(500):
        item = letters.ask(account, f"letter {number}")
        LinkedItem.objects.create(
            job=job, kind="letter", item=item.number, stage=job.stage, visit=1, holds=True
        )
    with django_assert_max_num_queries(10):
        assert "letter 499" in home(browser)
