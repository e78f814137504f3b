"""Update client-facing status: what the client is told from here on (C3, C4). Links nothing, waits for nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from django.utils.translation import gettext_lazy
from pydantic import Field, model_validator

from clearstage.engine.effects import SetClientBlock
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.kinds import AutomationKind, ClientStatusName, Line, Settings, Text, kind


class ClientStatusSettings(Settings):
    show: Annotated[ClientStatusName | None, Field(description="The client-facing status to show")] = None
    description: Annotated[
        Text | None, Field(description="Words for this pipeline, instead of the list's")
    ] = None
    job_name: Annotated[Line | None, Field(description="What the client reads as the job's name")] = None
    hide: Annotated[bool, Field(description="Hide the job from the client")] = False

    @model_validator(mode="after")
    def _either_shown_or_hidden(self) -> ClientStatusSettings:
        if self.hide == (self.show is not None) or (self.hide and (self.description or self.job_name)):
            raise ValueError("either “show: NAME” (with description and job_name, if wanted) or “hide: true”")
        return self


@kind("client_status", label=gettext_lazy("Update client-facing status"), settings=ClientStatusSettings)
class UpdateClientStatus(AutomationKind[ClientStatusSettings]):
    def describe(self, settings: ClientStatusSettings, job: PlannedJob) -> Sentence:
        if settings.show is None:
            return say(_("Hides the job from the client"))
        if settings.description:
            return say(
                _("Tells the client “{status}”: {text}"),
                status=settings.show,
                text=job.fill(settings.description),
            )
        return say(_("Tells the client “{status}”"), status=settings.show)

    def plan(self, settings: ClientStatusSettings, job: PlannedJob) -> Iterable[SetClientBlock]:
        if settings.show is None:
            yield SetClientBlock(job.block.with_changes({"shown": False}))
            return
        status = job.facts.client_status_named(settings.show)
        if status is None:
            raise Cannot(say(_("there is no client-facing status “{name}” any more"), name=settings.show))
        changes = {
            "shown": True,
            "status": status.id,
            "description": job.fill(settings.description) if settings.description else None,
        }
        if settings.job_name:
            changes["job_name"] = job.fill(settings.job_name)
        yield SetClientBlock(job.block.with_changes(changes))
