"""`backup` and `restore`: a whole installation in one file, which restores into either database."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clearstage import __version__
from clearstage.kernel.errors import Refused

from . import installation
from .verify import tell

if TYPE_CHECKING:
    from .archive import Manifest, Reader, Writer
    from .tables import Model

BACKUP = """Write the whole installation, as it is at this moment, into one file. It holds keys and clients' papers:
keep it where nobody else can read it. Who is signed in, and mail that was written to files, are not part of it."""
RESTORE = "Bring back what a backup holds, into an installation that has no firm. Restart web and worker afterwards."
OLDER = (
    "This backup is of an older version of Clearstage ({version}) than the database. Use an empty database."
)
MISFIT = "The backup does not fit together ({reason}); nothing was changed."


def add_parser(subparsers: Any) -> None:
    backup = subparsers.add_parser("backup", help="the whole installation into one file", description=BACKUP)
    backup.add_argument("file", metavar="FILE", type=Path, help="the file to write, or to replace")
    installation.add_data_option(backup)
    backup.set_defaults(run=run_backup)

    restore = subparsers.add_parser("restore", help="an installation out of such a file", description=RESTORE)
    restore.add_argument("file", metavar="FILE", type=Path, help="a file that `clearstage backup` wrote")
    installation.add_data_option(restore)
    restore.set_defaults(run=run_restore, needs="nothing")


def run_backup(options: argparse.Namespace) -> int:
    from . import archive

    file = options.file.resolve()
    if not file.parent.is_dir():
        raise Refused([f"There is no folder {file.parent}."])
    seal_all()
    with archive.writing(file) as writer:
        manifest = write_all(writer)
    rows = sum(part.rows for part in manifest.tables.values())
    print(f"{options.file}: {rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files.")
    return 0


def seal_all() -> None:
    from clearstage.events.chain import seal_events

    while seal_events(look_back=None):
        pass


def write_all(writer: Writer) -> Manifest:
    from django.conf import settings
    from django.db import connection

    from clearstage.kernel import clock

    from . import archive, tables

    applied = installation.ours_applied()
    manifest = archive.Manifest(
        format=archive.FORMAT,
        version=archive.VERSION,
        clearstage=__version__,
        made_at=clock.now().isoformat(),
        database=connection.vendor,
        migrations=sorted(applied),
    )
    with tables.one_moment():
        for model in installation.models_after(applied):
            table = model._meta.db_table
            digest, lines = writer.add(f"tables/{table}.jsonl", tables.lines_of(model))
            part = archive.Part(sha256=digest, rows=lines - 1, last_id=tables.last_id(model))
            manifest.tables[table] = part
    for name, path in archive.files_in(Path(settings.DATA)):
        try:
            with path.open("rb") as file:
                digest, _chunks = writer.add(name, archive.chunks_of(file))
        except FileNotFoundError:
            continue  # taken away meanwhile
        manifest.files[name] = archive.Part(sha256=digest)
    writer.finish(manifest)
    return manifest


def run_restore(options: argparse.Namespace) -> int:
    from . import archive

    with archive.reading(options.file) as reader:
        installation.make_folder()
        installation.start_django()
        with installation.alone():
            bring_back(reader)
    print("Restored. Restart web and worker where they are running.")
    return tell()


def bring_back(reader: Reader) -> None:
    """All of it or nothing: the tables in one transaction, the files when that has gone well."""
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.db import Error, OperationalError, transaction

    from .archive import Unpacked

    models = prepare_for(reader.manifest)
    with Unpacked(Path(settings.DATA)) as unpacked:
        try:
            with transaction.atomic():
                demand_empty(models)
                load_tables(reader, models)
                for name, part in reader.manifest.files.items():
                    unpacked.add(name, reader.chunks(name, part))
        except OperationalError:
            raise
        except (Error, ValidationError, ValueError, TypeError) as error:
            raise Refused([MISFIT.format(reason=type(error).__name__)]) from error
        unpacked.put_in_place()
    installation.migrate()
    seal_all()


def prepare_for(manifest: Manifest) -> list[Model]:
    """Bring the empty database to the state that the backup was made in; answers the models of that state."""
    from .archive import NEWER

    theirs, known, here = set(manifest.migrations), installation.ours_known(), installation.ours_applied()
    if not theirs <= known:
        raise Refused([NEWER.format(version=manifest.clearstage)])
    if not here <= theirs:
        raise Refused([OLDER.format(version=manifest.clearstage)])
    if theirs - here:
        installation.migrate_to(theirs)
    return installation.models_after(theirs)


def demand_empty(models: Sequence[Model]) -> None:
    firm: Any = next(model for model in models if model._meta.label == "firm.Firm")
    if found := firm._base_manager.first():
        raise Refused([f"Here is a firm already (“{found.name}”); restore into an empty installation."])
    for model in models:
        if model._base_manager.exists():
            table = model._meta.db_table
            raise Refused([f"Here is something already (in {table}); restore into an empty installation."])


def load_tables(reader: Reader, models: Sequence[Model]) -> None:
    from django.db import connection

    from . import tables

    parts = reader.manifest.tables
    if {model._meta.db_table for model in models} != set(parts):
        raise Refused([MISFIT.format(reason="other tables than its version has")])
    for model in models:
        table = model._meta.db_table
        part = parts[table]
        count = tables.load(model, reader.lines(f"tables/{table}.jsonl", part))
        if not count == part.rows == model._base_manager.count():
            raise Refused([MISFIT.format(reason=f"{count} rows of {part.rows} in {table}")])
        if part.last_id:
            tables.go_on_after(model, part.last_id)
    connection.check_constraints()
