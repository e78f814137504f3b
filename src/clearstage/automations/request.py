"""Send client request: a list of named things to answer or upload. Holds the stage until it is finished."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from clearstage.asking.automation import AskingKind
from clearstage.asking.making import AskSpec
from clearstage.engine import dates
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import kind
from clearstage.requests import wording
from clearstage.requests.operations.making import MAKING
from clearstage.requests.spec import body_of, spec_of
from clearstage.requests.templates import RequestSettings


@kind("request", label=gettext_lazy("Send client request"), settings=RequestSettings, holds=True)
class SendRequest(AskingKind[RequestSettings]):
    making = MAKING
    template_kind = "request"

    def says(self, settings: RequestSettings, job: PlannedJob) -> Sentence:
        who = job.account.facts.name
        try:
            body = body_of(settings, job)
        except Cannot:
            return say(_("Sends the request “{title}” to {who}"), title=settings.template, who=who)
        titles = [job.fill(entry.title) for entry in body.entries]
        what = wording.things(titles, questions=all(entry.kind == "text" for entry in body.entries))
        when = dates.parse_when(body.due) if body.due else None
        if when is None:
            return say(_("Asks {who} for {what}"), who=who, what=what)
        words: Any = when.words() if isinstance(when, dates.Offset) else str(when)
        return say(_("Asks {who} for {what}, due {when}"), who=who, what=what, when=words)

    def spec(self, settings: RequestSettings, job: PlannedJob) -> AskSpec:
        return spec_of(settings, job)
