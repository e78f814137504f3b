from django.db import models
from django.db.models import Q

from clearstage.firm.models import Member


class AccessRequest(models.Model):
    """A member asks for what an address of his names. `event` is none where nothing has that address (X4)."""

    NOUNS = [("job", "Job"), ("pipeline", "Pipeline"), ("account", "Account")]

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="access_requests")
    noun = models.CharField(max_length=10, choices=NOUNS)
    number = models.BigIntegerField()
    event = models.BigIntegerField(null=True, unique=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    granted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "noun", "number"],
                name="access_asked_once",
                condition=Q(answered_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["member", "at"], name="access_asked_lately")]
