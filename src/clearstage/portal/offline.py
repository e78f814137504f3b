"""The portal as an app on a phone: what its service worker keeps for the time without a connection, and for whom.

Pages say themselves that they may be kept, by a header that names their reader: nothing else is kept, and the worker
drops all of it when the reader is another one or nobody is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from .principal import Principal

KEEP = "Clearstage-Keep"
WORKER = "clearstage/portal-worker.js"
# What every page of the portal needs. What single pages need beyond it is kept when they are first opened.
FILES = (
    "vendor/tabler-core-1.6.1/tabler.min.css",
    "vendor/tus-js-client-4.3.1/tus.min.js",
    "clearstage/theme.css",
    "clearstage/portal.css",
    "clearstage/upload.css",
    "clearstage/first.js",
    "clearstage/theme.js",
    "clearstage/upload.js",
    "clearstage/portal-app.js",
    "clearstage/portal-queue.js",
    "clearstage/portal-store.js",
    "clearstage/portal-offline.js",
    "clearstage/brand.svg",
    "icons.svg",
)


def kept_offline(show: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the table that the reader's own device may keep: whole pages alone, no files and no parts."""

    @wraps(show)
    def shown(request: HttpRequest, principal: Principal, **rest: object) -> HttpResponseBase:
        response = show(request, principal, **rest)
        kind = response.headers.get("Content-Type", "")
        if request.method == "GET" and response.status_code == 200 and kind.startswith("text/html"):
            response.headers[KEEP] = reader(principal)
        return response

    return shown


def reader(principal: Principal) -> str:
    """Stands for the contact on his device; it tells nothing about him."""
    return salted_hmac("clearstage.portal.keep", str(principal.actor.id), algorithm="sha256").hexdigest()[:32]


@cache
def content(name: str) -> bytes:
    """A static file, read once: it changes with the version of Clearstage alone."""
    return Path(str(finders.find(name))).read_bytes()


def version(firm: str) -> str:
    """Another one whenever a kept file changes, or the name on the offline page."""
    digest = sha256(firm.encode())
    for name in (WORKER, *FILES):
        digest.update(sha256(content(name)).digest())
    return digest.hexdigest()[:16]
