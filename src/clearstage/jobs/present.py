"""Plans as plain documents: the same shape for the dialog, the API's preview and the answer after the deed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _t

from clearstage.engine.effects import MakeItem, MakeJob, SendEmail
from clearstage.engine.planned import ClientSees, PlannedJob, Step
from clearstage.engine.sentences import Sentence, render
from clearstage.kernel.ids import public_id

from .operations.outcome import Outcome

STATUS_NAMES = {"active": "Active", "completed": "Completed", "archived": "Archived"}


def words(sentence: Sentence | None) -> str | None:
    """A sentence in the reader's language."""
    return render(sentence, _t) if sentence is not None else None


def plan_document(outcome: Outcome) -> dict[str, Any]:
    """The whole plan as the API answers it: `{digest, jobs, refused}`."""
    return {
        "digest": outcome.plan.digest,
        "jobs": [planned_document(job) for job in outcome.plan.going],
        "refused": refusals(outcome),
    }


def refusals(outcome: Outcome) -> list[dict[str, Any]]:
    """Every job that does not go, with its reasons (A12): refused, changed since it was shown, or not there."""
    changed = _t("What would happen to it has changed since it was shown.")
    return [
        *({**_named(job), "reasons": [words(each) for each in job.problems]} for job in outcome.plan.refused),
        *({**_named(job), "reasons": [changed], "plan": planned_document(job)} for job in outcome.changed),
        *(
            {
                "job": public_id("job", each),
                "name": None,
                "account": None,
                "reasons": [_t("There is no such job.")],
            }
            for each in outcome.missing
        ),
    ]


def _named(job: PlannedJob) -> dict[str, Any]:
    account = {"id": public_id("account", job.account.facts.id), "name": job.account.facts.name}
    return {"job": public_id("job", job.id) if job.id else None, "name": job.name, "account": account}


def planned_document(job: PlannedJob) -> dict[str, Any]:
    stage = job.stage
    return {
        **_named(job),
        "digest": job.digest,
        "pipeline": {"id": public_id("pipeline", job.pipeline.id), "name": job.pipeline.name},
        "stage": {"id": public_id("stage", stage.id), "name": stage.name} if stage else None,
        "status": job.custom.name if job.custom else STATUS_NAMES[job.status.value],
        "automations": [run for step in job.steps for run in step_document(step)["automations"]],
        "finishes": [words(each) for each in job.brought],
        "steps": [step_document(step) for step in job.steps],
        "effects": [effect_document(effect) for _scope, effect, _made_by in job.effects],
        "waits_for": waits_for(job),
        "client_sees": client_document(job.client_sees, told=job.tells_client),
        "automove_problem": [words(each) for each in job.failure.problems] if job.failure else [],
    }


def step_document(step: Step) -> dict[str, Any]:
    return {
        "what": step.what,
        "name": step.name,
        "automatic": step.automatic,
        "why": words(step.why),
        "automations": [
            {
                "key": run.key,
                "kind": run.kind,
                "runs": run.runs,
                "reason": words(run.reason),
                "says": words(run.says),
                "warning": words(run.warns),
            }
            for run in step.runs
        ],
    }


def client_document(sees: ClientSees | None, *, told: bool) -> dict[str, Any]:
    """What the client would see afterwards, and whether he is mailed it (C12); hidden is said, not left out."""
    if sees is None:
        hidden = dict.fromkeys(("job_name", "status", "description", "turn"))
        return {"shown": False, **hidden, "told": False}
    return {
        "shown": True,
        "job_name": sees.job_name,
        "status": sees.status,
        "description": sees.description,
        "turn": sees.turn,
        "told": told,
    }


def effect_document(effect: Any) -> dict[str, Any]:
    """An effect as plain data, without what belongs to the inside."""
    if isinstance(effect, MakeItem):
        spec: Any = effect.spec
        return {"kind": effect.kind, "title": spec.title, "due": _day(spec.due), "holds": effect.holds}
    if isinstance(effect, SendEmail):
        return {"kind": effect.kind, "to": effect.to_email, "subject": effect.subject}
    if isinstance(effect, MakeJob):
        return {"kind": effect.kind, "job": planned_document(effect.job)}
    fingerprint = effect.fingerprint()
    return {"kind": effect.kind, "values": [_plain(each) for each in fingerprint[1:]]}


def waits_for(job: PlannedJob) -> list[str]:
    """Titles of what the job will wait for where it ends up, as far as the plan makes it."""
    here = job.scope.visit
    return [
        getattr(effect.spec, "title", "")
        for scope, effect, _made_by in job.effects
        if isinstance(effect, MakeItem) and effect.holds and scope.visit == here
    ]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A bulk plan in numbers (M5): per automation how many run, and how many messages go to how many clients."""

    key: str
    kind: str
    runs: int
    skipped: int
    example: str
    reason: str | None


def aggregate(jobs: Sequence[PlannedJob]) -> list[Aggregate]:
    """The first step's automations of all jobs, in their order, counted."""
    order: dict[str, list[tuple[PlannedJob, Any]]] = {}
    for job in jobs:
        for step in job.steps:
            if step.what in ("stage", "status") and not step.automatic:
                for run in step.runs:
                    order.setdefault(run.key, []).append((job, run))
    found = []
    for key, runs in order.items():
        running = [run for _job, run in runs if run.runs]
        skipped = Counter(words(run.reason) for _job, run in runs if not run.runs)
        example = (running or [run for _job, run in runs])[0]
        reason = skipped.most_common(1)[0][0] if skipped else None
        found.append(
            Aggregate(
                key, example.kind, len(running), sum(skipped.values()), words(example.says) or "", reason
            )
        )
    return found


def messages_to_clients(jobs: Sequence[PlannedJob]) -> tuple[int, int]:
    """(messages, clients) that a bulk plan sends."""
    sent = [
        (job.account.facts.id, effect)
        for job in jobs
        for _s, effect, _m in job.effects
        if isinstance(effect, SendEmail)
    ]
    return len(sent), len({account for account, _effect in sent})


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)
