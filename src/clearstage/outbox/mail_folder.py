"""An e-mail backend that writes one file a message into a folder: the default until a mail server is named.

The file's name comes from the Message-ID, so that a message that is sent again after a crash replaces itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


def folder_of_mail() -> str:
    """Where the settings say that mail goes."""
    return str(getattr(settings, "EMAIL_FILE_PATH"))  # noqa: B009  known to Django's own file backend alone


class MailFolder(BaseEmailBackend):
    def __init__(self, *args: Any, file_path: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(file_path or folder_of_mail())

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mime = message.message()
            name = re.sub(r"[^A-Za-z0-9._-]", "", str(mime["Message-ID"]).split("@")[0])
            partial = self.folder / f".{name}.{os.getpid()}"
            partial.write_bytes(bytes(mime))
            partial.replace(self.folder / f"{name}.eml")
        return len(email_messages)
