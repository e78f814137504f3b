from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models.functions import Lower

from clearstage.firm.models import Member, Role

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor

COLORS = [
    "blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "gray",
]  # fmt: skip


class Tag(models.Model):
    name = models.CharField(max_length=60)
    color = models.CharField(max_length=10, choices=[(color, color) for color in COLORS], default="gray")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_once")]


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, actor: Actor) -> AccountQuerySet:
        """The accounts the actor may see (X2, X4): the first gate of everything that belongs to a client."""
        if actor.kind == "contact":
            return self.filter(contact_links__contact=actor.id, contact_links__login=True)
        if actor.may("view all accounts"):
            return self
        return self.filter(access__member=actor.id)


class Account(models.Model):
    """A client: the entity that is worked for and billed."""

    KINDS = [("individual", "Individual"), ("company", "Company"), ("other", "Other")]

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=KINDS, default="individual")
    number = models.CharField(max_length=40, default="", blank=True)
    tags = models.ManyToManyField(Tag, through="AccountTag", related_name="accounts")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(Lower("name"), name="account_by_name")]


class AccountTag(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="account_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="account_tags")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "tag"], name="account_tag_once")]


def no_password() -> str:
    """A value that no password matches, until the contact sets one."""
    return make_password(None)


class Contact(models.Model):
    """A person with an e-mail address, who may sign in to the portal for all the accounts he is linked to.

    `notices` is how he wants to be told what waits for him, `status_notices` whether of changes of status too (C12).
    """

    NOTICES = [("each", "At once"), ("daily", "Once a day"), ("none", "Not at all")]

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    password = models.CharField(max_length=200, default=no_password)
    language = models.CharField(max_length=10, default="en")
    notices = models.CharField(max_length=5, choices=NOTICES, default="each")
    status_notices = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    # Raised when he signs out everywhere: it is part of what every session has to prove.
    sessions_round = models.PositiveIntegerField(default=0)
    accounts = models.ManyToManyField(Account, through="AccountContact", related_name="contacts")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="contact_email_once")]


class SignInLink(models.Model):
    """A link that was mailed to a contact and signs him in once. Kept is a hash: the link itself is nowhere written."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation"
        SIGN_IN = "sign-in"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sign_in_links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class LinkRequest(models.Model):
    """Somebody asked for a link by mail. Written for every address alike; the worker looks whose it is."""

    email = models.CharField(max_length=254)
    at = models.DateTimeField()


class Passkey(models.Model):
    """A passkey of a contact: what is needed to check that he holds it, and what it said of itself."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    # Both in base64url, as browsers say it; an authenticator's id has at most 1023 bytes.
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.TextField()
    sign_count = models.BigIntegerField(default=0)
    synced = models.BooleanField(default=False)
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class AccountContact(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contact_links")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="account_links")
    login = models.BooleanField(default=False)
    notify = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "contact"], name="account_contact_once")]


class RoleHolder(models.Model):
    """Who is preparer, reviewer, … of an account (T3)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="role_holders")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="holders")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="roles_held")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "role", "member"], name="role_holder_once")]


class AccountAccess(models.Model):
    """A member who may see an account without the right to see all (X2)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="access")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="account_access")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "member"], name="account_access_once")]
