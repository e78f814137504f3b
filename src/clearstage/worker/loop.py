"""The worker: runs each sweep when it is due, until it is told to stop.

A sweep that fails is logged, by names only, since messages of errors may hold what belongs to clients, and is tried
again after a growing pause; the others go on. That holds for a database that is away as well.
"""

from __future__ import annotations

import logging
import signal
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from django.db import close_old_connections, connection

from .sweeps import SWEEPS, Stopping, Sweep, seal_new_events

LONGEST_PAUSE = 60.0
NAP = 0.1
log = logging.getLogger("clearstage.worker")


def run(sweeps: Sequence[Sweep] = SWEEPS) -> None:
    """Work until SIGTERM or SIGINT. What was recorded last is sealed before the end."""
    told: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    # Opening SQLite anew for every sweep would write its log back each time.
    connection.settings_dict["CONN_MAX_AGE"] = 60
    work(sweeps, lambda: bool(told))
    Attempts().run(Sweep("seal events", seal_new_events, 0), lambda: True)


def work(sweeps: Sequence[Sweep], stopping: Stopping) -> None:
    attempts = Attempts()
    due = dict.fromkeys((sweep.name for sweep in sweeps), time.monotonic())
    while not stopping():
        sweep = min(sweeps, key=lambda each: due[each.name])
        wait = due[sweep.name] - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, NAP))
        else:
            due[sweep.name] = time.monotonic() + attempts.run(sweep, stopping)


class Attempts:
    """Runs sweeps one by one and remembers how often each has failed in a row."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()

    def run(self, sweep: Sweep, stopping: Stopping) -> float:
        """Run it once; answers after how many seconds it is due again."""
        close_old_connections()
        try:
            more = sweep.run(stopping)
        except Exception as error:
            self.failures[sweep.name] += 1
            pause = min(LONGEST_PAUSE, max(sweep.every, 1) * 2 ** min(self.failures[sweep.name], 10))
            log.error("The sweep “%s” failed: %s; again in %.0f s", sweep.name, in_short(error), pause)
            return pause
        finally:
            close_old_connections()
        if self.failures.pop(sweep.name, 0):
            log.info("The sweep “%s” works again", sweep.name)
        return 0 if more else sweep.every


def in_short(error: BaseException) -> str:
    """The kind of error and where it came from, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    where = next((frame for frame in reversed(frames) if "clearstage" in frame.filename), frames[-1])
    return f"{type(error).__name__} in {Path(where.filename).name}, line {where.lineno}"
