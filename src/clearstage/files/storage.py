"""Where the bytes are: Django's storage named “files”, a local folder or S3, under names that say nothing."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from typing import IO

from django.core.files import File as Content
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.translation import gettext as _t

from clearstage.kernel.errors import Refused

CHUNK = 64 * 1024
log = logging.getLogger("clearstage.files")


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


class StorageAway(Refused):
    """The place for files takes nothing at the moment; whoever sends may try again."""

    def __init__(self) -> None:
        super().__init__([_t("Files cannot be taken in at the moment. Please try again later.")])


def write(name: str, content: IO[bytes]) -> None:
    """The bytes from the beginning, under exactly this name, without holding them all in memory.

    Raises `StorageAway` where they cannot be kept (no such bucket, a full disk); why is logged by its name alone.
    """
    content.seek(0)
    try:
        saved = place().save(name, Content(content, name=name))
    except Exception as error:
        log.error("Files cannot be kept: %s", type(error).__name__)
        raise StorageAway from error
    assert saved == name, "a random name was taken"


def chunks(name: str) -> Iterator[bytes]:
    with place().open(name, "rb") as file:
        while piece := file.read(CHUNK):
            yield piece
