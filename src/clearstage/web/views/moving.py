"""Moving jobs and giving them a status (M1–M8, S5, S6, S12): every road shows the same plan and does what it showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import Move, SetStatus
from clearstage.jobs.models import ClientStatus, CustomStatus, Job, Pipeline, Stage
from clearstage.jobs.operations.command import Command, Expected, preview, raise_refusal
from clearstage.jobs.operations.moving import move_jobs, set_jobs_status
from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound, PlanChanged

from ..access import MemberRequest, member_page, render_dialog
from .asking import asked, chosen_jobs, finished, fresh_key, number, once, say
from .plans import Decided, OpenItem, Shown, decided, expected, expected_text, open_items, shown, unfinished

BUILT_IN = {"active": JobStatus.ACTIVE, "completed": JobStatus.COMPLETED, "archived": JobStatus.ARCHIVED}


@dataclass
class Intent:
    """A command on jobs that a person is about to give: how it is planned, done and told."""

    actor: Actor
    jobs: list[int]
    choice: Decided
    address: str
    fields: dict[str, str]
    says: Callable[[int], str]
    submit: str
    command: Callable[[Mapping[int, str]], Command]
    run: Callable[[Actor, Sequence[int], Any, Expected], Outcome]
    asks_for_items: bool = False
    items: list[OpenItem] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return self.says(len(self.jobs))

    @cached_property
    def rows(self) -> list[Job]:
        found = (
            Job.objects.visible_to(self.actor)
            .filter(pk__in=self.jobs)
            .select_related("stage", "pipeline", "account", "custom_status")
        )
        return list(found.order_by("pk"))

    def look(self) -> tuple[Command, Outcome]:
        """What would happen now, with what was chosen so far."""
        if self.asks_for_items:
            self.items = open_items(self.rows, self.choice)
        command = self.command(unfinished(self.items, self.choice))
        return command, preview(self.actor, self.jobs, command)

    def shown(self) -> Shown:
        statuses = ClientStatus.objects.filter(deleted_at=None)
        return shown(self.look()[1], self.choice, self.items, list(statuses))


@member_page
def move(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Into a stage: without one, the stages to choose from; else the plan, and when it is confirmed, the move."""
    ask = asked(request)
    jobs = chosen_jobs(ask)
    stage = Stage.objects.filter(
        pk=number(ask.get("stage")) or 0, pipeline__in=Pipeline.objects.visible_to(actor)
    ).first()
    if "stage" in ask and stage is None:
        raise NotFound
    if stage is None:
        return choose_stage(request, actor, jobs, ask)
    return plan_or_do(request, _move_intent(actor, jobs, stage, decided(ask)))


def _move_intent(actor: Actor, jobs: list[int], stage: Stage, choice: Decided) -> Intent:
    def says(n: int) -> str:
        return ngettext("Move %(n)s job to “%(stage)s”", "Move %(n)s jobs to “%(stage)s”", n) % {
            "n": n,
            "stage": stage.name,
        }

    return Intent(
        actor,
        jobs,
        choice,
        reverse("move"),
        {"stage": str(stage.pk)},
        says,
        _("Move"),
        lambda items: Move(stage.pipeline_id, stage.pk, choice.choices, items),
        move_jobs,
        asks_for_items=True,
    )


def choose_stage(request: MemberRequest, actor: Actor, jobs: list[int], ask: QueryDict) -> HttpResponse:
    """The stages of the jobs' pipeline or of another (M8). Jobs of several pipelines have none in common (M5)."""
    rows = list(
        Job.objects.visible_to(actor).filter(pk__in=jobs).select_related("stage", "account", "pipeline")
    )
    if not rows:
        raise NotFound
    own = {row.pipeline_id for row in rows}
    wanted = number(ask.get("pipeline")) or (rows[0].pipeline_id if len(own) == 1 else None)
    pipelines = list(Pipeline.objects.visible_to(actor))
    pipeline = next((each for each in pipelines if each.pk == wanted), None)
    stages = list(pipeline.stages.all()) if pipeline else []
    present = {row.stage_id for row in rows}
    at = next((position for position, each in enumerate(stages) if each.pk in present), -1)
    context = {
        "jobs": jobs, "rows": rows, "pipelines": pipelines, "pipeline": pipeline, "stages": stages,
        "several": len(own) > 1, "present": present, "next": stages[at + 1] if 0 <= at + 1 < len(stages) else None,
        "key": fresh_key(), "back": came_from(request),
    }  # fmt: skip
    return render_dialog(request, "web/board/choose_stage.html", context)


@member_page
def status(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Active, Completed, Archived or one of the pipeline's own: the list, the plan, the change."""
    ask = asked(request)
    jobs, to = chosen_jobs(ask), ask.get("to", "")
    if not to:
        return choose_status(request, actor, jobs)
    custom = CustomStatus.objects.filter(
        pk=number(to) or 0, pipeline__in=Pipeline.objects.visible_to(actor)
    ).first()
    if custom is None and to not in BUILT_IN:
        raise NotFound
    return plan_or_do(request, status_intent(actor, jobs, to, custom, decided(ask)))


def status_intent(
    actor: Actor, jobs: list[int], to: str, custom: CustomStatus | None, choice: Decided
) -> Intent:
    name = (
        custom.name
        if custom
        else {"active": _("Active"), "completed": _("Completed"), "archived": _("Archived")}[to]
    )

    def says(n: int) -> str:
        return ngettext("Set %(n)s job to “%(status)s”", "Set %(n)s jobs to “%(status)s”", n) % {
            "n": n,
            "status": name,
        }

    wanted = JobStatus.CUSTOM if custom else BUILT_IN[to]
    return Intent(
        actor,
        jobs,
        choice,
        reverse("status"),
        {"to": to},
        says,
        _("Archive") if to == "archived" else _("Set status"),
        lambda _items: SetStatus(wanted, custom.pk if custom else None, choice.choices),
        set_jobs_status,
    )


def choose_status(request: MemberRequest, actor: Actor, jobs: list[int]) -> HttpResponse:
    rows = list(Job.objects.visible_to(actor).filter(pk__in=jobs).select_related("custom_status", "account"))
    if not rows:
        raise NotFound
    pipelines = {row.pipeline_id for row in rows}
    customs = CustomStatus.objects.filter(pipeline__in=pipelines) if len(pipelines) == 1 else []
    context = {
        "jobs": jobs, "rows": rows, "customs": list(customs), "one": rows[0] if len(rows) == 1 else None,
        "several": len(pipelines) > 1, "may_add": can_save_pipelines(actor) and len(pipelines) == 1,
        "archived": all(row.status == JobStatus.ARCHIVED for row in rows),
        "key": fresh_key(), "back": came_from(request),
    }  # fmt: skip
    return render_dialog(request, "web/board/choose_status.html", context)


# The plan and its confirmation


def plan_or_do(request: MemberRequest, intent: Intent) -> HttpResponse:
    """Show the plan; do it where the form says what it has shown, or where there is nothing to show."""
    ask = asked(request)
    if request.method != "POST" or "show" in ask:
        return plan_dialog(request, intent)
    if "at_once" in ask:
        return at_once(request, intent)
    if "expect" not in ask:
        return plan_dialog(request, intent)
    return do(request, intent, expected(ask.get("expect", "")))


def at_once(request: MemberRequest, intent: Intent, *, step: str = "") -> HttpResponse:
    """Do it where nothing else would happen; else show first what would."""
    _command, outcome = intent.look()
    if not shown(outcome, intent.choice, intent.items, []).quiet:
        return plan_dialog(request, intent)
    return do(request, intent, expected(expected_text(outcome.plan)), step=step)


def plan_dialog(
    request: MemberRequest, intent: Intent, *, status: int = 200, message: str = ""
) -> HttpResponse:
    plan = intent.shown()
    if not intent.rows:
        raise NotFound
    part = request.headers.get("HX-Target") == "plan"
    context = {
        "intent": intent, "plan": plan, "key": fresh_key(), "back": came_from(request), "message": message,
        "one": intent.rows[0] if len(intent.rows) == 1 else None, "part": part, "choice": intent.choice,
    }  # fmt: skip
    template = "web/board/plan_part.html" if part else "web/board/plan_dialog.html"
    return render_dialog(request, template, context, status=status)


def do(request: MemberRequest, intent: Intent, shown_before: Expected, *, step: str = "") -> HttpResponse:
    """Do what was shown (M4), and say what came of it."""
    try:
        answer = once(request, intent.actor, lambda: _run(intent, shown_before), step=step)
    except PlanChanged as changed:
        return plan_dialog(request, intent, status=409, message=str(changed))
    undo = reverse("undo", args=[answer["action"]]) if answer["action"] else ""
    if answer["changed"]:
        intent.jobs = answer["changed"]
        intent.__dict__.pop("rows", None)
        message = _("{done}. What follows has changed since it was shown, and was left.").format(
            done=answer["text"]
        )
        return say(
            request, plan_dialog(request, intent, status=409, message=message), answer["text"], undo=undo
        )
    return finished(request, answer["text"], undo=undo)


def _run(intent: Intent, shown_before: Expected) -> dict[str, Any]:
    if intent.asks_for_items:
        intent.items = open_items(intent.rows, intent.choice)
    command = intent.command(unfinished(intent.items, intent.choice))
    outcome = intent.run(intent.actor, intent.jobs, command, shown_before)
    if len(intent.jobs) == 1:
        raise_refusal(outcome)
    changed = [job.before.id for job in outcome.changed]
    return {"action": outcome.action, "text": told(outcome), "changed": changed}


def told(outcome: Outcome) -> str:
    """“Moved to Preparation · 2 things done”: for the toast."""
    gone = [job for job in outcome.plan.going if job.changes and job not in outcome.changed]
    left = len(outcome.plan.jobs) - len(gone) + len(outcome.missing)
    if not gone:
        return (
            _("Nothing changed: it is there already.")
            if not left or outcome.plan.going
            else _("Nothing was done.")
        )
    parts = [_where_to(gone), _how_much(gone)]
    if len(outcome.plan.jobs) > 1 and left:
        parts.append(ngettext("%(n)s stays where it is", "%(n)s stay where they are", left) % {"n": left})
    return " · ".join(filter(None, parts))


def _where_to(gone: list[Any]) -> str:
    job = gone[0]
    many = {"n": len(gone)}
    stages = [step.name for step in job.steps if step.what == "stage"]
    if stages and len(gone) > 1:
        return _("%(n)s jobs moved to %(stage)s") % {**many, "stage": stages[0]}
    if stages:
        by_itself = _(", and on to {stage} by itself").format(stage=stages[-1]) if len(stages) > 1 else ""
        return _("Moved to {stage}").format(stage=stages[0]) + by_itself
    name = (
        job.custom.name
        if job.custom
        else {"active": _("Active"), "completed": _("Completed")}.get(job.status.value)
    )
    if name is None:
        return ngettext("Archived", "%(n)s jobs archived", len(gone)) % many
    return ngettext("Now %(status)s", "%(n)s jobs are now %(status)s", len(gone)) % {**many, "status": name}


def _how_much(gone: list[Any]) -> str:
    done = sum(run.runs for job in gone for step in job.steps for run in step.runs)
    return ngettext("%(n)s thing done", "%(n)s things done", done) % {"n": done} if done else ""


def came_from(request: MemberRequest) -> str:
    """Where a browser without JavaScript is to go back to: said by the form, or where the link stood."""
    ask = asked(request)
    seen = urlsplit(ask.get("back") or request.headers.get("Referer", ""))
    return seen.path + (f"?{seen.query}" if seen.query else "") if seen.path != request.path else ""
