"""`verify`: is the record of what happened still as it was written?"""

from __future__ import annotations

import argparse
from typing import Any

from . import installation


def add_parser(subparsers: Any) -> None:
    verify = subparsers.add_parser(
        "verify",
        help="check the chain of events",
        description="Compute the chain of events again and compare.",
    )
    installation.add_data_option(verify)
    verify.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    return tell()


def tell() -> int:
    """Print how the chain was found; the exit status."""
    from clearstage.events.chain import verify_chain

    found = verify_chain()
    for problem in found.problems:
        print(problem)
    outcome = f"{len(found.problems)} problem(s)" if found.problems else "the chain holds"
    print(f"{found.events} events, {found.seals} seals: {outcome}; head {found.head or 'none'}")
    return 1 if found.problems else 0
