"""The installation that a command is about: its data folder, its settings, its database."""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clearstage.kernel.errors import Refused

if TYPE_CHECKING:
    from .tables import Model

SETTINGS = "clearstage.config.settings"
_LOCK = 7_234_101_002
NO_FOLDER = "There is no data folder {folder}; `clearstage up` makes one, --data says where it is."
NOT_SET_UP = "The database is not set up yet; `clearstage up` or `clearstage firm create` does that."
NEWER = "This database was set up by a newer version of Clearstage ({names}). Use that version."
UNFINISHED = (
    "This database was set up while Clearstage was still being built ({names}) and cannot be brought up to date; "
    "set up a new one."
)
OLDER = (
    "This database is from an older version of Clearstage; `clearstage up` or `clearstage web` updates it."
)


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", help="the data folder (CLEARSTAGE_DATA, ./data)")


def choose(options: argparse.Namespace) -> None:
    """Put what the options say into the environment, from where the settings read it."""
    os.umask(0o077)  # what is made holds clients' papers and keys
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if data := getattr(options, "data", None):
        os.environ["CLEARSTAGE_DATA"] = str(Path(data).expanduser().resolve())


def folder() -> Path:
    return Path(os.environ.get("CLEARSTAGE_DATA", "").strip() or "data").expanduser()


def demand_folder() -> None:
    """A command about an installation that is there makes no folder for one that is not."""
    if not os.environ.get("DATABASE_URL", "").strip() and not folder().is_dir():
        raise Refused([NO_FOLDER.format(folder=folder())])


def make_folder() -> None:
    folder().mkdir(parents=True, exist_ok=True)


def start_django() -> None:
    """One process after the other as long as there is no secret key: the first one makes it."""
    import django

    key = folder() / "secret-key"
    first = folder().is_dir() and not (key.exists() and key.stat().st_size)
    with locked(folder() / "start.lock") if first else nullcontext(), uncollected():
        django.setup()


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is looked for while modules are loaded: there is none, and looking is a sixth of the time it takes."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def demand_database() -> None:
    """Go on with a database that fits this version, or refuse with a sentence."""
    demand_known_state()
    missing, applied = _missing_and_applied()
    if not applied:
        raise Refused([NOT_SET_UP])
    if missing:
        raise Refused([OLDER])


def prepare_database() -> None:
    """Bring the database up to date; others that want the same at the same moment wait."""
    with alone():
        migrate()


def migrate() -> None:
    """Bring the database up to date; the caller is `alone()`."""
    from django.core.management import call_command

    demand_known_state()
    call_command("migrate", interactive=False, verbosity=0)


def demand_known_state() -> None:
    """Go on with a database in a state that this version knows, or refuse with a sentence."""
    if unknown := sorted(ours_applied() - ours_known()):
        raise Refused([NEWER.format(names=_named(unknown))])
    if between := sorted(_stopped_in_between()):
        raise Refused([UNFINISHED.format(names=_named(between))])


def _named(migrations: list[tuple[str, str]]) -> str:
    return ", ".join(f"{app} {name}" for app, name in migrations[:3])


def _stopped_in_between() -> set[tuple[str, str]]:
    """Migrations that replace others, of which a part was applied: Django takes such a database for whole."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = set(MigrationRecorder(connection).applied_migrations())
    return {
        key
        for key, migration in _loader().disk_migrations.items()
        if migration.replaces
        and applied & {key, *migration.replaces}
        and not applied.issuperset(migration.replaces)
    }


def ours() -> set[str]:
    """The labels of Clearstage's own apps."""
    from django.apps import apps

    return {config.label for config in apps.get_app_configs() if config.name.startswith("clearstage.")}


def ours_known() -> set[tuple[str, str]]:
    """The migrations that this version has, with those that they replace."""
    found: set[tuple[str, str]] = set()
    for key, migration in _loader().disk_migrations.items():
        found |= {key, *migration.replaces}
    return {key for key in found if key[0] in ours()}


def ours_applied() -> set[tuple[str, str]]:
    labels = ours()
    return {key for key in _loader().applied_migrations if key[0] in labels}


def migrate_to(migrations: set[tuple[str, str]]) -> None:
    """Apply just these of Clearstage's own migrations, and what they stand on."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    MigrationExecutor(connection).migrate(_last_of(migrations))


def models_after(migrations: set[tuple[str, str]]) -> list[Model]:
    """Clearstage's own models as these migrations leave them."""
    from .tables import models_in

    return models_in(_loader().project_state(_last_of(migrations)).apps, ours())


def _last_of(migrations: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that no other of the same app follows; one that replaces others stands for all of them together."""
    loader = _loader()
    nodes, found = loader.graph.node_map, loader.disk_migrations.items()
    migrations = migrations | {
        key for key, each in found if each.replaces and migrations.issuperset(each.replaces)
    }
    return [
        key
        for key in sorted(migrations & set(nodes))
        if not any(child.key[0] == key[0] and child.key in migrations for child in nodes[key].children)
    ]


def _loader() -> Any:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    return MigrationLoader(connection)


def _missing_and_applied() -> tuple[bool, bool]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return bool(plan), bool(ours_applied())


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else changes the schema or sets the installation up meanwhile."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with locked(Path(settings.DATA) / "set-up.lock"):
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time inside the block; one that dies lets go."""
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
