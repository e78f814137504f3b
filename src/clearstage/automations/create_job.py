"""Create job: a further job for the same account, with all that its first stage sets off. Bounded (A13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.utils.translation import gettext_lazy
from pydantic import Field

from clearstage.engine.effects import MakeJob
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.planner import plan_made_job
from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.apply import ApplyRun
from clearstage.jobs.drafts import draft_from_template
from clearstage.jobs.kinds import AutomationKind, Name, Needs, PipelineName, Planned, Ref, Settings, kind


class CreateJobSettings(Settings):
    pipeline: PipelineName
    template: Annotated[
        Name | None, Ref("template:job"), Field(description="A job template to start from")
    ] = None
    stage: Annotated[Name | None, Field(description="The stage it starts in, instead of the first")] = None


@kind("create_job", label=gettext_lazy("Create job"), settings=CreateJobSettings)
class CreateJob(AutomationKind[CreateJobSettings]):
    def needs(self, settings: CreateJobSettings) -> Needs:
        templates = frozenset({("job", settings.template)} if settings.template else ())
        return Needs(templates=templates, pipelines=frozenset({settings.pipeline}))

    def describe(self, settings: CreateJobSettings, job: PlannedJob) -> Sentence:
        return say(_("Creates a job in “{pipeline}”"), pipeline=settings.pipeline)

    def plan(self, settings: CreateJobSettings, job: PlannedJob) -> Iterable[MakeJob]:
        pipeline = job.facts.pipeline_named(settings.pipeline)
        if pipeline is None:
            raise Cannot(say(_("there is no pipeline “{name}” any more"), name=settings.pipeline))
        body = job.facts.template("job", settings.template) if settings.template else {}
        if body is None:
            raise Cannot(say(_("there is no job template “{name}” any more"), name=settings.template))
        wanted = settings.stage or body.get("stage")
        stage = pipeline.stage_named(wanted) if wanted else pipeline.stages[0]
        if stage is None:
            raise Cannot(say(_("“{pipeline}” has no stage “{stage}”"), pipeline=pipeline.name, stage=wanted))
        draft = draft_from_template(job.facts, job.account.facts, pipeline, body)
        yield MakeJob(plan_made_job(job, draft, stage))

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        return [{"job": each.effect.job.id, "name": each.effect.job.name} for each in effects]

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        """A job it made has an event of its own in the same run, by which undo removes it."""
        return []
