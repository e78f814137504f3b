from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Lower

from clearstage.clients.models import COLORS, Account
from clearstage.engine.facts import JobStatus
from clearstage.engine.translations import said
from clearstage.firm.models import Member

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor

COLOR_CHOICES = [(color, color) for color in COLORS]


def new_stamp() -> str:
    """Names one saved state of one pipeline, in whatever database: what the facts read from it are cached under."""
    return secrets.token_hex(16)


class ClientStatus(models.Model):
    """One entry of the firm's list of client-facing statuses (C1). A deleted one lives on for archived jobs (C11).

    `translations` hold name and description by language, where they were translated (P4).
    """

    TURNS = [("client", "Client"), ("firm", "Firm"), ("agency", "Agency"), ("nobody", "Nobody")]

    name = models.CharField(max_length=100)
    description = models.TextField(default="", blank=True)
    translations = models.JSONField(default=dict)
    color = models.CharField(max_length=10, choices=COLOR_CHOICES, default="gray")
    turn = models.CharField(max_length=10, choices=TURNS, default="firm")
    position = models.PositiveIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="client_status_name_once", condition=models.Q(deleted_at__isnull=True)
            )
        ]

    @property
    def said_name(self) -> str:
        return said(self.name, self.translations, "name")

    @property
    def said_description(self) -> str:
        return said(self.description, self.translations, "description")


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    def visible_to(self, actor: Actor) -> PipelineQuerySet:
        """The pipelines that are available to the actor: the second gate of a job (X2)."""
        if actor.runs_the_firm:
            return self
        return self.filter(models.Q(for_everyone=True) | models.Q(available_to=actor.member_id)).distinct()


class Pipeline(models.Model):
    name = models.CharField(max_length=120)
    description = models.TextField(default="", blank=True)
    for_everyone = models.BooleanField(default=True)
    available_to = models.ManyToManyField(Member, related_name="pipelines")
    card_fields = models.JSONField(default=list)
    pass_through = models.BooleanField(default=False)
    reviewer_is_not_preparer = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)
    stamp = models.CharField(max_length=32, default=new_stamp)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [models.UniqueConstraint(Lower("name"), name="pipeline_name_once")]


class Stage(models.Model):
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=10, choices=COLOR_CHOICES, default="gray")
    automove = models.BooleanField(default=False)
    time_limit = models.PositiveIntegerField(null=True)
    condition = models.JSONField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint("pipeline", Lower("name"), name="stage_name_once")]


class CustomStatus(models.Model):
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(max_length=100)
    color = models.CharField(max_length=10, choices=COLOR_CHOICES, default="orange")
    description = models.TextField(default="", blank=True)
    restore_client_status = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("pipeline", Lower("name"), name="custom_status_name_once")]


class Automation(models.Model):
    """What fires when a job enters a stage or is given a custom status. Trigger, condition and effect stay apart."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, null=True, related_name="automations")
    status = models.ForeignKey(CustomStatus, on_delete=models.CASCADE, null=True, related_name="automations")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    settings = models.JSONField()
    condition = models.JSONField(null=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                name="automation_has_one_trigger",
                condition=models.Q(stage__isnull=True, status__isnull=False)
                | models.Q(stage__isnull=False, status__isnull=True),
            )
        ]


class PipelineRevision(models.Model):
    """A saved change of a pipeline (A9): the whole document, and in words what is different."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    changes = models.JSONField(default=list)
    author = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pipeline", "number"], name="revision_number_once")]


class Template(models.Model):
    """A reusable text or preset. What the body holds is known to the package that owns the kind (`templates.py`).

    `translations` say by language what each text of the body is in it; shortcodes stand in them as in the body (P4).
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    body = models.JSONField(default=dict)
    translations = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", Lower("name")]
        constraints = [models.UniqueConstraint("kind", Lower("name"), name="template_name_once")]


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, actor: Actor) -> JobQuerySet:
        """Both gates (X2): the account may be seen, and the pipeline is available."""
        if actor.runs_the_firm:
            return self
        jobs = self.filter(pipeline__in=Pipeline.objects.visible_to(actor).values("id"))
        if actor.may("view all accounts"):
            return jobs
        return jobs.filter(account__in=Account.objects.visible_to(actor).values("id"))

    def on_the_board(self) -> JobQuerySet:
        return self.exclude(status=JobStatus.ARCHIVED)


class Job(models.Model):
    """One engagement for one account. Visits number its stays in stages and statuses and are never used again (L2)."""

    PRIORITIES = [("low", "Low"), ("medium", "Medium"), ("high", "High"), ("urgent", "Urgent")]
    STATUSES = [(status.value, status.value.capitalize()) for status in JobStatus]

    name = models.CharField(max_length=200)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="jobs")
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="jobs")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="jobs")
    status = models.CharField(max_length=10, choices=STATUSES, default=JobStatus.ACTIVE)
    custom_status = models.ForeignKey(CustomStatus, on_delete=models.PROTECT, null=True, related_name="jobs")
    visit = models.PositiveIntegerField(default=0)
    status_visit = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    placed_by = models.BigIntegerField(null=True)
    entered_stage_at = models.DateTimeField()
    status_since = models.DateTimeField()
    priority = models.CharField(max_length=10, choices=PRIORITIES, default="medium")
    description = models.TextField(default="", blank=True)
    start = models.DateField(null=True)
    due = models.DateField(null=True)
    deadline = models.DateField(null=True)
    budget_minutes = models.PositiveIntegerField(null=True)
    client_shown = models.BooleanField(default=False)
    client_job_name = models.CharField(max_length=200, null=True)
    client_status = models.ForeignKey(ClientStatus, on_delete=models.PROTECT, null=True, related_name="jobs")
    client_description = models.TextField(null=True)
    client_since = models.DateTimeField(null=True)
    saved_block = models.JSONField(null=True)
    assignees = models.ManyToManyField(Member, through="JobAssignee", related_name="jobs")
    made_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="made")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["stage", "-entered_stage_at", "-id"],
                name="job_on_board",
                condition=~models.Q(status="archived"),
            ),
            models.Index(fields=["account", "status"], name="job_by_account"),
            models.Index(fields=["due"], name="job_by_due", condition=models.Q(due__isnull=False)),
        ]


class JobAssignee(models.Model):
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="job_assignees")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="job_assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "member"], name="job_assignee_once")]


class LinkedItem(models.Model):
    """All that boards and the engine know of items (L1): what hangs on which job, since which stay, open or not."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=20)
    item = models.BigIntegerField()
    stage = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True)
    status = models.ForeignKey(CustomStatus, on_delete=models.SET_NULL, null=True)
    visit = models.PositiveIntegerField()
    holds = models.BooleanField(default=True)
    made_by = models.CharField(max_length=100, default="")
    due = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "item"], name="link_by_item")]
        constraints = [models.UniqueConstraint(fields=["job", "kind", "item"], name="linked_once")]


class CommandRun(models.Model):
    """One command that a person (or rule) gave, for one job or many: the unit of undo (M9)."""

    kind = models.CharField(max_length=30)
    actor_kind = models.CharField(max_length=10)
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
