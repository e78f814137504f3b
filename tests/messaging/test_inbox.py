"""What a member does with the entries of his own inbox."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clearstage.engine.sentences import say
from clearstage.firm.models import Firm
from clearstage.kernel import clock
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.messaging.inbox import entries_shown, unread_count
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes
from clearstage.messaging.operations.inbox_marks import mark_all_read, mark_done, mark_read, snooze

from .conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(owner: Any, noon: Any) -> InboxEntry:
    put_in_inboxes([Notice(owner.pk, "notice", say("Look"), None, 1)])
    return InboxEntry.objects.get()


def where(actor: Any) -> list[str]:
    return [which for which in ("open", "unread", "snoozed", "done") if entries_shown(actor, which).exists()]


def test_an_entry_is_read_and_unread_again(entry: InboxEntry, owner_actor: Any) -> None:
    assert where(owner_actor) == ["open", "unread"]
    mark_read(owner_actor, entry.pk)
    assert where(owner_actor) == ["open"]
    mark_read(owner_actor, entry.pk, read=False)
    assert unread_count(owner_actor) == 1


def test_what_is_done_is_read_and_can_be_opened_again(entry: InboxEntry, owner_actor: Any) -> None:
    mark_done(owner_actor, entry.pk)
    assert (where(owner_actor), unread_count(owner_actor)) == (["done"], 0)
    mark_done(owner_actor, entry.pk, done=False)
    assert where(owner_actor) == ["open"]


def test_what_is_put_off_comes_back_unread_in_the_morning_of_its_day(
    entry: InboxEntry, owner_actor: Any
) -> None:
    Firm.objects.update(timezone="Europe/Berlin")
    mark_read(owner_actor, entry.pk)
    back = snooze(owner_actor, entry.pk, date(2026, 3, 30)).snoozed_until
    assert back == datetime(2026, 3, 30, 6, 0, tzinfo=UTC)  # eight in Berlin, in summer time
    assert where(owner_actor) == ["snoozed"]
    with clock.at(back - timedelta(seconds=1)):
        assert where(owner_actor) == ["snoozed"]
    with clock.at(back):
        assert where(owner_actor) == ["open", "unread"]


def test_what_is_put_off_can_be_had_back_at_once(entry: InboxEntry, owner_actor: Any) -> None:
    snooze(owner_actor, entry.pk, NOON.date() + timedelta(days=1))
    snooze(owner_actor, entry.pk, None)
    assert where(owner_actor) == ["open", "unread"]


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_nothing_is_put_off_into_the_past_or_for_ever(entry: InboxEntry, owner_actor: Any, days: int) -> None:
    with pytest.raises(Invalid):
        snooze(owner_actor, entry.pk, NOON.date() + timedelta(days=days))
    assert where(owner_actor) == ["open", "unread"]


def test_marking_all_as_read_leaves_what_is_put_off_to_come_back_unread(
    entry: InboxEntry, owner: Any, owner_actor: Any
) -> None:
    put_in_inboxes([Notice(owner.pk, "notice", say("Look here"), None, 2)])
    snooze(owner_actor, entry.pk, NOON.date() + timedelta(days=1))
    mark_all_read(owner_actor)
    assert unread_count(owner_actor) == 0
    with clock.at(NOON + timedelta(days=1)):
        assert unread_count(owner_actor) == 1


def test_nobody_touches_the_inbox_of_another(entry: InboxEntry, admin_actor: Any, owner_actor: Any) -> None:
    for act in (mark_read, mark_done, lambda actor, number: snooze(actor, number, None)):
        with pytest.raises(NotFound):
            act(admin_actor, entry.pk)
    mark_all_read(admin_actor)
    assert unread_count(owner_actor) == 1


def test_the_count_is_one_query(entry: InboxEntry, owner_actor: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        unread_count(owner_actor)
