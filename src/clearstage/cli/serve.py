"""`up`, `web` and `worker`: what keeps running."""

from __future__ import annotations

import argparse
import os
import socket
import time
import urllib.error
import urllib.request
from typing import Any

from clearstage.kernel.errors import Refused

from . import installation

LIVE = "/api/v1/health/live"
SECONDS_TO_START = 90


def add_parser(subparsers: Any) -> None:
    up = subparsers.add_parser(
        "up", help="everything in one go", description="Set up, and run web and worker until Ctrl-C."
    )
    up.add_argument("--demo", action="store_true", help="with a demo firm, loaded at the first start")
    _where(up)
    up.set_defaults(run=run_up)

    web = subparsers.add_parser(
        "web", help="the web alone", description="Answer requests; for larger installs."
    )
    _where(web)
    web.add_argument("--listen-fd", type=int, help=argparse.SUPPRESS)
    web.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    web.set_defaults(run=run_web)

    worker = subparsers.add_parser(
        "worker",
        help="the worker alone",
        description="Send what is due, seal what happened; for larger installs.",
    )
    installation.add_data_option(worker)
    worker.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    worker.set_defaults(run=run_worker)


def _where(parser: argparse.ArgumentParser) -> None:
    installation.add_data_option(parser)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1: this machine only)")
    parser.add_argument("--port", type=_port, default=8000, help="the port (8000; 0 takes a free one)")


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


_port.__name__ = "port"


def run_up(options: argparse.Namespace) -> int:
    from .children import Family
    from .first_start import welcome
    from .web_server import address_of, open_port

    listener = open_port(options.host, options.port)
    address = address_of(listener)
    os.environ.setdefault("CLEARSTAGE_BASE_URL", address)
    installation.make_folder()
    installation.start_django()
    with installation.alone():
        installation.migrate()
        words = welcome(options.demo)

    from django.conf import settings
    from django.db import connections

    connections.close_all()
    os.environ["CLEARSTAGE_DATA"] = str(settings.DATA)
    family = Family()
    try:
        family.start("web", ["web", "--listen-fd", str(listener.fileno())], [listener.fileno()])
        family.start("worker", ["worker"])
        listener.close()
        if _answers(family, address):
            print(*words, f"Clearstage is ready at {address}/", "Ctrl-C ends it.", sep="\n", flush=True)
        gone = family.wait()
    finally:
        family.end()
    if gone:
        raise Refused([f"The {gone} has ended by itself, so everything has; what it said stands above."])
    return 0


def _answers(family: Any, address: str) -> bool:
    """Wait until the web answers; False where it never will, because something ended before."""
    until = time.monotonic() + SECONDS_TO_START
    while not family.told_to_stop and not family.ended():
        if _is_live(address):
            return True
        if time.monotonic() > until:
            raise Refused(
                [f"The web did not answer within {SECONDS_TO_START} seconds; what it said stands above."]
            )
        time.sleep(0.1)
    return False


def _is_live(address: str) -> bool:
    """Whether an application answers: its health, or at least that there is no such page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address + LIVE, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False


def run_web(options: argparse.Namespace) -> int:
    from .children import end_with
    from .web_server import address_of, open_port, serve

    if options.listen_fd is None:
        listener = open_port(options.host, options.port)
        os.environ.setdefault("CLEARSTAGE_BASE_URL", address_of(listener))
        installation.make_folder()
    else:
        listener = socket.socket(fileno=options.listen_fd)
    installation.start_django()
    if options.parent is None:
        installation.prepare_database()
    else:
        end_with(options.parent)
    serve(listener)
    return 0


def run_worker(options: argparse.Namespace) -> int:
    from .children import end_with

    if options.parent is None:
        installation.make_folder()
    else:
        end_with(options.parent)
    installation.start_django()
    if options.parent is None:
        installation.prepare_database()

    from clearstage.worker.loop import run

    run()
    return 0
