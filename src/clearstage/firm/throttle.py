"""Slowing down those who guess passwords, for the firm's sign-in and the clients' alike.

Ten failures within a quarter of an hour for one address, or fifty from one place, and nobody is let try for the next
quarter. Addresses nobody has are counted and take as long as the others, so that no answer tells who is known here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.utils.crypto import salted_hmac

from clearstage.kernel import clock

from .models import SignInAttempt

PERIOD = timedelta(minutes=15)
MOST_FOR_ADDRESS, MOST_FROM_PLACE = 10, 50


def may_try(email: str, ip: str) -> bool:
    """Whether a password may be tried for this address from this place."""
    return not (_stopped(_of_address(email), MOST_FOR_ADDRESS) or _stopped(_of_place(ip), MOST_FROM_PLACE))


def note_failure(email: str, ip: str) -> None:
    """Count a failed sign-in. Old ones are swept out on the way."""
    now = clock.now()
    SignInAttempt.objects.filter(at__lt=now - 2 * PERIOD).delete()
    SignInAttempt.objects.bulk_create(
        [SignInAttempt(key=key, at=now) for key in (_of_address(email), _of_place(ip))]
    )


def forget(email: str, ip: str = "") -> None:
    """After a sign-in that worked: the address starts anew. The place does not, or one's own account would reset it."""
    SignInAttempt.objects.filter(key=_of_address(email)).delete()


def password_fits(encoded: str | None, password: str) -> bool:
    """Whether the password is right; for somebody unknown (None) it takes as long and is always wrong."""
    return check_password(password, encoded or UNUSABLE_PASSWORD_PREFIX)


def _stopped(key: str, most: int) -> bool:
    """Whether the last `most` failures lie within one period, the latest of them not yet a period ago."""
    now = clock.now()
    failures = SignInAttempt.objects.filter(key=key, at__gt=now - 2 * PERIOD).order_by("-at")
    latest = list(failures.values_list("at", flat=True)[:most])
    return len(latest) == most and _within(latest[-1], latest[0]) and _within(latest[0], now)


def _within(start: datetime, end: datetime) -> bool:
    return end - start < PERIOD


def _of_address(email: str) -> str:
    return _key(f"address:{email.strip().casefold()}")


def _of_place(ip: str) -> str:
    return _key(f"place:{ip}")


def _key(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return salted_hmac("clearstage.firm.throttle", text, algorithm="sha256").hexdigest()
