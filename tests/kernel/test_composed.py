"""Queries that are composed once find what the same queries find that Django composes anew each time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import Account, AccountContact
from clearstage.firm.models import Firm, Member
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed, hang, hangs
from clearstage.kernel.readonly import read_only
from tests.fixtures import MakeAccount, MakeMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(firm: Firm, make_account: MakeAccount) -> list[Account]:
    return [
        make_account(f"Account {n}", tags=("Late", "VIP")[: n % 3], contacts=[f"c{n}@example.test"])
        for n in range(7)
    ]


def rows_of(numbers: Collection[int]) -> QuerySet[Account]:
    return Account.objects.filter(pk__in=numbers).order_by("-pk")


def with_others(numbers: Collection[int]) -> QuerySet[AccountContact]:
    found = AccountContact.objects.filter(account__in=numbers).order_by("pk")
    return found.select_related("account", "contact")


def values(numbers: Collection[int], name: str) -> QuerySet[Account, Any]:
    found = Account.objects.filter(pk__in=numbers).exclude(name=name).order_by("pk")
    return found.values_list("pk", "created_at", "tags__name")


def placed(number: int, names: Collection[str]) -> QuerySet[Account]:
    place = Window(RowNumber(), order_by=F("name").desc())
    found = Account.objects.filter(pk__gte=number, name__in=names).annotate(place=place)
    return found.filter(place__lte=3).order_by("pk")


def flat(number: int) -> QuerySet[Member, Any]:
    return Member.objects.filter(pk__gte=number).order_by("pk").values_list("rights", flat=True)


def plainly(row: Any) -> Any:
    if not isinstance(row, Account | AccountContact):
        return row
    known = {name: value for name, value in vars(row).items() if name != "_state"}
    return known | {name: plainly(value) for name, value in row._state.fields_cache.items()}


@pytest.mark.parametrize("count", range(8))
@pytest.mark.parametrize("build", [rows_of, with_others])
def test_the_same_rows(accounts: list[Account], build: Callable[..., Any], count: int) -> None:
    kept = composed(build)
    for wanted in (accounts[:count], accounts[len(accounts) - count :], accounts[:count]):
        numbers = {each.pk for each in wanted}
        found = kept(numbers)
        assert [plainly(row) for row in found] == [plainly(row) for row in build(numbers)]
        assert len(found) == count


def test_the_same_values_of_every_type(accounts: list[Account], make_member: MakeMember) -> None:
    make_member(rights=["manage tags"])
    make_member("dee@example.test")
    numbers = [each.pk for each in accounts]
    kept = composed(values)
    for name in ("Account 1", "Account 2", "nobody's"):
        assert kept(numbers, name) == list(values(numbers, name))
    for number in (0, Member.objects.latest("pk").pk):
        assert composed(flat)(number) == list(flat(number))


def test_the_same_computed_columns(accounts: list[Account]) -> None:
    kept = composed(placed)
    for number, names in ((0, ["Account 1"]), (accounts[2].pk, [each.name for each in accounts])):
        found = [(row.pk, row.place) for row in kept(number, names)]  # type: ignore[attr-defined]
        assert found == [(row.pk, row.place) for row in placed(number, names)]  # type: ignore[attr-defined]
        assert found


def test_it_is_composed_once_for_each_form(accounts: list[Account]) -> None:
    built: list[int] = []

    @composed
    def kept(numbers: Collection[int]) -> QuerySet[Account]:
        built.append(len(numbers))
        return rows_of(numbers)

    numbers = [each.pk for each in accounts]
    for count in (1, 3, 4, 3, 1, 7, 5):
        assert [row.pk for row in kept(numbers[:count])] == numbers[:count][::-1]
    assert built == [1, 4, 8]


def test_who_asks_is_part_of_it(firm: Firm, make_member: MakeMember, make_account: MakeAccount) -> None:
    seeing, blind = make_member(), make_member("dee@example.test")
    number = make_account(access=[seeing]).pk

    @composed
    def seen(actor: Actor, number: int) -> QuerySet[Account]:
        return Account.objects.visible_to(actor).filter(pk=number)

    for each, found in ((seeing, 1), (blind, 0), (seeing, 1)):
        assert len(seen(Actor("member", each.pk, each.name, "employee"), number)) == found


def test_nothing_wanted_asks_nothing_and_everything_else_asks_once(accounts: list[Account]) -> None:
    kept = composed(rows_of)
    kept([accounts[0].pk])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert kept([]) == []
        assert [row.pk for row in kept([accounts[3].pk])] == [accounts[3].pk]
    assert len(asked) == 1


def test_a_number_that_no_row_can_have_is_found_nowhere(accounts: list[Account]) -> None:
    number = accounts[0].pk
    assert [row.pk for row in composed(rows_of)([2**70, number, 2**63])] == [number]
    assert composed(rows_of)([2**70]) == []
    assert composed(lambda number: Account.objects.filter(pk=number))(2**70) == []


def test_many_more_than_are_filled_up(accounts: list[Account]) -> None:
    numbers = [*range(10_000_000, 10_003_000), *(each.pk for each in accounts)]
    assert len(composed(rows_of)(numbers)) == len(accounts)


def test_what_changes_a_value_or_prefetches_is_no_query_to_keep(accounts: list[Account]) -> None:
    def changed(number: int) -> QuerySet[Account]:
        return Account.objects.filter(pk=number + 1)

    def prefetched(number: int) -> QuerySet[Account]:
        return Account.objects.filter(pk=number).prefetch_related("tags")

    for build in (changed, prefetched):
        with pytest.raises(TypeError, match=build.__name__):
            composed(build)(accounts[0].pk)
    with pytest.raises(TypeError, match="datetime"):
        composed(lambda day: Account.objects.filter(created_at=day))(clock.now())


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only(accounts: list[Account]) -> None:
    @composed
    def kept(number: int) -> QuerySet[Account]:
        return Account.objects.select_for_update().filter(pk=number)

    for _time in range(2):
        with transaction.atomic():
            assert len(kept(accounts[0].pk)) == 1
        with pytest.raises(transaction.TransactionManagementError):
            kept(accounts[0].pk)


def test_reading_only_can_still_read(accounts: list[Account]) -> None:
    with read_only():
        assert composed(rows_of)([accounts[0].pk])


def test_what_hangs_on_rows_is_there_without_asking(
    accounts: list[Account], django_assert_num_queries: Any
) -> None:
    links = list(
        AccountContact.objects.filter(account__in=[each.pk for each in accounts[:3]]).order_by("-pk")
    )
    assert not hangs(accounts[0], "contact_links")
    hang(accounts, "contact_links", links, "account")
    with django_assert_num_queries(0):
        found = [list(each.contact_links.all()) for each in accounts]
        assert [[link.account.name for link in each] for each in found] == [
            *([each.name] for each in accounts[:3]),
            [],
            [],
            [],
            [],
        ]
    assert hangs(accounts[6], "contact_links")
    with django_assert_num_queries(1):
        assert accounts[6].contact_links.filter(pk__gt=0).exists()
