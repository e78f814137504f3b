from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from clearstage.clients.models import Account
from clearstage.firm.models import Member
from clearstage.jobs.models import Job

if TYPE_CHECKING:
    from clearstage.kernel.actor import Actor


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, actor: Actor) -> TaskQuerySet:
        """A task is seen by whoever sees its job or, without a job, its account."""
        if actor.runs_the_firm:
            return self
        of_jobs = models.Q(job__in=Job.objects.visible_to(actor).values("id"))
        of_accounts = models.Q(job__isnull=True, account__in=Account.objects.visible_to(actor).values("id"))
        return self.filter(of_jobs | of_accounts)


class Task(models.Model):
    OPEN_STATES = ("open", "in_progress")
    STATES = [
        ("open", "Open"),
        ("in_progress", "In progress"),
        ("completed", "Completed"),
        ("cancelled", "Cancelled"),
    ]

    title = models.CharField(max_length=300)
    description = models.TextField(default="", blank=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tasks")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="tasks")
    state = models.CharField(max_length=12, choices=STATES, default="open")
    priority = models.CharField(max_length=10, choices=Job.PRIORITIES, default="medium")
    start = models.DateField(null=True)
    due = models.DateField(null=True)
    checklist = models.JSONField(default=list)
    assignees = models.ManyToManyField(Member, through="TaskAssignee", related_name="tasks")
    made_by = models.CharField(max_length=100, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account"], name="task_by_account")]


class TaskAssignee(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="task_assignees")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="task_assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "member"], name="task_assignee_once")]
