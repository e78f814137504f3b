"""The one-time link with which a new installation is set up in the browser.

Whoever has it may become the owner, so only its hash is kept, in a file of the data folder that its owner alone reads.
A new link replaces the one before; once there is a firm, none works.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from .queries import the_firm_row


def make_setup_link() -> str:
    """The address of the set-up page, with a new token in it."""
    token = secrets.token_urlsafe(32)
    kept = _kept_in()
    fresh = kept.with_name(f".{kept.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(_digest(token))
    fresh.replace(kept)
    return f"{settings.BASE_URL}/setup/{token}/"


def is_valid(token: str) -> bool:
    """Whether the set-up page may be shown to the bearer of this token."""
    if the_firm_row() is not None:
        forget()
        return False
    try:
        kept = _kept_in().read_text()
    except FileNotFoundError:
        return False
    return bool(kept) and hmac.compare_digest(_digest(token), kept)


def forget() -> None:
    """There is a firm: the link has done its work."""
    _kept_in().unlink(missing_ok=True)


def _kept_in() -> Path:
    return Path(settings.DATA) / "setup-token"


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
