"""Telling people that an automove could not be done: in the inbox with Retry, and by e-mail (A11)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import _, render, say
from clearstage.jobs.failures import AutomationFailure
from clearstage.kernel import clock
from clearstage.outbox.operations import Outgoing, put_in_outbox

from .operations.inbox import Notice, put_in_inboxes


def tell_failures(failures: Sequence[AutomationFailure]) -> None:
    """One inbox entry and one e-mail for each member who is to know."""
    notices, messages = [], []
    for each in failures:
        job, failure = each.job, each.job.failure
        assert failure is not None
        text = say(
            _("“{job}” ({account}) could not be set to “{where}”: {reasons}")
            if failure.status
            else _("“{job}” ({account}) could not go on to “{where}”: {reasons}"),
            job=job.name,
            account=job.account.facts.name,
            where=failure.status or failure.stage_name,
            reasons=list(failure.problems),
        )
        for member in each.members:
            notices.append(Notice(member, "automation_failed", text, job.id, each.event))
            person = job.facts.members.get(member)
            if person is not None:
                words = _t("{what}.\n\nOpen the job to put it right and try again:\n{address}").format(
                    what=render(text, _t), address=f"{settings.BASE_URL}/jobs/{job.id}/"
                )
                subject = _t("Held up: {job}").format(job=job.name)
                to = (member, person.name, person.email)
                messages.append(failure_mail(to, subject, words, job.facts.firm_name, job.id, each.event))
    put_in_inboxes(notices)
    put_in_outbox(messages)


def failure_mail(
    to: tuple[int, str, str], subject: str, words: str, firm: str, job: int | None, event: int
) -> Outgoing:
    """The e-mail about a failure to a member: number, name and address."""
    member, name, email = to
    payload = {"subject": subject, "text": words, "to_name": name, "firm_name": firm}
    return Outgoing(f"failure:{event}:{member}", "email", email, payload, clock.now(), job, event)
