"""Where the bytes are: Django's storage named “files”, a local folder or S3, under names that say nothing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import IO

from django.core.files import File as Content
from django.core.files.storage import FileSystemStorage, Storage, storages

CHUNK = 64 * 1024


class Folder(FileSystemStorage):
    """A local folder. What is saved is on the disk, not only on its way there, before a row speaks of it."""

    def _save(self, name: str, content: Content) -> str:
        saved = super()._save(name, content)  # type: ignore[misc]
        path = self.path(saved)
        for each in (path, os.path.dirname(path)):
            opened = os.open(each, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)
        return str(saved)


def place() -> Storage:
    return storages["files"]


def fresh_name() -> str:
    """256 folders, so that none gets too long."""
    name = secrets.token_hex(20)
    return f"{name[:2]}/{name}"


def write(name: str, content: IO[bytes]) -> None:
    """The bytes from the beginning, under exactly this name, without holding them all in memory."""
    content.seek(0)
    saved = place().save(name, Content(content, name=name))
    assert saved == name, "a random name was taken"


def chunks(name: str) -> Iterator[bytes]:
    with place().open(name, "rb") as file:
        while piece := file.read(CHUNK):
            yield piece
