"""Real workers: several side by side, killed at any moment, told to stop, with a database that goes away."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from email import message_from_bytes

import psycopg
import pytest

from tests.cli.installations import Installation, wait_until

QUEUE = """
from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import the_firm
from clearstage.outbox.operations import Outgoing, put_in_outbox
from django.db import transaction
content = {{"subject": "Hello", "text": "There is something new for you.", "firm_name": "Ada & Co"}}
with transaction.atomic():
    numbers = range({start}, {start} + {count})
    now = clock.now()
    put_in_outbox([Outgoing(f"key-{{n}}", "mail", f"c{{n}}@example.com", content, now) for n in numbers])
    record(the_firm(), *[Happening("tested", {{"number": n}}) for n in numbers])
"""
STATES = "SELECT state, count(*) FROM outbox_delivery GROUP BY state"


def queue(installation: Installation, count: int, start: int = 0) -> None:
    installation.python(QUEUE.format(start=start, count=count))


def keys_in_files(installation: Installation) -> Counter[str]:
    return Counter(message_from_bytes(path.read_bytes())["X-Clearstage-Key"] for path in installation.mails())


def settle(installation: Installation, count: int) -> None:
    """All is sent and sealed, and each key is in one file."""
    patience = 60 + count // 10  # many kills leave many messages to be sent
    wait_until(lambda: len(installation.mails()) == count, patience, installation.output.read_text)
    sent = [("sent", count)]
    wait_until(lambda: installation.sql(STATES) == sent, 30, lambda: str(installation.sql(STATES)))
    assert keys_in_files(installation) == Counter({f"key-{n}": 1 for n in range(count)})


def stop(installation: Installation, *, expected: int = 0) -> None:
    for process in installation.started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == expected, installation.output.read_text()


def test_several_workers_side_by_side_send_everything_once_and_seal_one_chain(
    firm_installation: Installation,
) -> None:
    queue(firm_installation, 300)
    for _ in range(3):
        firm_installation.start("worker")
    settle(firm_installation, 300)
    queue(firm_installation, 500, start=300)
    settle(firm_installation, 800)
    stop(firm_installation)
    verified = firm_installation.run("verify")
    assert verified.returncode == 0, verified.stdout
    events, seals = (word.split()[0] for word in verified.stdout.split(", ", 1))
    assert events == seals
    assert int(events) > 800
    assert "ERROR" not in firm_installation.output.read_text()


def test_a_worker_stops_promptly_and_seals_what_happened_last(firm_installation: Installation) -> None:
    worker = firm_installation.start("worker")
    queue(firm_installation, 40)
    settle(firm_installation, 40)
    firm_installation.python("from clearstage.events.record import *\nfrom clearstage.kernel.actor import the_firm\n"
                             "record(the_firm(), Happening('tested'))")  # fmt: skip
    begun = time.monotonic()
    worker.send_signal(signal.SIGINT)
    assert worker.wait(timeout=20) == 0
    assert time.monotonic() - begun < 3
    assert (
        firm_installation.python(
            "from clearstage.events.models import *\nprint(Event.objects.count() - Seal.objects.count())"
        )
        == "0"
    )


@pytest.mark.chaos
def test_workers_that_are_killed_lose_nothing_and_send_nothing_twice(firm_installation: Installation) -> None:
    kills = int(os.environ.get("CLEARSTAGE_KILLS", "3"))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    queued = 100 * kills
    queue(firm_installation, queued)
    for _ in range(kills):
        before = len(firm_installation.mails())
        worker = firm_installation.start("worker")
        wanted = before + chance.randrange(1, 60)
        wait_until(
            lambda wanted=wanted: len(firm_installation.mails()) >= wanted,
            60,
            firm_installation.output.read_text,
        )
        time.sleep(chance.uniform(0, 0.05))
        worker.kill()
        assert worker.wait(timeout=20) == -signal.SIGKILL
    assert len(firm_installation.mails()) < queued, "none was killed in the middle of its work"

    firm_installation.end_leases()
    firm_installation.start("worker")
    settle(firm_installation, queued)
    stop(firm_installation)
    assert firm_installation.run("verify").returncode == 0


@pytest.mark.only_postgres
def test_a_worker_outlives_a_database_that_goes_away(firm_installation: Installation) -> None:
    worker = firm_installation.start("worker")
    queue(firm_installation, 5)
    settle(firm_installation, 5)
    for start in (5, 10):
        with psycopg.connect(firm_installation.database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        queue(firm_installation, 5, start=start)
        settle(firm_installation, start + 5)
    assert worker.poll() is None
    stop(firm_installation)
