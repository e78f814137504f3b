"""What happens on one item while its e-mail is held goes out in one: none lost, none twice, each with its own grace."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from clearstage.clients.models import Account, Contact
from clearstage.engine.sentences import say
from clearstage.kernel import clock
from clearstage.messaging.operations.client_notices import ClientNotice, take_back_notices, tell_clients
from clearstage.outbox.mail import message_id
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import LEASE, deliver_due

from .conftest import NOON, Letters
from .test_daily_mails import MORNING, sweep

pytestmark = pytest.mark.django_db
HOLD = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def letter(make_account: Any, letters: Letters) -> ClientNotice:
    """What Ada was asked for at first; what comes after stands on it."""
    account = make_account("Ada Okafor", contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}])
    asked = say("Please answer “Your papers”")
    number = letters.write(account)
    return ClientNotice("asked:1", account.pk, asked, asked, ("letter", number), about="Your papers")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "clearstage.outbox.mail_folder.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def back(letter: ClientNotice, n: int, at: datetime = NOON) -> list[str]:
    """A paper comes back."""
    text = say("“Paper {n}” came back: too dark", n=n)
    notice = ClientNotice(
        f"back:{n}", letter.account, text, text, letter.item, about=letter.about, apart=True
    )
    with clock.at(at):
        return tell_clients([notice], hold_until=at + HOLD)


def deliver(at: datetime) -> int:
    with clock.at(at):
        return deliver_due()


def mails(folder: Path) -> list[Any]:
    found: list[Any] = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")
    ]
    return sorted(found, key=lambda mail: mail["Date"].datetime)


def papers(mail: Any) -> list[int]:
    text = mail.get_body(("plain",)).get_content()
    return [n for n in range(1, 31) if f"“Paper {n}”" in text]


def test_what_comes_back_while_it_is_held_is_one_mail_with_all_reasons(
    letter: ClientNotice, folder: Path
) -> None:
    for n in range(1, 6):
        back(letter, n, NOON + n * timedelta(seconds=20))
    assert deliver(NOON + HOLD + 99 * timedelta(seconds=1)) == 0
    assert deliver(NOON + HOLD + 100 * timedelta(seconds=1)) == 1
    [mail] = mails(folder)
    assert mail["Subject"] == "5 things are new: Your papers"
    assert [line for line in mail.get_body(("plain",)).get_content().splitlines() if line][1:6] == [
        f"“Paper {n}” came back: too dark" for n in range(1, 6)
    ]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert deliver(NOON + timedelta(days=1)) == 0


def test_one_alone_reads_as_ever(letter: ClientNotice, folder: Path) -> None:
    back(letter, 1)
    deliver(NOON + HOLD)
    [mail] = mails(folder)
    assert mail["Subject"] == "“Paper 1” came back: too dark"


def test_the_same_said_three_times_is_said_once(letter: ClientNotice, folder: Path) -> None:
    words = say("You have a new message: “Rent”")
    for n in range(3):
        with clock.at(NOON):
            tell_clients(
                [
                    ClientNotice(
                        f"chat:{n}", letter.account, words, words, letter.item, about="Rent", apart=True
                    )
                ],
                hold_until=NOON + HOLD,
            )
    assert deliver(NOON + HOLD) == 1
    [mail] = mails(folder)
    assert mail["Subject"] == "You have a new message: “Rent”"
    assert mail.get_body(("plain",)).get_content().count("new message") == 1


def test_what_is_taken_back_is_not_in_it_and_has_its_whole_grace(
    letter: ClientNotice, folder: Path
) -> None:  # M9
    back(letter, 1)
    [key] = back(letter, 2, NOON + 90 * timedelta(seconds=1))
    assert deliver(NOON + HOLD) == 0
    with clock.at(NOON + 3 * MINUTE):
        assert take_back_notices([key]) == []
    assert deliver(NOON + 4 * MINUTE) == 1
    assert [papers(mail) for mail in mails(folder)] == [[1]]


def test_what_never_ends_does_not_hold_back_the_first_for_ever(letter: ClientNotice, folder: Path) -> None:
    for n in range(1, 31):
        back(letter, n, NOON + n * MINUTE)
        deliver(NOON + n * MINUTE)
    assert mails(folder)[0]["Date"].datetime <= NOON + timedelta(minutes=14)
    deliver(NOON + timedelta(hours=1))
    counted = Counter(n for mail in mails(folder) for n in papers(mail))
    assert counted == dict.fromkeys(range(1, 31), 1)
    assert len(mails(folder)) < 6


def test_the_first_of_an_item_goes_out_with_what_is_added_to_it(letter: ClientNotice, folder: Path) -> None:
    with clock.at(NOON):
        tell_clients([letter], hold_until=NOON + HOLD)
    back(letter, 1, NOON + MINUTE)
    deliver(NOON + HOLD + MINUTE)
    [mail] = mails(folder)
    assert mail["Subject"] == "2 things are new: Your papers"


def test_other_items_and_other_readers_have_mails_of_their_own(
    letter: ClientNotice, letters: Letters, folder: Path
) -> None:
    Account.objects.get(pk=letter.account).contact_links.create(
        contact=Contact.objects.create(email="ben@client.test", name="Ben", created_at=NOON),
        login=True,
        notify=True,
    )
    back(letter, 1)
    back(letter, 3)
    other = ClientNotice(
        "x", letter.account, letter.subject, letter.text,
        ("letter", letters.write(Account.objects.get(pk=letter.account))), about="Others",
    )  # fmt: skip
    back(other, 2)
    assert deliver(NOON + HOLD) == 4
    assert sorted((mail["To"].addresses[0].addr_spec, papers(mail)) for mail in mails(folder)) == [
        ("ada@client.test", [1, 3]), ("ada@client.test", [2]), ("ben@client.test", [1, 3]), ("ben@client.test", [2]),
    ]  # fmt: skip


def test_a_mail_whose_worker_was_killed_is_sent_again_as_the_same(
    letter: ClientNotice, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between handing it over and writing that down; another paper came back meanwhile."""
    from clearstage.outbox import operations

    back(letter, 1)
    back(letter, 2)

    class Killed(BaseException):
        pass

    def sent_and_killed(deliveries: Any) -> None:
        send(deliveries)
        raise Killed

    send = operations.send_mail_delivery
    monkeypatch.setattr(operations, "send_mail_delivery", sent_and_killed)
    with pytest.raises(Killed):
        deliver(NOON + HOLD)
    monkeypatch.setattr(operations, "send_mail_delivery", send)
    back(letter, 3, NOON + HOLD)
    assert deliver(NOON + HOLD + LEASE) == 0
    later = NOON + 2 * HOLD + LEASE
    assert deliver(later) == 2
    assert sorted(papers(mail) for mail in mails(folder)) == [[1, 2], [3]]
    assert {mail["Message-ID"] for mail in mails(folder)} == {
        message_id(key)
        for key in Delivery.objects.exclude(key__startswith="back:2").values_list("key", flat=True)
    }


class Away(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        raise OSError


def test_a_mail_that_could_not_be_handed_over_is_tried_again_whole(
    letter: ClientNotice, folder: Path, settings: Any
) -> None:
    back(letter, 1)
    back(letter, 2)
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Away"
    assert deliver(NOON + HOLD) == 1
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 1)}
    settings.EMAIL_BACKEND = backend
    deliver(NOON + HOLD + timedelta(minutes=5))
    assert [papers(mail) for mail in mails(folder)] == [[1, 2]]


def test_each_reads_it_in_his_language(letter: ClientNotice, folder: Path, prefers: Any) -> None:
    prefers("ada@client.test", language="de")
    back(letter, 1)
    back(letter, 2)
    deliver(NOON + HOLD)
    assert mails(folder)[0]["Subject"] == "2 Dinge sind neu: Your papers"


def test_the_daily_mail_lists_all_that_came_back(letter: ClientNotice, prefers: Any) -> None:
    prefers("ada@client.test", notices="daily")
    with clock.at(NOON):
        tell_clients([letter], hold_until=NOON)
    for n in range(1, 6):
        back(letter, n)
    sweep(MORNING)
    [mail] = Delivery.objects.all()
    assert [f"“Paper {n}” came back: too dark" in mail.payload["text"] for n in range(1, 6)] == [True] * 5
    assert "Please answer" in mail.payload["text"]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_thing_once(firm: Any, letter: ClientNotice, folder: Path) -> None:
    for n in range(1, 21):
        back(letter, n, NOON)

    def work() -> None:
        while deliver_due(limit=1):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(n for mail in mails(folder) for n in papers(mail)) == dict.fromkeys(range(1, 21), 1)
