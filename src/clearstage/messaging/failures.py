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
                payload = {
                    "subject": _t("Held up: {job}").format(job=job.name),
                    "text": words,
                    "to_name": person.name,
                    "firm_name": job.facts.firm_name,
                }
                key = f"failure:{each.event}:{member}"
                messages.append(
                    Outgoing(key, "email", person.email, payload, clock.now(), job.id, each.event)
                )
    put_in_inboxes(notices)
    put_in_outbox(messages)
