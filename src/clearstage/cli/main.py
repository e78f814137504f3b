"""`clearstage`: reads the command line, starts Django, and turns refusals into one sentence and an exit status.

A sub-command is a module with `add_parser(subparsers)`, which sets `run` (takes the options, answers the exit status).
What it needs stands here, or is set as `needs` beside `run`: `nothing`, the `settings`, or a `database` that fits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from clearstage import __version__
from clearstage.kernel.errors import ClearstageError

from . import installation

COMMANDS = {
    "clearstage.cli.serve": "nothing",
    "clearstage.cli.firm": "nothing",
    "clearstage.cli.tokens": "database",
    "clearstage.cli.pipelines": "database",
    "clearstage.cli.backups": "database",
    "clearstage.cli.verify": "database",
    "clearstage.bench": "nothing",
}
REFUSED, USAGE, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused or failed (the reason is on standard error), 2 wrong usage."""
    try:
        options = parser().parse_args(argv)
        return carry_out(options)
    except SystemExit as stop:
        if isinstance(stop.code, str):
            return failed(stop.code.removeprefix("clearstage: "))
        return stop.code or 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except ClearstageError as error:
        return failed(str(error) or "There is no such thing.")
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return failed(f"{where}{error.strerror or type(error).__name__}.")
    except Exception as error:
        if sentence := about_the_database(error):
            return failed(sentence)
        raise


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="clearstage", description="Workflow for accounting firms.")
    whole.add_argument("--version", action="version", version=f"clearstage {__version__}")
    subparsers = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        if find_spec(name):
            import_module(name).add_parser(subparsers)
    return whole


def carry_out(options: argparse.Namespace) -> int:
    installation.choose(options)
    needs = getattr(options, "needs", None) or COMMANDS[options.run.__module__]
    if needs == "database":
        installation.demand_folder()
    if needs != "nothing":
        installation.start_django()
    if needs == "database":
        installation.demand_database()
    return options.run(options) or 0


def failed(sentence: str) -> int:
    print(f"clearstage: {sentence}", file=sys.stderr)
    return REFUSED


def about_the_database(error: Exception) -> str | None:
    """A sentence for what a database says about itself; anything else is a fault, and is shown as one."""
    from django.db import Error, OperationalError, connection

    if not isinstance(error, Error):
        return None
    reason = " ".join(str(error).split())
    if isinstance(error, OperationalError) and connection.connection is None:
        return f"The database cannot be reached (DATABASE_URL): {reason}"
    return f"The database refused: {reason}"


if __name__ == "__main__":
    sys.exit(main())
