"""Workers that are killed at any moment lose no reminder and no daily e-mail, and send none twice.

CLEARSTAGE_KILLS  how many workers are killed (3)
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any

import pytest

from tests.cli.fixtures import empty, firm_installation, with_firm
from tests.cli.installations import Installation, wait_until

__all__ = ["empty", "firm_installation", "with_firm"]
pytestmark = pytest.mark.chaos
KILLS = int(os.environ.get("CLEARSTAGE_KILLS", "3"))
ROUNDS = (KILLS + 1) // 2  # of two workers each
CLIENTS, REMINDERS = 20, max(3, min(20, ROUNDS))

FILL = f"""
from datetime import timedelta
from django.db import transaction
from clearstage.clients.models import Contact
from clearstage.clients.operations.accounts import AccountInput, create_account
from clearstage.engine.sentences import say
from clearstage.firm.models import Firm, Member
from clearstage.firm.queries import actor_for
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Job, Pipeline
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.links import link_item
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.kernel import clock
from clearstage.messaging.models import Reminder
from clearstage.messaging.operations.client_notices import ClientNotice, tell_clients
from clearstage.messaging.operations.reminders import Reminding, set_reminders
from clearstage.messaging.reminder_plan import ReminderPlan

Firm.objects.update(quiet_from="00:00", quiet_to="00:00", quiet_days=False, hold_minutes=0)
owner = actor_for(Member.objects.get())
text = "pipeline: Letters\\nstages: [{{stage: Sent}}, {{stage: Answered}}]\\nstatuses: [{{status: Chase}}]\\n"
pipeline = Pipeline.objects.get(pk=save_pipeline(owner, *read_document(text)).pipeline_id)
accounts = []
for n in range({CLIENTS}):
    people = [{{"name": how, "email": f"{{how}}{{n}}@example.com", "login": True}} for how in ("each", "daily")]
    accounts.append(create_account(owner, AccountInput(f"Client {{n}}", contacts=people)).pk)
Contact.objects.filter(name="daily").update(notices="daily")
jobs = [job.id for job in add_jobs(owner, NewJobs(accounts, pipeline.pk, pipeline.stages.first().pk)).plan.going]
plan = ReminderPlan(first=1, every=1, at_most={REMINDERS}, then_status="Chase")
with transaction.atomic():
    for job in Job.objects.filter(pk__in=jobs):
        link_item(job, "letter", job.account_id, holds=True, due=None, scope=None)
    set_reminders([Reminding("letter", account, account, plan) for account in accounts])
    news = say("There is news")
    with clock.at(clock.now() - timedelta(days=2)):
        for n in range(3):
            told = [ClientNotice(f"news:{{n}}:{{each}}", each, news, news, until_done=False) for each in accounts]
            tell_clients(told, hold_until=clock.now())
"""
WORKER = """
from clearstage.clients.models import Account
from clearstage.jobs import items
from clearstage.kernel import ids
from clearstage.worker.loop import run
from tests.messaging.letters import Letters

letters = Letters()
for account in Account.objects.order_by("pk"):
    letters.write(account)
items.register(letters)
ids.PREFIXES["letter"] = "ltr"
run()
"""
TIME_PASSES = "UPDATE messaging_reminder SET next_at = ?"
REPORT = """
import json
from collections import Counter
from clearstage.events.models import Event
from clearstage.jobs.models import Job
from clearstage.messaging.models import GatheredNotice, Reminder
from clearstage.outbox.models import Delivery
print(json.dumps({
    "states": Counter(Delivery.objects.values_list("state", flat=True)),
    "keys": list(Delivery.objects.values_list("key", flat=True)),
    "to": Counter(Delivery.objects.filter(key__startswith="daily:").values_list("to", flat=True)),
    "reminded": list(Event.objects.filter(kind="client_reminded").values_list("account", "data__number")),
    "chased": list(Event.objects.filter(kind="job_status_changed").values_list("job", flat=True)),
    "statuses": Counter(Job.objects.values_list("custom_status__name", flat=True)),
    "open": Reminder.objects.filter(stopped_at=None).count(),
    "gathered": GatheredNotice.objects.filter(key__startswith="news:", settled_by=None).count(),
}))
"""


def let_time_pass(installation: Installation) -> None:
    """Whatever reminder is under way is due."""
    installation.sql(TIME_PASSES, datetime.now(UTC) - timedelta(minutes=1))


def report(installation: Installation) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(installation.python(REPORT))
    return found


def keys_in_files(installation: Installation) -> Counter[str]:
    return Counter(
        str(message_from_bytes(path.read_bytes())["X-Clearstage-Key"]) for path in installation.mails()
    )


def test_killed_workers_lose_no_reminder_and_no_daily_mail_and_send_none_twice(
    firm_installation: Installation,
) -> None:
    of = firm_installation
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    of.python(FILL)
    for _ in range(ROUNDS):
        let_time_pass(of)
        before = len(of.mails())
        two = [of.python_in_background(WORKER) for _ in range(2)]
        wanted = before + chance.randrange(1, 40)
        until = time.monotonic() + 8  # all may be sent already; then there is nothing to wait for
        while len(of.mails()) < wanted and time.monotonic() < until:
            time.sleep(0.02)
        for worker in two:
            worker.kill()
            assert worker.wait(timeout=20) == -signal.SIGKILL
    of.end_leases()
    of.python_in_background(WORKER)

    def settled() -> bool:
        let_time_pass(of)
        found = report(of)
        return not found["open"] and not found["gathered"] and set(found["states"]) == {"sent"}

    wait_until(settled, 120, of.output.read_text)
    found = report(of)
    accounts = {account for account, _number in found["reminded"]}
    assert len(accounts) == CLIENTS
    each_once = Counter((account, number) for account in accounts for number in range(1, REMINDERS + 1))
    assert Counter(map(tuple, found["reminded"])) == each_once
    assert len(found["chased"]) == len(set(found["chased"])) == CLIENTS
    assert found["statuses"] == {"Chase": CLIENTS}
    reminders = [key for key in found["keys"] if key.startswith("reminder:")]
    assert len(reminders) == CLIENTS * REMINDERS
    assert set(found["to"].values()) == {1}
    assert len(found["to"]) == CLIENTS
    assert keys_in_files(of) == Counter(found["keys"])
    of.end()
    assert of.run("verify").returncode == 0
