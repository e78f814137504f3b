"""P4: notices, reminders and the daily e-mail name things in the language of each reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.sentences import say
from clearstage.engine.translations import said
from clearstage.events.models import Event
from clearstage.kernel import clock
from clearstage.messaging.operations.client_notices import ClientNotice, tell_clients
from clearstage.messaging.operations.daily_mails import mail_one_day
from clearstage.messaging.operations.reminders import Reminding, set_reminders
from clearstage.messaging.operations.reminding import remind_one

from .conftest import PLAN, Letters, mails_to

pytestmark = pytest.mark.django_db
TITLE = said("Papers {2025}", {"de": {"Papers {2025}": "Unterlagen {2025}"}})


@pytest.fixture
def family(make_account: Any, prefers: Any) -> Account:
    """Ada reads English, Bert German at once, Cleo German once a day."""
    names = ("ada", "bert", "cleo")
    account: Account = make_account("Okafor", contacts=[f"{name}@client.test" for name in names])
    prefers("bert@client.test", language="de")
    prefers("cleo@client.test", language="de", notices="daily")
    return account


def tell(account: Account, letters: Letters, noon: datetime) -> int:
    number = letters.write(account, TITLE)
    text = say("Please answer the letter “{title}”.", title=TITLE)
    notice = ClientNotice(f"sent:{number}", account.pk, text, text, ("letter", number))
    tell_clients([notice], hold_until=noon)
    return number


def test_each_contact_is_told_in_his_own(family: Account, letters: Letters, noon: datetime) -> None:
    tell(family, letters, noon)
    subjects = [mails_to(f"{name}@client.test")[0].payload["subject"] for name in ("ada", "bert")]
    assert subjects == [
        "Please answer the letter “Papers {2025}”. (Okafor)",
        "Please answer the letter “Unterlagen {2025}”. (Okafor)",
    ]


def test_what_was_gathered_for_a_day_is_too(family: Account, letters: Letters, noon: datetime) -> None:
    tell(family, letters, noon)
    with clock.at(noon + timedelta(days=1)):
        assert mail_one_day()
    [mail] = mails_to("cleo@client.test")
    assert "“Unterlagen {2025}”" in mail.payload["text"]


def test_reminders_are_too_and_the_history_keeps_the_original(
    family: Account, letters: Letters, noon: datetime
) -> None:
    number = tell(family, letters, noon)
    set_reminders([Reminding("letter", number, family.pk, PLAN)])
    with clock.at(noon + timedelta(days=2)):
        assert remind_one()
    assert "Unterlagen {2025}" in mails_to("bert@client.test")[-1].payload["subject"]
    assert "Papers {2025}" in mails_to("ada@client.test")[-1].payload["subject"]
    assert Event.objects.get(kind="client_reminded").data["title"] == "Papers {2025}"
