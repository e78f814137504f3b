"""Reminders that fail by themselves: told like an automation that cannot run, with *Retry* (A11)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import _, render, say
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.firm.queries import firm_row
from clearstage.jobs.models import Job
from clearstage.kernel.actor import OWNER, the_firm
from clearstage.outbox.operations import put_in_outbox

from ..failures import failure_mail
from ..models import Reminder
from .inbox import Notice, put_in_inboxes


def tell_failed_reminder(due: Reminder, jobs: Sequence[int], error: Exception) -> None:
    """The members assigned to the jobs that wait, else the owner; within the transaction that stops the reminder.

    Of the error its kind alone is kept, since its message may hold what belongs to clients.
    """
    about = {"kind": due.kind, "item": due.item, "reminder": due.pk, "error": type(error).__name__}
    event, *_others = record(
        the_firm(),
        *[
            Happening("reminder_failed", dict(about), job=job, account=due.account_id)
            for job in (jobs or (None,))
        ],
    )
    job = Job.objects.filter(pk__in=jobs).order_by("pk").first()
    account = due.account.name
    text = (
        say(_("“{job}” ({account}): a reminder could not be sent"), job=job.name, account=account)
        if job is not None
        else say(_("{account}: a reminder could not be sent"), account=account)
    )
    number = job.pk if job is not None else None
    members = list(
        Member.objects.filter(is_active=True, job_assignments__job__in=jobs).distinct().order_by("pk")
    ) or list(Member.objects.filter(role=OWNER))
    put_in_inboxes(
        [Notice(member.pk, "automation_failed", text, number, event, due.account_id) for member in members]
    )
    subject = _t("Not reminded: {name}").format(name=job.name if job is not None else account)
    words = _t("{what}.\n\nTry again from your inbox:\n{address}").format(
        what=render(text, _t), address=f"{settings.BASE_URL}/inbox/"
    )
    firm = firm_row().name
    put_in_outbox(
        [
            failure_mail((member.pk, member.name, member.email), subject, words, firm, number, event)
            for member in members
        ]
    )


def is_of_a_reminder(event: int | None) -> bool:
    """Whether a failure is that of a reminder."""
    return Event.objects.filter(pk=event or 0, kind="reminder_failed").exists()


def failed_reminder(event: int) -> Reminder | None:
    """The reminder whose failure the event tells of, as long as it is stopped."""
    told = Event.objects.filter(pk=event, kind="reminder_failed").first()
    if told is None:
        return None
    return Reminder.objects.filter(pk=told.data["reminder"], stopped_at__isnull=False).first()
