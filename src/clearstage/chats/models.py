from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from clearstage.asking.models import AskedItem, AskedQuerySet
from clearstage.clients.models import Contact
from clearstage.files.models import File
from clearstage.firm.models import Member

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor


class ChatQuerySet(AskedQuerySet["Chat"]):
    def of_portal(self, accounts: list[int]) -> ChatQuerySet:
        """What clients of these accounts see, for portal pages: they know the accounts, whoever looks (P5)."""
        return self.filter(account__in=accounts).exclude(state__in=Chat.HIDDEN_STATES)


class Chat(AskedItem):
    """A conversation. `state` says what the firm still waits for, not whether one may write.

    Open: there are things to do, or there never were any. Done: nothing is waited for any more, the conversation goes
    on. Closed: the firm has ended it; whoever writes all the same opens the conversation again, and no job waits anew.
    `seen_version` counts what a client can see change, so that internal messages leave no trace in what he is sent.
    """

    KIND = "chat"
    OPEN_STATES = ("open",)
    newest: list[Message]

    seen_version = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    objects = ChatQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-last_at"], name="chat_by_account")]


class MessageQuerySet(models.QuerySet["Message"]):
    def readable_by(self, actor: Actor) -> MessageQuerySet:
        """Of chats that the actor sees: a client reads what was written to him (S13)."""
        return self.for_clients() if actor.kind == "contact" else self

    def for_clients(self) -> MessageQuerySet:
        return self.filter(internal=False, withdrawn_at=None)


class Message(models.Model):
    """Something that was said. It is by a member, by a contact, or, from an automation, by the firm itself.

    Rows are never deleted. `mentions` are the members who were told of an internal one, by name.
    """

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="messages")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    from_client = models.BooleanField(default=False)
    internal = models.BooleanField(default=False)
    text = models.TextField()
    mentions = models.JSONField(default=list)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["chat", "id"], name="message_by_chat")]
        constraints = [
            models.CheckConstraint(
                condition=Q(internal=False) | Q(from_client=False), name="no_internal_message_of_a_client"
            )
        ]


class ClientTask(models.Model):
    """Something the client is asked to do in a chat; ticked by either side. `n` counts from 1."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="tasks")
    n = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.CharField(max_length=200, default="")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["chat", "n"], name="client_task_once")]


class Attachment(models.Model):
    """A file that came with a message; it stays a file of the account."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "file"], name="attached_once")]


class ReadMarker(models.Model):
    """How far a member or a contact has read: up to which message."""

    chat = models.ForeignKey(Chat, on_delete=models.CASCADE, related_name="read_markers")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="+")
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "member"], name="read_by_member_once"),
            models.UniqueConstraint(fields=["chat", "contact"], name="read_by_contact_once"),
            models.CheckConstraint(
                condition=Q(member__isnull=True) ^ Q(contact__isnull=True), name="read_by_one"
            ),
        ]
