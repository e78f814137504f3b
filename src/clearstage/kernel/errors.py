"""How Clearstage says no. Faces translate: form errors, HTTP status, exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ClearstageError(Exception):
    """Base of everything that is refused on purpose; the message can be read by a person."""


class NotFound(ClearstageError):
    """There is no such thing, or the actor may not see it: the two are never told apart (X4)."""


class Forbidden(ClearstageError):
    """Visible, but not to be done by this actor."""


class Invalid(ClearstageError):
    """Input that cannot be understood: a list of (where, message)."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {message}" if where else message for where, message in errors))
        self.errors = list(errors)


class Refused(ClearstageError):
    """A rule stands against it; `problems` are sentences, `extra` what a face may show beside them."""

    def __init__(self, problems: Sequence[str], **extra: Any) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)
        self.extra = extra


class PlanChanged(Refused):
    """What would be done is no longer what was shown; `plan` is the new plan (M4)."""

    def __init__(self, message: str, plan: Any) -> None:
        super().__init__([message])
        self.plan = plan


class Stale(ClearstageError):
    """Somebody else changed it first (M13)."""
