from __future__ import annotations

from typing import ClassVar

from django.db import models

from clearstage.asking.models import AskedItem, AskedQuerySet
from clearstage.files.models import File
from clearstage.kernel.ids import public_id

from .finishing import ACCEPTED, REQUESTED, RETURNED, SUBMITTED, FinishRule


class ClientRequest(AskedItem):
    """A list of things the client is asked for. `entries_made` is the last number that was given to one."""

    KIND: ClassVar[str] = "request"
    OPEN_STATES: ClassVar[tuple[str, ...]] = ("open",)
    STATES = [("open", "Open"), ("finished", "Finished"), ("archived", "Archived")]

    intro = models.TextField(default="")
    review = models.BooleanField(default=True)
    rest_percent = models.PositiveSmallIntegerField(default=100)
    entries_made = models.PositiveSmallIntegerField(default=0)

    objects = AskedQuerySet["ClientRequest"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account"], name="request_by_account"),
            models.Index(fields=["state", "account"], name="request_by_state"),
        ]

    @property
    def public_id(self) -> str:
        return public_id(self.KIND, self.pk)

    @property
    def public_account(self) -> str:
        return public_id("account", self.account_id)

    @property
    def rule(self) -> FinishRule:
        return FinishRule(self.review, self.rest_percent)


class RequestEntry(models.Model):
    """One thing that is asked for. `n` is its number in the request: counted from 1, never given twice.

    An answer is files, a text, or a word why it does not apply. `submissions` counts answers, so that nobody judges
    one that he has not seen. `before` is the state that the firm's last act on the request has changed, for undo.
    """

    STATES = [
        (REQUESTED, "Requested"),
        (SUBMITTED, "Submitted"),
        (ACCEPTED, "Accepted"),
        (RETURNED, "Returned"),
    ]
    KINDS = [("either", "Files or text"), ("upload", "Files"), ("text", "Text")]

    request = models.ForeignKey(ClientRequest, on_delete=models.CASCADE, related_name="entries")
    n = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    help = models.TextField(default="")
    kind = models.CharField(max_length=8, choices=KINDS, default="either")
    required = models.BooleanField(default=True)
    critical = models.BooleanField(default=False)
    due = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=STATES, default=REQUESTED)
    text = models.TextField(default="")
    not_applicable = models.CharField(max_length=500, default="")
    reason = models.CharField(max_length=1000, default="")
    submissions = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    submitted_by = models.CharField(max_length=200, default="")
    from_client = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True)
    judged_by = models.CharField(max_length=200, default="")
    judged_at = models.DateTimeField(null=True)
    before = models.CharField(max_length=10, default="")
    files = models.ManyToManyField(File, through="EntryFile", related_name="request_entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "n"], name="request_entry_once")]
        indexes = [
            models.Index(
                fields=["submitted_at"], name="request_entry_to_check", condition=models.Q(state=SUBMITTED)
            )
        ]


class EntryFile(models.Model):
    entry = models.ForeignKey(RequestEntry, on_delete=models.CASCADE, related_name="entry_files")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="entry_files")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "file"], name="request_entry_file_once")]
