"""The file of a backup: a zip that holds a manifest, the tables as text, and files of the data folder."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ValidationError

from clearstage.kernel.errors import Refused

FORMAT, VERSION = "clearstage backup", 1
MANIFEST = "manifest.json"
NO_BACKUP = "This file is no backup of Clearstage, or only a part of one."
DAMAGED = "The backup is damaged: {name} is not as it was written. Nothing was changed."
NEWER = "This backup was made by a newer version of Clearstage ({version}). Use that version."
KEPT_FILES = ("secret-key", "demo-signins.json")
KEPT_FOLDER = "files"
"""What of the data folder belongs to an installation. Sent mail, locks and the database's own files do not."""


class Part(BaseModel):
    """A member of the archive. `last_id` is the last id that a table gave out, of a row that may be no more."""

    sha256: str
    rows: int = 0
    last_id: int | None = None


class Manifest(BaseModel):
    format: str
    version: int
    clearstage: str = "?"
    made_at: str = ""
    database: str = ""
    migrations: list[tuple[str, str]] = []
    tables: dict[str, Part] = {}
    files: dict[str, Part] = {}


class Writer:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def add(self, name: str, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Answers the SHA-256 of what was added and of how many chunks it was."""
        digest, count = sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                member.write(chunk)
                count += 1
        return digest.hexdigest(), count

    def finish(self, manifest: Manifest) -> None:
        self.archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive, readable by its owner only, that is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Reader:
    """An archive whose manifest can be read; what else is wrong with it turns out while it is read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        try:
            manifest = Manifest.model_validate_json(b"".join(self._read(MANIFEST, lines=False)))
        except ValidationError:
            raise Refused([NO_BACKUP]) from None
        if manifest.format != FORMAT:
            raise Refused([NO_BACKUP])
        if manifest.version > VERSION:
            raise Refused([NEWER.format(version=manifest.clearstage)])
        for name in manifest.files:
            demand_inside(name)
        self.manifest = manifest

    def lines(self, name: str, part: Part) -> Iterator[bytes]:
        return _checked(name, part, self._read(name, lines=True))

    def chunks(self, name: str, part: Part) -> Iterator[bytes]:
        return _checked(name, part, self._read(name, lines=False))

    def _read(self, name: str, lines: bool) -> Iterator[bytes]:
        try:
            with self.archive.open(name) as member:
                yield from member if lines else chunks_of(member)
        except KeyError:
            raise Refused([NO_BACKUP if name == MANIFEST else DAMAGED.format(name=name)]) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise Refused([DAMAGED.format(name=name)]) from None


def _checked(name: str, part: Part, chunks: Iterable[bytes]) -> Iterator[bytes]:
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != part.sha256:
        raise Refused([DAMAGED.format(name=name)])


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError):
        raise Refused([NO_BACKUP]) from None
    with archive:
        yield Reader(archive)


def demand_inside(name: str) -> None:
    """Refuse a name that leads out of the folder, or to something there that no backup brings."""
    path = PurePosixPath(name)
    harmless = "\\" not in name and "\x00" not in name and not path.is_absolute() and ".." not in path.parts
    belongs = name in KEPT_FILES or (len(path.parts) > 1 and path.parts[0] == KEPT_FOLDER)
    if not (harmless and belongs and path.as_posix() == name):
        raise Refused([f"The backup holds a file with the name {name!r}, which does not belong there."])


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name, path) of the files of a data folder that belong to the installation; links are not followed."""
    for name in KEPT_FILES:
        path = folder / name
        if path.is_file() and not path.is_symlink():
            yield name, path
    for parent, _folders, names in os.walk(folder / KEPT_FOLDER):
        for name in sorted(names):
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(1 << 20):
        yield chunk


class Unpacked:
    """Files on their way into a data folder: first beside it, then, when all else has gone well, in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.beside = folder / f".restore-{secrets.token_hex(4)}"
        self.names: list[str] = []

    def __enter__(self) -> Unpacked:
        self.beside.mkdir(mode=0o700)
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.beside, ignore_errors=True)

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        demand_inside(name)
        path = self.beside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        self.names.append(name)

    def put_in_place(self) -> None:
        for name in self.names:
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.beside / name).replace(target)
