"""Tags of the accounts behind jobs, changed from the jobs' cards (B1, B3): one event each, undone as one."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account, AccountTag, Tag
from clearstage.clients.operations.tags import delete_tag
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun
from clearstage.jobs.operations.account_tags import tag_accounts_of
from clearstage.jobs.operations.undo import undo
from clearstage.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def tags() -> dict[str, int]:
    return {name: Tag.objects.get_or_create(name=name)[0].pk for name in ("vip", "foreign", "new")}


def names(account: Any) -> list[str]:
    return sorted(account.tags.values_list("name", flat=True))


def rows() -> list[Any]:
    tables = (AccountTag, Account, Event, CommandRun)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_many_accounts_are_tagged_at_once_each_with_one_event(
    make_job: Any, make_account: Any, owner_actor: Any, tags: Any, django_assert_max_num_queries: Any
) -> None:
    one, two = make_account("Bauer", tags=["foreign"]), make_account("Chen", tags=["vip"])
    jobs = [make_job(account).pk for account in (one, one, two)]
    before = Event.objects.count()
    with django_assert_max_num_queries(16):
        done = tag_accounts_of(owner_actor, jobs, add=[tags["vip"]], remove=[tags["foreign"]])
    assert (done.accounts, names(one), names(two)) == (1, ["vip"], ["vip"])
    event = Event.objects.get(account=one.pk, kind="account_edited")
    assert (event.action, event.data["changes"]) == (done.action, {"tags": [["foreign"], ["vip"]]})
    assert Event.objects.count() == before + 1, "an account that is as it is to be has no event"


def test_it_is_undone_as_one_and_what_was_there_before_stays(
    make_job: Any, make_account: Any, owner_actor: Any, tags: Any
) -> None:  # M9
    one, two = make_account("Bauer", tags=["foreign", "vip"]), make_account("Chen", tags=["foreign"])
    jobs = [make_job(account).pk for account in (one, two)]
    done = tag_accounts_of(owner_actor, jobs, add=[tags["vip"]], remove=[tags["foreign"]])
    assert undo(owner_actor, done.action or 0) == []
    assert (names(one), names(two)) == (["foreign", "vip"], ["foreign"])
    assert Event.objects.filter(kind="action_undone").count() == 2


def test_a_tag_that_was_deleted_since_is_not_put_back(
    make_job: Any, make_account: Any, owner_actor: Any, tags: Any
) -> None:
    account = make_account("Bauer", tags=["new"])
    done = tag_accounts_of(owner_actor, [make_job(account).pk], add=[tags["vip"]], remove=[tags["new"]])
    delete_tag(owner_actor, tags["new"])
    undo(owner_actor, done.action or 0)
    assert names(account) == []


def test_who_may_not_manage_tags_or_names_what_is_not_there_changes_nothing(
    make_job: Any, owner_actor: Any, employee: Any, actor_for: Any, tags: Any
) -> None:  # X1, X4
    job = make_job().pk
    mia = actor_for(employee)
    employee.rights = ["tags"]
    employee.save()
    with_right = actor_for(employee)
    before = rows()
    attempts: list[tuple[Any, Any, dict[str, Any]]] = [
        (Forbidden, mia, {"add": [tags["vip"]]}),
        (NotFound, with_right, {"add": [tags["vip"]]}),
        (Invalid, owner_actor, {"add": [4711]}),
        (Invalid, owner_actor, {"add": [tags["vip"]], "remove": [tags["vip"]]}),
    ]
    for refusal, actor, wanted in attempts:
        with pytest.raises(refusal):
            tag_accounts_of(actor, [job], **wanted)
    assert rows() == before
    assert tag_accounts_of(owner_actor, [job]).action is None
    assert rows() == before


def test_undoing_is_closed_to_those_who_do_not_see_the_account(
    make_job: Any, owner_actor: Any, employee_actor: Any, tags: Any
) -> None:  # X4
    done = tag_accounts_of(owner_actor, [make_job().pk], add=[tags["vip"]])
    with pytest.raises(NotFound):
        undo(employee_actor, done.action or 0)
