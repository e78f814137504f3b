"""One e-mail a day, for contacts who want it so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clearstage.clients.models import AccountContact
from clearstage.engine.sentences import say
from clearstage.firm.models import Firm
from clearstage.kernel import clock
from clearstage.messaging.models import GatheredNotice
from clearstage.messaging.operations.client_notices import ClientNotice, take_back_notices, tell_clients
from clearstage.messaging.operations.daily_mails import mail_one_day
from clearstage.outbox.models import Delivery

from .conftest import NOON, Letters, mails_to

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def daily(make_account: Any, prefers: Any) -> Any:
    """Ada's two accounts; she wants one e-mail a day."""
    contact = {"email": "ada@client.test", "name": "Ada Okafor"}
    accounts = [make_account(name, contacts=[contact]) for name in ("Ada Okafor", "Okafor Ltd")]
    prefers("ada@client.test", notices="daily")
    return accounts


def tell(
    account: Any, letters: Letters, title: str, at: datetime = NOON, **more: Any
) -> tuple[int, list[str]]:
    number = letters.write(account, title)
    text = say("Please answer the letter “{title}”.", title=title)
    notice = ClientNotice(f"sent:{number}", account.pk, text, text, ("letter", number), **more)
    with clock.at(at):
        return number, tell_clients([notice], hold_until=at + timedelta(minutes=2))


def sweep(at: datetime = MORNING) -> int:
    done = 0
    with clock.at(at):
        while mail_one_day():
            done += 1
    return done


def test_everything_of_a_day_is_in_one_mail_at_eight(daily: Any, letters: Letters) -> None:
    tell(daily[0], letters, "1040")
    tell(daily[1], letters, "1120")
    assert sweep(MORNING - timedelta(seconds=1)) == 0
    assert [sweep(), sweep(), sweep(MORNING + timedelta(hours=3))] == [1, 0, 0]
    [mail] = mails_to("ada@client.test")
    assert mail.key == f"daily:{AccountContact.objects.values_list('contact', flat=True)[0]}:2026-03-05"
    assert mail.payload["subject"] == "2 things from Lindqvist & Partners"
    assert mail.payload["text"].split("\n\n") == [
        "Hello Ada Okafor,",
        "This is new for you:",
        "Please answer the letter “1040”.\nhttp://127.0.0.1:8000/portal/items/ltr_1/",
        "Okafor Ltd\nPlease answer the letter “1120”.\nhttp://127.0.0.1:8000/portal/items/ltr_2/",
    ]


def test_what_is_done_by_then_is_left_out_and_nothing_left_makes_no_mail(
    daily: Any, letters: Letters
) -> None:
    first, _keys = tell(daily[0], letters, "1040")
    tell(daily[0], letters, "1120")
    letters.answered(first)
    sweep()
    assert "1040" not in mails_to("ada@client.test")[0].payload["text"]
    third, _keys = tell(daily[0], letters, "990", MORNING)
    letters.answered(third)
    assert sweep(MORNING + timedelta(days=1)) == 1
    assert Delivery.objects.count() == 1
    assert not GatheredNotice.objects.filter(settled_by=None).exists()


def test_news_about_something_done_are_told_where_they_are_not_about_doing_it(
    daily: Any, letters: Letters
) -> None:
    number, _keys = tell(daily[0], letters, "1040", until_done=False)
    letters.answered(number)
    sweep()
    assert "1040" in mails_to("ada@client.test")[0].payload["text"]


def test_the_same_thing_is_asked_for_once(daily: Any, letters: Letters) -> None:
    number, _keys = tell(daily[0], letters, "1040")
    text = say("A reminder: 1040")
    tell_clients([ClientNotice("reminder:1", daily[0].pk, text, text, ("letter", number))], hold_until=NOON)
    sweep()
    text = mails_to("ada@client.test")[0].payload["text"]
    assert ("A reminder: 1040" in text, "Please answer" in text) == (True, False)


def test_what_comes_after_eight_waits_for_the_next_day(daily: Any, letters: Letters) -> None:
    tell(daily[0], letters, "1040")
    sweep()
    tell(daily[0], letters, "1120", MORNING + timedelta(minutes=1))
    assert sweep(MORNING + timedelta(hours=20)) == 0
    assert sweep(MORNING + timedelta(days=1)) == 1
    assert len(mails_to("ada@client.test")) == 2


def test_what_became_visible_too_late_for_todays_mail_is_in_tomorrows(daily: Any, letters: Letters) -> None:
    tell(daily[0], letters, "1040")
    sweep()
    tell(daily[0], letters, "1120")  # its transaction took from noon to the morning
    assert sweep() == 1
    assert len(mails_to("ada@client.test")) == 1
    sweep(MORNING + timedelta(days=1))
    assert "1120" in mails_to("ada@client.test")[1].payload["text"]


def test_what_undo_took_back_is_not_told(daily: Any, letters: Letters) -> None:  # M9
    _number, keys = tell(daily[0], letters, "1040")
    assert take_back_notices(keys) == []
    assert sweep() == 0
    _number, keys = tell(daily[0], letters, "1120")
    sweep()
    assert len(take_back_notices(keys)) == 1


def test_eight_is_when_it_is_eight_at_the_firm(daily: Any, letters: Letters) -> None:
    Firm.objects.update(timezone="America/New_York")
    tell(daily[0], letters, "1040", datetime(2026, 3, 7, 14, tzinfo=UTC))
    # The clocks go forward in the night to the 8th: eight o'clock is 12:00 UTC.
    assert sweep(datetime(2026, 3, 8, 11, 59, tzinfo=UTC)) == 0
    assert sweep(datetime(2026, 3, 8, 12, 0, tzinfo=UTC)) == 1


def test_whoever_was_taken_off_the_account_meanwhile_is_not_told(daily: Any, letters: Letters) -> None:
    tell(daily[0], letters, "1040")
    AccountContact.objects.filter(account=daily[0]).delete()
    assert sweep() == 1
    assert mails_to("ada@client.test") == []


def test_one_that_cannot_be_made_waits_for_a_day_and_holds_up_nobody(
    daily: Any, letters: Letters, make_account: Any, prefers: Any, caplog: Any, monkeypatch: Any
) -> None:
    bob = make_account("Bob Weiss", contacts=[{"email": "bob@client.test", "name": "Bob Weiss"}])
    prefers("bob@client.test", notices="daily")
    hers, _keys = tell(daily[0], letters, "1040")
    tell(bob, letters, "1120")
    read = letters.client_items

    def fails(numbers: Any) -> Any:
        if hers in numbers:
            raise ValueError("about Ada's income")
        return read(numbers)

    monkeypatch.setattr(letters, "client_items", fails)
    assert sweep() == 2
    assert (len(mails_to("ada@client.test")), len(mails_to("bob@client.test"))) == (0, 1)
    assert "ValueError" in caplog.text
    assert "income" not in caplog.text
    monkeypatch.setattr(letters, "client_items", read)
    assert (sweep(), sweep(MORNING + timedelta(days=1))) == (0, 1)
    assert len(mails_to("ada@client.test")) == 1
