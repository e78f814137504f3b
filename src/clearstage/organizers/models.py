from __future__ import annotations

from typing import ClassVar

from django.db import models

from clearstage.asking.models import AskedItem, AskedQuerySet
from clearstage.clients.models import Contact
from clearstage.firm.models import Member

from .content import Content, read_content


class Organizer(AskedItem):
    """A questionnaire that was sent: its questions as they were then, and where it stands.

    Archived, it no longer waits for the client, and still holds the jobs it hangs on until it is taken off them.
    A sealed one is never changed again.
    """

    KIND: ClassVar[str] = "organizer"
    OPEN_STATES: ClassVar[tuple[str, ...]] = ("sent", "started", "archived")
    ANSWERABLE: ClassVar[tuple[str, ...]] = ("sent", "started")
    STATES = [("sent", "Sent"), ("started", "Started"), ("submitted", "Submitted"), ("archived", "Archived")]

    template = models.CharField(max_length=120, default="")
    content = models.JSONField()
    submitted_by = models.CharField(max_length=200, default="")
    sealed_at = models.DateTimeField(null=True)

    objects = AskedQuerySet["Organizer"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "state"], name="organizer_by_account"),
            models.Index(fields=["template", "account"], name="organizer_by_template"),
        ]

    @property
    def sealed(self) -> bool:
        return self.sealed_at is not None

    @property
    def answerable(self) -> bool:
        return self.state in self.ANSWERABLE and not self.sealed

    def read(self) -> Content:
        return read_content(self.content)


class Answer(models.Model):
    """One answer, with who gave it, when and from where. `prefilled` ones are from last time and not looked at yet."""

    organizer = models.ForeignKey(Organizer, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    prefilled = models.BooleanField(default=False)
    by_contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    by_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, default="")
    at = models.DateTimeField()
    via = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organizer", "question"], name="answer_once")]
