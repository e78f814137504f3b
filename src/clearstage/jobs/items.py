"""The socket for item kinds: packages above (tasks, later organizers, …) register theirs; jobs know no kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from clearstage.engine.facts import Brings, LinkFacts
from clearstage.engine.sentences import Sentence
from clearstage.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as lists show it, whatever its kind."""

    id: str
    number: int
    kind: str
    title: str
    state: str
    open: bool
    due: date | None
    doers: list[str] = field(default_factory=list)
    may_finish: bool = True
    made_by: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class ItemKind(ABC):
    """What an item kind offers to jobs. `name` is stored in links and is the noun of its ids.

    Rows of `model` have an account, a title, a state (one of `model.OPEN_STATES` while open), a due date and a moment
    `finished_at`; its manager has `visible_to(actor)`. An item of `several_jobs` may hang on more than one job (L1).
    """

    name: ClassVar[str]
    model: ClassVar[Any]
    several_jobs: ClassVar[bool] = True

    @abstractmethod
    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        """The items, in a fixed number of queries."""

    @abstractmethod
    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        """Finish items on behalf of a move (M3), in this order; their links are the caller's. Raises `Refused`."""

    def brings(self, numbers: Collection[int]) -> dict[int, Brings]:
        """What `finish` would bring along, by number, where that matters to plans; a fixed number of queries."""
        return {}

    @abstractmethod
    def remove_untouched(self, made: Collection[dict[str, Any]]) -> tuple[list[int], list[Sentence]]:
        """Undo: delete what nobody has touched since it was made; answers (deleted numbers, what was kept and why)."""

    @abstractmethod
    def unfinish(self, numbers: Collection[int]) -> None:
        """Undo: open again what a command finished, where `may_finish` says that people finish it at all."""

    def holds(self, number: int) -> bool:
        """Whether a job that the item is linked to by hand waits for it."""
        return True

    def hung_on(self, numbers: Collection[int], job: int | None) -> None:  # noqa: B027  only some kinds keep note
        """Links were made, taken off or put back: the items hang on this job now, or on none (L9)."""

    @abstractmethod
    def forget_job(self, job: int) -> None:
        """A job is removed by undo: its untouched items go with it."""


@dataclass(frozen=True, slots=True)
class ClientItem:
    """An item as the client it waits for is told of it: nothing internal (S13).

    `ask` says what to do, in the client's language when it is shown: “Answer the questionnaire “1040 for 2025””.
    `title`, and texts of people in the sentences, may be `Said` in several languages (P4).
    `hint` says how far it is, where there is something to say: “3 of 8 answered”. `waits` is whether it is in To do.
    """

    kind: str
    number: int
    account: int
    title: str
    ask: Sentence
    waits: bool
    due: date | None = None
    hint: Sentence | None = None


class ClientItemKind(ItemKind):
    """A kind that waits for the client: organizers, requests, chats. What To do, reminders and notices know of it.

    In the portal it has a page of its name. `icon` is one of the set in `static/icons.svg`.
    """

    icon: ClassVar[str]

    @abstractmethod
    def client_items(self, numbers: Collection[int]) -> dict[int, ClientItem]:
        """The items as clients see them, in a fixed number of queries; deleted and archived ones are left out."""

    @abstractmethod
    def waiting(self, accounts: Collection[int]) -> list[ClientItem]:
        """What waits for the clients of these accounts, oldest first, in a fixed number of queries (P1)."""


_kinds: dict[str, ItemKind] = {}

AnswersOf = Callable[[Mapping[int, Collection[LinkFacts]]], Mapping[int, Mapping[str, Any]]]
"""What clients have answered in the items that hang on each job, by job and by `engine.conditions.answer_key`."""
_answers: list[AnswersOf] = []


def register_answers(of: AnswersOf) -> None:
    """A package whose items are answered lets conditions know the answers (A4); a fixed number of queries."""
    _answers.append(of)


def answers_of(links: Mapping[int, Collection[LinkFacts]]) -> dict[int, dict[str, Any]]:
    """The answers given so far, by job."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for of in _answers:
        for job, answers in of(links).items():
            found[job] |= answers
    return found


def register(kind: ItemKind) -> None:
    _kinds[kind.name] = kind


def item_kind(name: str) -> ItemKind:
    return _kinds[name]


def item_kinds() -> list[str]:
    return sorted(_kinds)


def client_item_kind(name: str) -> ClientItemKind | None:
    """The kind, if it is one that waits for clients."""
    kind = _kinds.get(name)
    return kind if isinstance(kind, ClientItemKind) else None


def waiting_for_clients(accounts: Collection[int]) -> list[ClientItem]:
    """Everything of every kind that waits for the clients of these accounts: what is due first, then the oldest."""
    found = [
        item
        for kind in _kinds.values()
        if isinstance(kind, ClientItemKind)
        for item in kind.waiting(accounts)
    ]
    return sorted(found, key=lambda item: (item.due is None, item.due or date.max))


def views_of(links: Collection[tuple[str, int]]) -> dict[tuple[str, int], ItemView]:
    """Views for (kind, number) pairs: one call a kind."""
    found: dict[tuple[str, int], ItemView] = {}
    for name, kind in _kinds.items():
        numbers = {number for each, number in links if each == name}
        if numbers:
            found |= {(name, number): view for number, view in kind.views(numbers).items()}
    return found
