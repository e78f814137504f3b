from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from clearstage.kernel.actor import ADMIN, EMPLOYEE, OWNER


class Firm(models.Model):
    """One installation's database holds one firm: the row has always the same key.

    Clients are not reminded between `quiet_from` and `quiet_to` (in the firm's zone) nor, where `quiet_days` is set, on
    weekends and holidays; `tell_client_status` is whether a change of the client-facing status is mailed (C12),
    `clients_begin_chats` whether clients may begin conversations.
    """

    ONLY = 1

    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=60, default="UTC")
    holidays = models.JSONField(default=list)
    undo_minutes = models.PositiveIntegerField(default=10)
    hold_minutes = models.PositiveIntegerField(default=2)
    quiet_from = models.CharField(max_length=5, default="20:00")
    quiet_to = models.CharField(max_length=5, default="08:00")
    quiet_days = models.BooleanField(default=True)
    tell_client_status = models.BooleanField(default=False)
    clients_begin_chats = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """A person who works at the firm. The owner is one, and cannot be taken away by anybody (X1)."""

    ROLES = [(OWNER, "Owner"), (ADMIN, "Admin"), (EMPLOYEE, "Employee")]

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=ROLES, default=EMPLOYEE)
    rights = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    objects = MemberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="member_email_once"),
            models.UniqueConstraint(fields=["role"], condition=models.Q(role=OWNER), name="one_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """An account role of the firm's own list (T3): preparer, reviewer, partner, …"""

    name = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="role_name_once")]


class Token(models.Model):
    """An API token; only a hash is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=[("read", "Read"), ("write", "Write")])
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Remembered(models.Model):
    """The answer to a command that carried a key, so that repeating it does nothing and answers the same (M12)."""

    owner = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="remembered_once")]


class SignInAttempt(models.Model):
    """A sign-in that failed. `key` stands for an address or for where it came from, without telling which."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="sign_in_attempts")]
