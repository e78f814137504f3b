"""`token create`: an API token for a member."""

from __future__ import annotations

import argparse
from typing import Any

from clearstage.kernel.errors import Refused

from . import installation


def add_parser(subparsers: Any) -> None:
    token = subparsers.add_parser("token", help="tokens for the API")
    commands = token.add_subparsers(title="commands", metavar="COMMAND", required=True)
    create = commands.add_parser("create", help="print a new API token", description="Print a new API token.")
    create.add_argument("--member", metavar="EMAIL", required=True, help="whose rights it has")
    create.add_argument("--scope", choices=["read", "write"], default="write", help="what it may do (write)")
    create.add_argument(
        "--name", metavar="N", default="command line", help="what it is called in the list of tokens"
    )
    installation.add_data_option(create)
    create.set_defaults(run=run_create)


def run_create(options: argparse.Namespace) -> int:
    from clearstage.firm.operations.tokens import create_token
    from clearstage.firm.queries import member_named

    member = member_named(options.member)
    if member is None:
        raise Refused([f"There is no member with the e-mail {options.member}."])
    print(create_token(member, options.scope, options.name))
    return 0
