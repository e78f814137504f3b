"""What asking items of every kind offer to jobs, To do and undo; a kind adds what is its own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import F, QuerySet

from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.items import ClientItem, ClientItemKind, ItemView
from clearstage.jobs.models import LinkedItem
from clearstage.kernel.composed import composed
from clearstage.kernel.ids import public_id
from clearstage.messaging.operations.client_notices import take_back_notices
from clearstage.messaging.operations.reminders import stop_reminders

from .making import Making
from .models import AskedItem
from .operations import unsettle

I = TypeVar("I", bound=AskedItem)  # noqa: E741


class AskedItems(ClientItemKind, Generic[I]):
    """An item kind over one table of `AskedItem`s. `making.state` is what an untouched item is in."""

    model: ClassVar[Any]
    making: ClassVar[Making]

    def rows(self, numbers: Collection[int]) -> list[I]:
        """The rows and their accounts, with all that `details` and `untouched` look at: a fixed number of queries."""
        return self.told(_rows(self.model, numbers))

    @abstractmethod
    def details(self, row: I) -> dict[str, Any]:
        """What this kind's items show beyond what all do: for the firm's pages and the API."""

    @abstractmethod
    def client_item(self, row: I) -> ClientItem:
        """The item as its client is told of it."""

    @abstractmethod
    def told(self, rows: list[I]) -> list[I]:
        """These rows with all that `client_item` looks at, and no more: a fixed number of queries."""

    @abstractmethod
    def may_wait(self, accounts: Collection[int]) -> list[I]:
        """Those items of the accounts that may wait for the client, the oldest first."""

    @abstractmethod
    def untouched(self, row: I) -> bool:
        """Whether nobody has done anything with it since it was made."""

    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        return {row.pk: self._view(row) for row in self.rows(numbers)}

    def _view(self, row: I) -> ItemView:
        return ItemView(
            id=public_id(self.name, row.pk),
            number=row.pk,
            kind=self.name,
            title=row.title,
            state=row.state,
            open=row.is_open,
            due=row.due,
            doers=[row.account.name],
            made_by=row.made_by,
            details={**self.details(row), "version": row.version},
        )

    def client_items(self, numbers: Collection[int]) -> dict[int, ClientItem]:
        rows: list[I] = _shown_rows(self.model, numbers)
        return {row.pk: self.client_item(row) for row in self.told(rows)}

    def waiting(self, accounts: Collection[int]) -> list[ClientItem]:
        found = [self.client_item(row) for row in self.told(self.may_wait(accounts))]
        return [item for item in found if item.waits]

    def unfinish(self, numbers: Collection[int]) -> None:
        for row in self.model.objects.select_for_update().filter(pk__in=numbers).order_by("pk"):
            if not row.is_open:
                self.reopen_row(row)
                unsettle(row)

    def hung_on(self, numbers: Collection[int], job: int | None) -> None:
        """Whoever links an item or takes it off has touched it: undo leaves it where it is wanted now."""
        self.model.objects.filter(pk__in=numbers).update(version=F("version") + 1)

    @abstractmethod
    def reopen_row(self, row: I) -> None:
        """Put a finished row back into the state it had before a move finished it; links are seen to."""

    def remove_untouched(self, made: Collection[dict[str, Any]]) -> tuple[list[int], list[Sentence]]:
        rows = self.rows([each["item"] for each in made])
        gone = [row.pk for row in rows if self.untouched(row)]
        kept = [
            say(_("“{title}” has been worked on since and was kept."), title=row.title)
            for row in rows
            if row.pk not in gone
        ]
        told = [key for each in made if each["item"] in gone for key in each.get("told", ())]
        sent = take_back_notices(told)
        self._delete(gone)
        return gone, kept + sent

    def forget_job(self, job: int) -> None:
        """Items of this job alone that nobody has touched go with it."""
        here = LinkedItem.objects.filter(kind=self.name, job=job)
        elsewhere = LinkedItem.objects.filter(kind=self.name).exclude(job=job)
        alone = here.exclude(item__in=elsewhere.values("item")).values_list("item", flat=True)
        self._delete([row.pk for row in self.rows(list(alone)) if self.untouched(row)])

    def _delete(self, numbers: list[int]) -> None:
        stop_reminders(self.name, numbers)
        LinkedItem.objects.filter(kind=self.name, item__in=numbers).delete()
        self.model.objects.filter(pk__in=numbers).delete()


@composed
def _rows(model: type[Any], numbers: Collection[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(pk__in=numbers).select_related("account").order_by("pk")
    return rows


@composed
def _shown_rows(model: type[Any], numbers: Collection[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(pk__in=numbers).exclude(state__in=model.HIDDEN_STATES)
    return rows
