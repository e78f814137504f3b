"""When a request is finished. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

REQUESTED, SUBMITTED, ACCEPTED, RETURNED = "requested", "submitted", "accepted", "returned"
STATES = (REQUESTED, SUBMITTED, ACCEPTED, RETURNED)
WITH_THE_CLIENT = (REQUESTED, RETURNED)
WITH_THE_FIRM = (SUBMITTED,)


class Standing(Protocol):
    """How an entry stands."""

    @property
    def state(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def critical(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class FinishRule:
    """With `review` an entry is done when the firm has accepted it, without one when it was submitted.

    All critical entries have to be done, and of the other required ones `rest_percent`, rounded up.
    """

    review: bool = True
    rest_percent: int = 100

    @property
    def done_states(self) -> tuple[str, ...]:
        return (ACCEPTED,) if self.review else (SUBMITTED, ACCEPTED)

    def finished(self, entries: Collection[Standing]) -> bool:
        """“Does not apply” is an answer like any other. Where nothing is required there is nothing to finish."""
        required = [entry for entry in entries if entry.required]
        critical = [entry for entry in required if entry.critical]
        rest = [entry for entry in required if not entry.critical]
        needed = -(-len(rest) * self.rest_percent // 100)
        return bool(required) and self._done(critical) == len(critical) and self._done(rest) >= needed

    def _done(self, entries: Collection[Standing]) -> int:
        return sum(entry.state in self.done_states for entry in entries)
