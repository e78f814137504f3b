"""Who does something. Passed as the first argument to every operation and query; never found in a thread or request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

OWNER, ADMIN, EMPLOYEE = "owner", "admin", "employee"


@dataclass(frozen=True, slots=True)
class Actor:
    """A member, a client contact, or the firm itself (automations, the worker, the command line)."""

    kind: Literal["member", "contact", "firm"]
    id: int | None
    name: str
    role: str = ""
    rights: frozenset[str] = frozenset()
    via: str = "web"
    read_only: bool = False

    @property
    def runs_the_firm(self) -> bool:
        """Owner and admins, and the firm itself, are held by no right and no gate (X1)."""
        return self.kind == "firm" or self.role in (OWNER, ADMIN)

    def may(self, right: str) -> bool:
        return self.runs_the_firm or right in self.rights

    def for_the_firm(self) -> Actor:
        """The same cause, acting with the firm's authority: what automations do (X3)."""
        return replace(self, kind="firm", role="", rights=frozenset())

    @property
    def member_id(self) -> int | None:
        return self.id if self.kind == "member" else None


def the_firm(via: str = "worker") -> Actor:
    """The firm itself as actor, for what nobody in particular sets off."""
    return Actor("firm", None, "Clearstage", via=via)
