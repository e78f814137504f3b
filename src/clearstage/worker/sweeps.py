"""The table of sweeps. Each is small, may be repeated, and is safe in several workers at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings

from clearstage.clients.operations.links import answer_link_request, prune_links
from clearstage.events.chain import seal_events
from clearstage.files.operations.sweeping import delete_leftovers, drop_old_uploads, empty_the_bin
from clearstage.firm.idempotency import prune_remembered
from clearstage.firm.models import SignInAttempt
from clearstage.firm.throttle import PERIOD
from clearstage.kernel import clock
from clearstage.messaging.operations.daily_mails import mail_one_day
from clearstage.messaging.operations.reminding import remind_one
from clearstage.outbox.operations import deliver_due

AT_A_TIME = 50
SEALS_AT_A_TIME = 500
Stopping = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Sweep:
    """`run` is told how to ask whether the worker is to stop; it answers whether there is more to do at once."""

    name: str
    run: Callable[[Stopping], bool]
    every: float


def deliver_mail(stopping: Stopping) -> bool:
    """One message at a time, so that a worker that is to stop does so between two of them."""
    return _one_by_one(lambda: bool(deliver_due(limit=1)), stopping)


def send_reminders(stopping: Stopping) -> bool:
    return _one_by_one(remind_one, stopping)


def send_daily_mails(stopping: Stopping) -> bool:
    return _one_by_one(mail_one_day, stopping)


def _one_by_one(do_one: Callable[[], bool], stopping: Stopping) -> bool:
    done = 0
    while done < AT_A_TIME and not stopping() and do_one():
        done += 1
    return done == AT_A_TIME


def answer_link_requests(stopping: Stopping) -> bool:
    """Before the mail, so that a link that was asked for goes out in the same round."""
    answered = 0
    while answered < AT_A_TIME and not stopping() and answer_link_request():
        answered += 1
    return answered == AT_A_TIME


def seal_new_events(stopping: Stopping) -> bool:
    return seal_events(SEALS_AT_A_TIME) == SEALS_AT_A_TIME


def seal_late_events(stopping: Stopping) -> bool:
    """Events whose transaction took so long that ten thousand newer ones were sealed before."""
    return seal_events(SEALS_AT_A_TIME, look_back=None) == SEALS_AT_A_TIME


def clear_files_away(stopping: Stopping) -> bool:
    return (
        max(drop_old_uploads(AT_A_TIME), empty_the_bin(AT_A_TIME), delete_leftovers(AT_A_TIME)) == AT_A_TIME
    )


def housekeeping(stopping: Stopping) -> bool:
    prune_remembered()
    prune_links()
    SignInAttempt.objects.filter(at__lt=clock.now() - 2 * PERIOD).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return False


SWEEPS = (
    Sweep("answer link requests", answer_link_requests, 1),
    Sweep("deliver mail", deliver_mail, 1),
    Sweep("send reminders", send_reminders, 10),
    Sweep("send daily mails", send_daily_mails, 30),
    Sweep("seal events", seal_new_events, 2),
    Sweep("seal late events", seal_late_events, 600),
    Sweep("clear files away", clear_files_away, 300),
    Sweep("housekeeping", housekeeping, 3600),
)
