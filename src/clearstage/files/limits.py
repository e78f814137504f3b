"""How large things may be. One setting, the rest follows from it or from what memory can bear."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

MEGABYTE = 1024 * 1024
CHUNK_SIZE = 5 * MEGABYTE
"""What a page sends at a time."""
LARGEST_CHUNK = 16 * MEGABYTE
RESUMABLE_FROM = 20 * MEGABYTE
MOST_AT_ONCE = 50
KEPT_UPLOAD = timedelta(days=2)
KEPT_FINISHED = timedelta(days=30)
"""How long a finished upload is known by its key: a device that lost the answer may come back late."""
KEPT_IN_BIN = timedelta(days=30)
KEPT_LEFTOVER = timedelta(days=1)


def largest_file() -> int:
    """In bytes: CLEARSTAGE_MAX_UPLOAD_MB."""
    return int(settings.MAX_UPLOAD_MB) * MEGABYTE
