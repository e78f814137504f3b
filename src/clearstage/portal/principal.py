"""Whose portal is being looked at: by the client himself, or read-only by somebody of the firm."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from clearstage.firm.models import Firm
from clearstage.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Principal:
    """The reader of a portal page. `accounts` are (id, name); `below` begins the address of a read-only page.

    `account` is the one he has chosen to look at, None for all. `language` is the one that what people wrote is shown
    in, where they have written it in that too.
    """

    actor: Actor
    email: str
    firm: Firm
    accounts: tuple[tuple[int, str], ...]
    language: str = ""
    below: tuple[int, ...] = ()
    account: int | None = None

    @property
    def read_only(self) -> bool:
        return self.actor.read_only

    @property
    def account_numbers(self) -> list[int]:
        return [number for number, _name in self.accounts]

    def account_name(self, number: int) -> str:
        return dict(self.accounts)[number]

    def address(self, page: str, *args: object) -> str:
        """Where a page of the table `PAGES` is found by this reader."""
        return reverse(f"as-client-{page}" if self.below else f"portal-{page}", args=(*self.below, *args))

    @property
    def chosen(self) -> tuple[int, str] | None:
        """The account he looks at, where that is one of several."""
        return None if self.account is None else (self.account, self.account_name(self.account))

    @property
    def looked_at(self) -> tuple[tuple[int, str], ...]:
        """The accounts whose things lists show: the chosen one, or all."""
        return (self.chosen,) if self.chosen else self.accounts

    @property
    def looked_at_numbers(self) -> list[int]:
        return [number for number, _name in self.looked_at]
