"""Commands that are safe to repeat (M12): the answer is kept under the key that the command carried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.kernel import clock
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.rows import insert_rows, update_rows

from .models import Remembered

_TAKEN = ("owner", "key", "fingerprint", "created_at")
KEPT = timedelta(days=7)
LONGEST_KEY = 200


def remembered(owner: str, key: str, fingerprint: str, run: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    """Run a command once: (status, answer as JSON), now and whenever the same key comes again.

    `owner` says whose key it is (at most 60 characters), `fingerprint` what was asked for (`fingerprint_of`). The key
    is taken before the command runs, in the same transaction: a second one that comes meanwhile waits and is given
    the answer; where the command raises, the key is free again. A key of another request raises `Refused`.
    """
    if not key.isprintable() or not 1 <= len(key) <= LONGEST_KEY:
        message = _t("has to have 1 to {longest} printable characters").format(longest=LONGEST_KEY)
        raise Invalid([("Idempotency-Key", message)])
    with transaction.atomic():
        taken = (owner, key, fingerprint, clock.now())
        if not insert_rows(Remembered, _TAKEN, [taken], ignore_conflicts=True):
            row = Remembered.objects.get(owner=owner, key=key)
            if row.fingerprint != fingerprint:
                raise Refused([_t("This key was used for another request.")])
            return row.status or 0, row.answer
        status, answer = run()
        update_rows(Remembered, ("status", "answer"), ("owner", "key"), [(status, answer, owner, key)])
        return status, answer


def fingerprint_of(*parts: str | bytes) -> str:
    """Stands for a request: its method, address and body."""
    whole = sha256()
    for part in parts:
        taken = part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part
        whole.update(len(taken).to_bytes(8, "big") + taken)
    return whole.hexdigest()


def prune_remembered() -> int:
    """Forget keys that are older than a week; answers how many."""
    return Remembered.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
