"""`pipeline check`, `plan`, `apply` and `export`: pipelines as text (F4, F7)."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from clearstage.kernel.errors import Invalid, Refused

from . import installation

if TYPE_CHECKING:
    from clearstage.jobs.check import Finding
    from clearstage.jobs.document import PipelineDocument
    from clearstage.jobs.known import Known
    from clearstage.jobs.operations.pipelines import Saved
    from clearstage.jobs.reading import Places

CLEAN, WARNINGS, ERRORS = 0, 1, 2


def add_parser(subparsers: Any) -> None:
    pipeline = subparsers.add_parser("pipeline", help="pipelines as text: check, plan, apply, export")
    commands = pipeline.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="check pipeline documents",
        description="Check pipeline documents, one line a finding. Exit: 0 clean, 1 warnings (--strict), 2 errors.",
    )
    check.add_argument(
        "files", metavar="FILE", nargs="+", help="a pipeline document; several know each other"
    )
    check.add_argument("--strict", action="store_true", help="exit with 1 where there are warnings")
    check.set_defaults(run=run_check, needs="nothing")
    plan = commands.add_parser("plan", help="show what a document would change")
    plan.add_argument("file", metavar="FILE")
    plan.set_defaults(run=run_plan)
    apply = commands.add_parser("apply", help="make or change the pipeline of a document")
    apply.add_argument("file", metavar="FILE")
    apply.set_defaults(run=run_apply)
    export = commands.add_parser("export", help="print a pipeline as a document")
    export.add_argument("name", metavar="NAME")
    export.set_defaults(run=run_export)
    for each in (check, plan, apply, export):
        installation.add_data_option(each)


def run_check(options: argparse.Namespace) -> int:
    """Looks names up where there is a firm; without one the documents are checked by themselves."""
    known = _known_here()
    read = {name: found for name in options.files if (found := _read(name, sys.stdout))}

    from clearstage.jobs.check import check

    # Within a file what it says itself counts, so each knows only the others.
    findings = [
        (name, finding)
        for name, (document, places) in read.items()
        for finding in check(document, known.with_documents(_others(read, name)), places)
    ]
    for name, finding in findings:
        print(_in_one_line(name, finding))
    severities = {finding.severity for _name, finding in findings}
    if len(read) < len(set(options.files)) or "error" in severities:
        return ERRORS
    return WARNINGS if severities and options.strict else CLEAN


def run_plan(options: argparse.Namespace) -> int:
    saved = _save(options.file, preview=True)
    if saved is None:
        return ERRORS
    for change in saved.changes:
        print(change)
    if not saved.changes:
        print("Nothing would change.")
    return CLEAN


def run_apply(options: argparse.Namespace) -> int:
    saved = _save(options.file, preview=False)
    if saved is None:
        return ERRORS
    for change in saved.changes:
        print(change)
    print(f"Saved as revision {saved.revision}." if saved.changes else "Nothing to change.")
    return CLEAN


def run_export(options: argparse.Namespace) -> int:
    from clearstage.jobs.models import Pipeline
    from clearstage.jobs.operations.pipelines import export_document
    from clearstage.jobs.writing import to_yaml

    _demand_firm()
    names = {name.casefold(): pk for pk, name in Pipeline.objects.values_list("pk", "name")}
    pk = names.get(options.name.strip().casefold())
    if pk is None:
        raise Refused([f"There is no pipeline “{options.name}”."])
    sys.stdout.write(to_yaml(export_document(pk)))
    return CLEAN


def _save(name: str, *, preview: bool) -> Saved | None:
    """As the firm itself. What the check finds goes to standard error; None where the file cannot be read."""
    from clearstage.jobs.operations.pipelines import save_pipeline
    from clearstage.kernel.actor import the_firm

    _demand_firm()
    read = _read(name, sys.stderr)
    if read is None:
        return None
    document, places = read
    try:
        saved = save_pipeline(the_firm("cli"), document, places, preview=preview)
    except Invalid as invalid:
        _print_errors(name, invalid, sys.stderr)
        return None
    for finding in saved.findings:
        print(_in_one_line(name, finding), file=sys.stderr)
    return saved


def _read(name: str, out: TextIO) -> tuple[PipelineDocument, Places] | None:
    from clearstage.jobs.document import read_document

    try:
        return read_document(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        print(f"{name}:1 error unreadable {error.strerror}", file=out)
    except UnicodeDecodeError:
        print(f"{name}:1 error unreadable This is not text in UTF-8.", file=out)
    except Invalid as invalid:
        _print_errors(name, invalid, out)
    return None


def _print_errors(name: str, invalid: Invalid, out: TextIO) -> None:
    """`where` begins with the line that the face of a file shows first."""
    for where, message in invalid.errors:
        line = next((part for part in where.replace(",", " ").split() if part.isdigit()), "1")
        print(
            f"{name}:{line} error unreadable {_flat(f'{where}: {message}' if where else message)}", file=out
        )


def _in_one_line(name: str, finding: Finding) -> str:
    text = _flat(f"{finding.message} {finding.remedy}")
    return f"{name}:{finding.line or 1} {finding.severity} {finding.code} {text}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _others(read: dict[str, tuple[PipelineDocument, Places]], name: str) -> list[PipelineDocument]:
    return [document for each, (document, _places) in read.items() if each != name]


def _known_here() -> Known:
    """What the firm has; nothing where there is no installation. Checking makes no folder, key or database."""
    if not installation.folder().is_dir() and not os.environ.get("CLEARSTAGE_SECRET_KEY", "").strip():
        # Only for this process, which signs nothing.
        os.environ["CLEARSTAGE_SECRET_KEY"] = secrets.token_urlsafe(48)
    installation.start_django()

    from django.conf import settings
    from django.db import Error

    from clearstage.firm.queries import the_firm_row
    from clearstage.jobs.known import Known, known_names

    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3") or Path(database["NAME"]).exists():
        try:
            if the_firm_row():
                return known_names()
        except Error:  # not set up yet, or by another version
            pass
    return Known.nothing()


def _demand_firm() -> None:
    from clearstage.firm.queries import the_firm_row

    if the_firm_row() is None:
        raise Refused(["There is no firm here yet; `clearstage firm create` makes one."])
