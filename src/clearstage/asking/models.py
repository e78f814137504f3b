"""The columns that every kind of asking item has; each kind has a table of its own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, TypeVar

from django.db import models

from clearstage.clients.models import Account
from clearstage.engine.translations import said
from clearstage.jobs.models import Job, LinkedItem

if TYPE_CHECKING:
    from typing import Self

    from clearstage.kernel.actor import Actor

A = TypeVar("A", bound="AskedItem")


class AskedQuerySet(models.QuerySet[A]):
    def visible_to(self, actor: Actor) -> Self:
        """A client sees what his accounts are asked, as long as it counts; a member what hangs on a job he sees or, on
        no job, belongs to an account he sees (X2, X4)."""
        if actor.runs_the_firm:
            return self
        seen = self.filter(account__in=Account.objects.visible_to(actor).values("id"))
        if actor.kind == "contact":
            return seen.exclude(state__in=self.model.HIDDEN_STATES)
        links = LinkedItem.objects.filter(kind=self.model.KIND)
        of_jobs = links.filter(job__in=Job.objects.visible_to(actor).values("id"))
        return seen.filter(models.Q(pk__in=of_jobs.values("item")) | ~models.Q(pk__in=links.values("item")))


class AskedItem(models.Model):
    """Something a client is asked for. `state` is one of the kind's own; open ones hold the jobs they hang on.

    `translations` are those of the item's texts, as they were made (P4).
    """

    KIND: ClassVar[str]
    OPEN_STATES: ClassVar[tuple[str, ...]]
    HIDDEN_STATES: ClassVar[tuple[str, ...]] = ("archived",)

    title = models.CharField(max_length=300)
    account_id: int
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)
    due = models.DateField(null=True)
    made_by = models.CharField(max_length=100, default="")
    version = models.PositiveIntegerField(default=1)
    translations = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @cached_property
    def hangs_on(self) -> list[int]:
        """The jobs it hangs on, as they were when first asked for."""
        links = LinkedItem.objects.filter(kind=self.KIND, item=self.pk).order_by("job_id")
        return list(links.values_list("job_id", flat=True).distinct())

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    def translated(self, text: str) -> str:
        """One of the item's texts, in all languages that it was translated into."""
        return said(text, self.translations)
