from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from clearstage.clients.models import Account, Contact
from clearstage.engine.sentences import Sentence, _, from_json, say
from clearstage.firm.models import Member
from clearstage.jobs.models import Job

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor


class InboxEntry(models.Model):
    """Something a member should know: told by an automation, or a failure with *Retry* (A11).

    As long as it is unread it stands for all that happens under the topic it `gathers`: `count` things, `text`, `event`
    and `at` of the last; `many` tells several where they have words of their own.
    """

    KINDS = [
        ("notice", "Notice"),
        ("automation_failed", "Automation failed"),
        ("access_request", "Access request"),
        ("client_activity", "Client activity"),
        ("client_documents", "Documents from a client"),
        ("mention", "Mention"),
    ]

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="inbox")
    kind = models.CharField(max_length=20, choices=KINDS)
    text = models.JSONField()
    many = models.JSONField(null=True)
    count = models.PositiveIntegerField(default=1)
    gathers = models.CharField(max_length=100, null=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, null=True, related_name="inbox_entries")
    event = models.BigIntegerField(null=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="inbox_entries")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "event"], name="told_once", condition=Q(gathers__isnull=True)
            ),
            models.UniqueConstraint(fields=["member", "gathers"], name="gathered_in_one"),
        ]
        indexes = [
            models.Index(
                fields=["member", "-at", "-id"], name="inbox_open", condition=Q(done_at__isnull=True)
            ),
            models.Index(
                fields=["member", "snoozed_until"],
                name="inbox_unread",
                condition=Q(done_at__isnull=True, read_at__isnull=True),
            ),
        ]

    @property
    def said(self) -> Sentence:
        """What it tells, whether of one thing or of several."""
        text: Sentence = from_json(self.text)
        if self.count == 1:
            return text
        if self.many is not None:
            many: Sentence = from_json(self.many)
            return say(many.text, **many.params, count=self.count)
        return say(_("{text}, and {more} more"), text=text, more=self.count - 1)


class AccountFollow(models.Model):
    """A member who wants to be told what happens on an account, though he has no job of it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="follows")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="followers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "account"], name="account_followed_once")]


class GatheredNotice(models.Model):
    """A notice for a contact who wants one e-mail a day: it waits until that is made. `key` as of a delivery."""

    key = models.CharField(max_length=200, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="gathered_notices")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="gathered_notices")
    subject = models.JSONField()
    text = models.JSONField()
    kind = models.CharField(max_length=20, default="")
    item = models.BigIntegerField(null=True)
    until_done = models.BooleanField(default=True)
    apart = models.BooleanField(default=False)
    event = models.BigIntegerField(null=True)
    action = models.BigIntegerField(null=True)
    not_before = models.DateTimeField()
    settled_by = models.CharField(max_length=200, null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["action"], name="gathered_by_action", condition=models.Q(action__isnull=False)
            ),
            models.Index(
                fields=["not_before"], name="gathered_open", condition=models.Q(settled_by__isnull=True)
            ),
        ]


class Reminder(models.Model):
    """Reminds the clients of an item for as long as it waits for them.

    `sent` counts since it was last set or restarted, `number` for ever, so that no key of a message comes twice.
    """

    kind = models.CharField(max_length=20)
    item = models.BigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reminders")
    first_days = models.PositiveSmallIntegerField()
    every_days = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    then_status = models.CharField(max_length=100, null=True)
    next_at = models.DateTimeField()
    sent = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "item"], name="reminder_once")]
        indexes = [
            models.Index(fields=["next_at"], name="reminder_due", condition=models.Q(stopped_at__isnull=True))
        ]


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, actor: Actor) -> CommentQuerySet:
        """The firm's alone (S13): a member reads what hangs on accounts and jobs that he sees (X2)."""
        if actor.kind == "contact":
            return self.none()
        if actor.runs_the_firm:
            return self
        seen = self.filter(account__in=Account.objects.visible_to(actor).values("id"))
        return seen.filter(Q(job=None) | Q(job__in=Job.objects.visible_to(actor).values("id")))


class Comment(models.Model):
    """What a member says to the others: on a job, as a note on an account, or on an item (`kind`, `item`: a task).

    `mentions` are the names of those who were told of it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="comments")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, null=True, related_name="comments")
    kind = models.CharField(max_length=20, default="")
    item = models.BigIntegerField(null=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    mentions = models.JSONField(default=list)
    at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["job", "id"], name="comment_by_job", condition=Q(job__isnull=False)),
            models.Index(fields=["kind", "item"], name="comment_by_item", condition=Q(item__isnull=False)),
            models.Index(
                fields=["account", "id"],
                name="comment_by_account",
                condition=Q(job__isnull=True, item__isnull=True),
            ),
        ]
