"""Send organizer: a questionnaire for the client. Holds the stage until it is submitted, by him or by the firm."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy
from pydantic import Field

from clearstage.asking.automation import AskingKind
from clearstage.asking.making import AskSpec
from clearstage.engine import dates
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import Name, Ref, Settings, WhenText, kind
from clearstage.messaging.reminder_plan import ReminderPlan
from clearstage.organizers.operations.making import MAKING, organizer_spec


class OrganizerSettings(Settings):
    template: Annotated[Name, Ref("template:organizer"), Field(description="The questions")]
    due: Annotated[WhenText | None, Field(description="A date, or counted from the entry: 10 days")] = None
    reminders: Annotated[ReminderPlan | None, Field(description="Instead of the template's reminders")] = None


@kind("organizer", label=gettext_lazy("Send organizer"), settings=OrganizerSettings, holds=True)
class SendOrganizer(AskingKind[OrganizerSettings]):
    making = MAKING
    template_kind = "organizer"

    def says(self, settings: OrganizerSettings, job: PlannedJob) -> Sentence:
        body = job.facts.template("organizer", settings.template) or {}
        title = job.fill(body.get("title") or settings.template)
        whom = job.account.facts.name
        written = settings.due or body.get("due")
        due = dates.parse_when(written) if written else None
        if due is None:
            return say(_("Sends the questionnaire “{title}” to {whom}"), title=title, whom=whom)
        when = due.words() if isinstance(due, dates.Offset) else str(due)
        return say(
            _("Sends the questionnaire “{title}” to {whom}, due {when}"), title=title, whom=whom, when=when
        )

    def spec(self, settings: OrganizerSettings, job: PlannedJob) -> AskSpec:
        body = self.template(settings.template, job)
        return organizer_spec(settings.template, body, job, due=settings.due, reminders=settings.reminders)
