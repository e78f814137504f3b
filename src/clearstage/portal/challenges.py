"""Challenges for passkeys: kept in the session, good for one answer of their kind, and not for long."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from clearstage.clients.passkeys import refusal
from clearstage.kernel import clock

NEW, SIGN_IN = "new", "sign-in"
KEY = "passkey"
# A sign-in page that stands open offers passkeys all the while.
LIFETIME = timedelta(hours=1)


def keep_challenge(request: HttpRequest, purpose: str, challenge: bytes) -> None:
    """In place of any before."""
    request.session[KEY] = [purpose, challenge.hex(), clock.now().timestamp()]


def challenge_for(request: HttpRequest, purpose: str) -> bytes:
    """The challenge that is answered now; it is gone with that. `Refused` where there is none, or it is too old."""
    kept = request.session.pop(KEY, None)
    if not kept or kept[0] != purpose or clock.now().timestamp() - kept[2] > LIFETIME.total_seconds():
        raise refusal()
    return bytes.fromhex(kept[1])
