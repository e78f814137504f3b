"""The answer of a policy: yes, or a sentence why not. Pages ask the same policy whether to draw the button."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Forbidden


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def demand(self) -> None:
        """Go on, or raise `Forbidden` with the reason."""
        if not self.allowed:
            raise Forbidden(self.why)


YES = Decision(True)


def no(why: str) -> Decision:
    return Decision(False, why)
