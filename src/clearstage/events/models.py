from django.db import models


class Event(models.Model):
    """One thing that happened. Written once inside the transaction that did it; triggers refuse any later change."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=10)
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    on_behalf = models.CharField(max_length=200, default="")
    via = models.CharField(max_length=20)
    cause = models.BigIntegerField(null=True)
    action = models.BigIntegerField(null=True)
    job = models.BigIntegerField(null=True)
    account = models.BigIntegerField(null=True)
    revision = models.IntegerField(null=True)
    data = models.JSONField(default=dict)

    followed = True

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["job", "id"], name="event_by_job"),
            models.Index(fields=["action"], name="event_by_action", condition=models.Q(action__isnull=False)),
        ]


class Seal(models.Model):
    """A link of the hash chain over the events, in the order in which the worker sealed them (X6)."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT)
    hash = models.CharField(max_length=64)
