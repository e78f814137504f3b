"""What clients are told: once, in their language, with a link to the very thing, and nothing internal."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from clearstage.clients.models import Account, AccountContact
from clearstage.engine.sentences import render, say
from clearstage.kernel import clock
from clearstage.messaging.models import GatheredNotice
from clearstage.messaging.operations.client_notices import ClientNotice, take_back_notices, tell_clients
from clearstage.outbox.mail import message_id
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import deliver_due

from .conftest import Letters, mails_to

pytestmark = pytest.mark.django_db


def notice(account: Account, key: str = "sent:1", **more: Any) -> ClientNotice:
    subject = say("A letter for you: {title}", title="Your papers")
    text = say("Please answer the letter “{title}”.", title="Your papers")
    return ClientNotice(key, account.pk, subject, text, **more)


def test_a_contact_is_told_what_to_do_with_a_link_to_the_very_thing(
    make_account: Any, letters: Letters, noon: Any
) -> None:
    account = make_account("Okafor Ltd", contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}])
    letter = letters.write(account)
    told = notice(account, item=("letter", letter), due=date(2026, 3, 20), event=7, action=3)
    [key] = tell_clients([told], hold_until=noon + timedelta(minutes=2))
    [mail] = mails_to("ada@client.test")
    assert key == mail.key == f"sent:1:{AccountContact.objects.get().contact_id}"
    assert (mail.not_before, mail.event, mail.action) == (noon + timedelta(minutes=2), 7, 3)
    assert mail.payload["subject"] == "A letter for you: Your papers (Okafor Ltd)"
    assert mail.payload["text"].split("\n\n") == [
        "Hello Ada Okafor,",
        "Please answer the letter “Your papers”.",
        "Please see to it by March 20, 2026.",
        "This is about Okafor Ltd.",
    ]
    assert mail.payload["link"] == {
        "label": "Open in the client portal",
        "address": f"http://127.0.0.1:8000/portal/items/ltr_{letter}/",
    }


def test_a_persons_own_account_is_not_named_to_him(make_account: Any, noon: Any) -> None:
    account = make_account("ada okafor", contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}])
    tell_clients([notice(account)], hold_until=noon)
    [mail] = mails_to("ada@client.test")
    assert mail.payload["subject"] == "A letter for you: Your papers"
    assert "about" not in mail.payload["text"]
    assert mail.payload["link"]["address"].endswith("/portal/")


def test_telling_the_same_twice_tells_it_once(make_account: Any, noon: Any, prefers: Any) -> None:
    account = make_account(contacts=["ada@client.test", "ben@client.test"])
    prefers("ben@client.test", notices="daily")
    for _ in range(2):
        assert len(tell_clients([notice(account)], hold_until=noon)) == 2
    assert (Delivery.objects.count(), GatheredNotice.objects.count()) == (1, 1)


def test_whoever_is_not_to_be_notified_or_does_not_want_to_be_is_not(
    make_account: Any, letters: Letters, noon: Any, prefers: Any
) -> None:
    account = make_account(
        contacts=[
            "ada@client.test",
            {"email": "ben@client.test", "notify": False},
            "cleo@client.test",
            {"email": "dan@client.test", "login": False},
        ]
    )
    prefers("cleo@client.test", notices="none")
    tell_clients([notice(account, item=("letter", letters.write(account)))], hold_until=noon)
    assert [mail.to for mail in Delivery.objects.all()] == ["ada@client.test"]


def test_news_reach_a_contact_who_cannot_sign_in_without_a_link(make_account: Any, noon: Any) -> None:
    account = make_account(contacts=[{"email": "dan@client.test", "login": False}])
    tell_clients([notice(account)], hold_until=noon)
    [mail] = mails_to("dan@client.test")
    assert "link" not in mail.payload


def test_a_contact_who_declined_changes_of_status_hears_of_all_else(
    make_account: Any, noon: Any, prefers: Any
) -> None:  # C12
    account = make_account(contacts=["ada@client.test"])
    prefers("ada@client.test", status_notices=False)
    tell_clients([notice(account, "a", of_status=True), notice(account, "b")], hold_until=noon)
    assert [mail.key.split(":")[0] for mail in mails_to("ada@client.test")] == ["b"]


def test_each_is_told_in_his_language(make_account: Any, noon: Any, prefers: Any) -> None:
    account = make_account(contacts=["ada@client.test", "fritz@client.test"])
    prefers("fritz@client.test", language="de")
    tell_clients([notice(account, due=date(2026, 3, 20))], hold_until=noon)
    assert "20. März 2026" in mails_to("fritz@client.test")[0].payload["text"]
    assert "March 20, 2026" in mails_to("ada@client.test")[0].payload["text"]
    assert mails_to("fritz@client.test")[0].payload["language"] == "de"


def test_undo_takes_notices_back_and_names_those_that_are_out(
    make_account: Any, noon: Any, prefers: Any
) -> None:  # M9
    account = make_account(contacts=["ada@client.test", "ben@client.test", "cleo@client.test"])
    prefers("ben@client.test", notices="daily")
    keys = tell_clients([notice(account)], hold_until=noon)
    Delivery.objects.filter(to="cleo@client.test").update(state="sent")
    assert [render(each) for each in take_back_notices(keys)] == [
        "The e-mail to cleo@client.test has already gone out."
    ]
    assert Delivery.objects.get(to="ada@client.test").state == "undone"
    assert not GatheredNotice.objects.exists()


def test_the_number_of_queries_is_the_same_for_one_and_for_many(
    make_account: Any, noon: Any, prefers: Any, django_assert_num_queries: Any
) -> None:
    accounts = [make_account(f"Client {n}", contacts=[f"c{n}@client.test"]) for n in range(12)]
    prefers("c3@client.test", notices="daily")
    for some in (accounts[3:5], accounts):
        with django_assert_num_queries(3):
            tell_clients([notice(each, f"k{each.pk}") for each in some], hold_until=noon)
    assert (Delivery.objects.count(), GatheredNotice.objects.count()) == (11, 1)


def test_the_mail_has_a_button_and_the_same_address_in_its_text(
    make_account: Any, letters: Letters, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND = "clearstage.outbox.mail_folder.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    account = make_account("O'Hara & Sons <b>", contacts=["ada@client.test"])
    [key] = tell_clients([notice(account, item=("letter", letters.write(account)))], hold_until=clock.now())
    assert deliver_due() == 1
    [file] = tmp_path.glob("*.eml")
    mail: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    address = "http://127.0.0.1:8000/portal/items/ltr_1/"
    assert text.rstrip().endswith(f"Open in the client portal:\n{address}")
    assert f'href="{address}"' in html
    assert "O&#x27;Hara &amp; Sons &lt;b&gt;" in html
    assert mail["Message-ID"] == message_id(key)
