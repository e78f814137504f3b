"""What keeps secrets out of the server's log: addresses that hold a one-time link are written without it."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"(/portal/link/|/setup/)[^\s'\"/]+")


class WithoutLinks(logging.Filter):
    """Django logs the address of a request that failed; the link in it may still be good."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (shown := _SECRET.sub(r"\1…", message)) != message:
            record.msg, record.args = shown, None
        return True
