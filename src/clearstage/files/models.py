from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models

from clearstage.clients.models import Account, Contact
from clearstage.firm.models import Member

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor


class FileQuerySet(models.QuerySet["File"]):
    def visible_to(self, actor: Actor) -> FileQuerySet:
        """Members see the files of the accounts they see, clients those that are shared with them (X4)."""
        of_accounts = self.filter(account__in=Account.objects.visible_to(actor).values("pk"))
        return of_accounts.for_clients() if actor.kind == "contact" else of_accounts

    def of_portal(self, accounts: Iterable[int]) -> FileQuerySet:
        """What the clients of these accounts see, for portal pages: they know the accounts, whoever looks (P5)."""
        return self.filter(account__in=list(accounts)).for_clients()

    def for_clients(self) -> FileQuerySet:
        return self.filter(shared=True, binned_at=None)

    def binned_by(self, actor: Actor) -> FileQuerySet:
        """What the actor himself has thrown away and can still take back."""
        binned = self.filter(account__in=Account.objects.visible_to(actor).values("pk"), purged_at=None)
        if actor.kind == "contact":
            return binned.filter(binned_by_contact=actor.id or 0, shared=True)
        return binned.exclude(binned_at=None)


class File(models.Model):
    """A file of an account. Whatever hangs on an item refers to it from there; it knows of no item."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=100, unique=True)
    uploaded_by_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_by_contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    from_client = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True)
    binned_by_member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    binned_by_contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    purged_at = models.DateTimeField(null=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="file_by_account"),
            models.Index(
                fields=["binned_at"],
                name="file_in_the_bin",
                condition=models.Q(binned_at__isnull=False, purged_at__isnull=True),
            ),
        ]


class Upload(models.Model):
    """A file on its way in, piece by piece; `owner` says whose it is (`member:3`, `contact:5`)."""

    token = models.CharField(max_length=43, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="uploads")
    owner = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    shared = models.BooleanField(default=False)
    file = models.ForeignKey(File, on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="upload_by_end")]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="upload_once")]


class UploadPart(models.Model):
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    stored = models.CharField(max_length=100, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_part_once")]


class Leftover(models.Model):
    """Bytes that no row will speak for from `after` on: noted before they are written, and when their row lets go.

    Deleting only what stands here, and never what a listing of the storage shows, keeps an installation from deleting
    what another one, or a newer state of itself, has in the same place.
    """

    stored = models.CharField(max_length=100, unique=True)
    after = models.DateTimeField(db_index=True)
