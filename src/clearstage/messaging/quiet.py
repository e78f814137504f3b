"""When the firm lets its clients be in peace: at night and, if it wishes, on days when nobody works."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from clearstage.firm.models import Firm
from clearstage.firm.queries import holidays_of

SATURDAY = 5


def is_quiet(firm: Firm, moment: datetime) -> bool:
    """Whether clients are not to be reminded at this moment.

    Read off the clock on the firm's wall, so that days with 23 or 25 hours need nothing special.
    """
    local = moment.astimezone(ZoneInfo(firm.timezone))
    if firm.quiet_days and (local.weekday() >= SATURDAY or local.date() in holidays_of(firm)):
        return True
    begin, end = time.fromisoformat(firm.quiet_from), time.fromisoformat(firm.quiet_to)
    if begin <= end:
        return begin <= local.time() < end
    return local.time() >= begin or local.time() < end
