"""A small kind of item that waits for clients: letters, which know no more of messaging than real kinds do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from clearstage.clients.models import Account
from clearstage.engine.sentences import Sentence, say
from clearstage.jobs.items import ClientItem, ClientItemKind, ItemView
from clearstage.kernel.actor import Actor


class Letters(ClientItemKind):
    """Letters that want an answer; kept by the test."""

    name = "letter"

    def __init__(self) -> None:
        self.kept: dict[int, ClientItem] = {}

    def write(
        self,
        account: Account,
        title: str = "Your papers",
        *,
        due: date | None = None,
        hint: Sentence | None = None,
    ) -> int:
        number = len(self.kept) + 1
        ask = say("Answer the letter “{title}”", title=title)
        self.kept[number] = ClientItem(self.name, number, account.pk, title, ask, True, due, hint)
        return number

    def answered(self, number: int, waits: bool = False) -> None:
        old = self.kept[number]
        self.kept[number] = ClientItem(
            old.kind, number, old.account, old.title, old.ask, waits, old.due, old.hint
        )

    def client_items(self, numbers: Collection[int]) -> dict[int, ClientItem]:
        return {number: self.kept[number] for number in numbers if number in self.kept}

    def waiting(self, accounts: Collection[int]) -> list[ClientItem]:
        return [each for each in self.kept.values() if each.account in accounts and each.waits]

    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        return {
            number: ItemView(f"ltr_{number}", number, self.name, each.title, "open", each.waits, each.due)
            for number, each in self.client_items(numbers).items()
        }

    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        for number in numbers:
            self.answered(number)

    def remove_untouched(self, made: Collection[dict[str, Any]]) -> tuple[list[int], list[Sentence]]:
        return [], []

    def unfinish(self, numbers: Collection[int]) -> None:
        for number in numbers:
            self.answered(number, waits=True)

    def hung_on(self, numbers: Collection[int], job: int | None) -> None:
        pass

    def forget_job(self, job: int) -> None:
        pass
