"""The loop of the worker: sweeps do not hold each other up, and failures are told without telling on anybody."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError

from clearstage.firm.models import Remembered, SignInAttempt
from clearstage.kernel import clock
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import Outgoing, put_in_outbox
from clearstage.worker.loop import LONGEST_PAUSE, Attempts, work
from clearstage.worker.sweeps import SWEEPS, Sweep, deliver_mail, housekeeping


@pytest.fixture
def ran(db: None) -> Counter[str]:
    return Counter()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, "clearstage.worker")
    return caplog


def counting(ran: Counter[str], name: str, every: float = 0, *, most: int = 0, fails: bool = False) -> Sweep:
    def run(stopping: Callable[[], bool]) -> bool:
        ran[name] += 1
        if fails:
            raise ValueError("the letter to Carl Client could not be written")
        return ran[name] < most

    return Sweep(name, run, every)


def test_each_sweep_runs_when_it_is_due(ran: Counter[str]) -> None:
    sweeps = [counting(ran, "often", 0.001), counting(ran, "seldom", 3600)]
    work(sweeps, lambda: ran["often"] >= 5)
    assert ran == {"often": 5, "seldom": 1}


def test_a_sweep_with_more_to_do_goes_on_at_once_and_lets_the_others_have_their_turn(
    ran: Counter[str],
) -> None:
    sweeps = [counting(ran, "busy", 3600, most=50), counting(ran, "quick")]
    work(sweeps, lambda: ran["busy"] >= 50)
    assert ran["busy"] == 50
    assert ran["quick"] > 20


def test_a_sweep_that_fails_does_not_hold_up_the_others(ran: Counter[str]) -> None:
    work([counting(ran, "broken", fails=True), counting(ran, "sound", 0.001)], lambda: ran["sound"] >= 20)
    assert ran == {"broken": 1, "sound": 20}


def test_a_sweep_that_keeps_failing_is_tried_less_and_less_often(ran: Counter[str]) -> None:
    attempts = Attempts()
    broken = counting(ran, "broken", every=1, fails=True)
    pauses = [attempts.run(broken, lambda: False) for _ in range(12)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == LONGEST_PAUSE


def test_it_is_told_when_a_sweep_works_again(ran: Counter[str], log: pytest.LogCaptureFixture) -> None:
    attempts = Attempts()
    attempts.run(counting(ran, "mail", fails=True), lambda: False)
    assert attempts.run(counting(ran, "mail", every=7), lambda: False) == 7
    assert attempts.run(counting(ran, "mail", every=7), lambda: False) == 7
    assert [record.getMessage() for record in log.records][1:] == ["The sweep “mail” works again"]


def test_a_failure_is_logged_by_its_kind_and_place_and_nothing_of_its_message(
    ran: Counter[str], log: pytest.LogCaptureFixture
) -> None:
    Attempts().run(counting(ran, "mail", fails=True), lambda: False)
    (message,) = [record.getMessage() for record in log.records]
    assert message.startswith("The sweep “mail” failed: ValueError in ")
    assert "Carl" not in message
    assert not log.records[0].exc_info


def test_a_database_that_is_away_is_a_failure_like_any_other(
    ran: Counter[str], log: pytest.LogCaptureFixture
) -> None:
    def run(stopping: Callable[[], bool]) -> bool:
        raise OperationalError("connection to server at 10.0.0.1 failed")

    assert Attempts().run(Sweep("mail", run, 1), lambda: False) == 2
    assert "10.0.0.1" not in log.text


def test_a_worker_that_is_told_to_stop_does_so_between_two_messages(
    db: None, settings: object, tmp_path: object
) -> None:
    settings.EMAIL_BACKEND = "clearstage.outbox.mail_folder.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    content = {"subject": "Hello", "text": "There is something new.", "firm_name": "Ada & Co"}
    now = clock.now()
    put_in_outbox([Outgoing(f"key {n}", "mail", f"c{n}@example.com", content, now) for n in range(5)])
    answers = iter([False, False, True])
    assert deliver_mail(lambda: next(answers)) is False
    assert Delivery.objects.filter(state="sent").count() == 2
    assert deliver_mail(lambda: False) is False
    assert Delivery.objects.filter(state="sent").count() == 5


def test_housekeeping_takes_away_what_is_no_longer_needed(db: None) -> None:
    now = clock.now()
    for age in (timedelta(minutes=1), timedelta(days=30)):
        Remembered.objects.create(owner="x", key=str(age), fingerprint="", created_at=now - age)
        SignInAttempt.objects.create(key="x", at=now - age)
        Session.objects.create(
            session_key=str(age)[:40], session_data="", expire_date=now + timedelta(days=1) - age
        )
    housekeeping(lambda: False)
    assert [Remembered.objects.count(), SignInAttempt.objects.count(), Session.objects.count()] == [1, 1, 1]


def test_every_sweep_may_be_run_on_an_empty_installation_again_and_again(db: None) -> None:
    for sweep in (*SWEEPS, *SWEEPS):
        assert sweep.run(lambda: False) is False
