"""`firm create`: sets the installation up without the browser."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import Any

from clearstage.kernel.errors import Refused

from . import installation


def add_parser(subparsers: Any) -> None:
    firm = subparsers.add_parser("firm", help="set the installation up without the browser")
    commands = firm.add_subparsers(title="commands", metavar="COMMAND", required=True)
    create = commands.add_parser(
        "create", help="the firm and its owner", description="Create the firm and its owner."
    )
    create.add_argument("name", metavar="NAME", help="the firm's name")
    create.add_argument("--owner", metavar="EMAIL", required=True, help="the owner's e-mail address")
    create.add_argument("--owner-name", metavar="NAME", default="", help="the owner's name (from the e-mail)")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.add_argument("--timezone", metavar="Z", default="UTC", help="the firm's time zone (UTC)")
    installation.add_data_option(create)
    create.set_defaults(run=run_create)


def run_create(options: argparse.Namespace) -> int:
    given = read_password() if options.password_stdin else None
    password = given or secrets.token_urlsafe(15)
    installation.make_folder()
    installation.start_django()
    installation.prepare_database()

    from clearstage.firm.operations.setup import create_firm
    from clearstage.firm.setup_link import forget

    firm = create_firm(options.name, options.owner, options.owner_name, password, options.timezone)
    forget()
    print(f"“{firm.name}” is set up; its owner is {options.owner.strip()}.")
    if given is None:
        print(f"Password: {password}")
    return 0


def read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refused(["There is no password on standard input."])
    return password
