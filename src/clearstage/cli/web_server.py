"""The web: gunicorn inside this program, with nothing of its own on disk and no settings from elsewhere."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

from gunicorn.app.base import BaseApplication

from clearstage.kernel.errors import Refused

from . import installation

GRACE = 10
BACKLOG = 512


def open_port(host: str, port: int) -> socket.socket:
    """A socket that listens there already, so that nobody else takes the port between the question and the answer."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _name, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        listener = socket.socket(family, kind, protocol)
    except OSError:
        raise Refused([f"There is no address {host} here; choose another with --host."]) from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Refused([_why_not(error, host, port)]) from None
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken; choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"There is no address {host} here; choose another with --host."
    return f"Port {port} on {host} cannot be opened: {error.strerror}."


def address_of(listener: socket.socket) -> str:
    """How a browser on this machine reaches the port, without a slash at the end."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class WebServer(BaseApplication):
    def __init__(self, listener: socket.socket) -> None:
        self.choices = choices(listener.detach())
        super().__init__(prog="clearstage web")

    def load_config(self) -> None:
        for name, value in self.choices.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """All pages, before the processes that serve them are made, which then share them and are quick at once."""
        from django.core.wsgi import get_wsgi_application
        from django.urls import get_resolver

        with installation.uncollected():
            application = get_wsgi_application()
            get_resolver().url_patterns  # noqa: B018
        return application


def choices(listening: int) -> dict[str, Any]:
    return {
        "bind": f"fd://{listening}",
        "worker_class": "gthread",
        "workers": number("CLEARSTAGE_WEB_PROCESSES", 2),
        "threads": number("CLEARSTAGE_WEB_THREADS", 4),
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": GRACE,
        "keepalive": 5,
        "limit_request_line": 8190,
        "limit_request_fields": 100,
        "limit_request_field_size": 8190,
        # The heartbeat is a file without a name; on a disk that is busy it would be late.
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
        "control_socket_disable": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "clearstage",
    }


def number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if text and (not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000):
        raise Refused([f"The environment variable {name} is “{text}”; it takes a number from 1 on."])
    return int(text or default)


def serve(listener: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT; ends the program."""
    from django.db import connections

    connections.close_all()  # before gunicorn makes processes of this one
    WebServer(listener).run()
