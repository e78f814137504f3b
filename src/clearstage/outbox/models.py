from django.db import models


class Delivery(models.Model):
    """One message to one address. `key` is made from its cause, so that the same effect cannot be recorded twice.

    Those to one address that say the same `together` go out in one mail, as far as they are due at the same moment:
    `mail` is the key of the one they have been put into, which does not change any more.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        FAILED = "failed"
        UNDONE = "undone"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20)
    to = models.CharField(max_length=400)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    together = models.CharField(max_length=100, default="")
    mail = models.CharField(max_length=200, null=True)
    job = models.BigIntegerField(null=True)
    event = models.BigIntegerField(null=True)
    action = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], name="delivery_pending", condition=models.Q(state="pending")),
            models.Index(
                fields=["together", "to"],
                name="delivery_together",
                condition=models.Q(state="pending") & ~models.Q(together=""),
            ),
            models.Index(fields=["mail"], name="delivery_by_mail", condition=models.Q(mail__isnull=False)),
            models.Index(fields=["job"], name="delivery_by_job", condition=models.Q(job__isnull=False)),
            models.Index(
                fields=["action"], name="delivery_by_action", condition=models.Q(action__isnull=False)
            ),
        ]
