"""Processes that belong together: when one ends, or the one that started them does, all end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

PATIENCE = 12.0
"""Seconds that a child has to end by itself: a little more than the web gives its requests."""
NAP = 0.1
_PR_SET_PDEATHSIG = 1


class Family:
    """The children of this process, and whether it was told to stop."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.told_to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as `nohup` leaves it
                signal.signal(number, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:
        self.told_to_stop = True

    def start(self, name: str, arguments: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        """Start `clearstage ARGUMENTS` in a process group of its own, so that Ctrl-C reaches this process alone."""
        command = [sys.executable, "-m", "clearstage.cli.main", *arguments, "--parent", str(os.getpid())]
        self.children[name] = subprocess.Popen(
            command, pass_fds=pass_fds, stdin=subprocess.DEVNULL, process_group=0
        )

    def ended(self) -> str | None:
        """The name of a child that is no more."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def wait(self) -> str | None:
        """Until this process is told to stop (None), or a child ends (its name)."""
        while not self.told_to_stop:
            if name := self.ended():
                return name
            time.sleep(NAP)
        return None

    def end(self) -> None:
        """Ask every child to end, wait, and kill those that do not."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + PATIENCE
        while any(child.poll() is None for child in self.children.values()) and time.monotonic() < until:
            time.sleep(NAP)
        for child in self.children.values():
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)  # its group, since the web has processes of its own
            child.wait()


def end_with(parent: int) -> None:
    """End this process, as by SIGTERM, when its parent is no more, however that came to its end."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
