"""Drafts of new jobs: what was typed, over what the template says, over what the pipeline gives (M10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clearstage.engine import dates
from clearstage.engine.facts import AccountFacts, ClientBlock, Facts, JobFacts, JobStatus, PipelineFacts
from clearstage.engine.planned import Cannot, PlannedAccount, PlannedJob
from clearstage.engine.sentences import _, say


def draft_from_template(
    facts: Facts,
    account: AccountFacts,
    pipeline: PipelineFacts,
    body: Mapping[str, Any],
    typed: Mapping[str, Any] | None = None,
) -> JobFacts:
    """A new job before it has a stage. `body` is a job template's, `typed` holds ready values by field name.

    Shortcodes of the template are filled; the typed values are taken as they are, except that the name may hold some,
    and that among the assignees (members' ids) `role:NAME` stands for whoever has that role for the account.
    """
    typed = typed or {}
    blank = JobFacts(0, 1, pipeline.name, account.id, pipeline.id)
    empty = PlannedJob(facts, blank, PlannedAccount(account))
    name = empty.fill(typed.get("name") or body.get("name") or pipeline.name)[:200]
    start = (
        typed["start"]
        if "start" in typed
        else dates.resolve(_when(body.get("start")), facts.today, facts.holidays)
    )
    due_as = _when(body.get("due"))
    due = typed["due"] if "due" in typed else dates.resolve(due_as, start or facts.today, facts.holidays)
    named = typed["assignees"] if "assignees" in typed else body.get("assignees", [])
    people, _gaps = empty.people([each for each in named if isinstance(each, str)])
    assignees = frozenset(
        [person.id for person in people] + [each for each in named if isinstance(each, int)]
    )
    return JobFacts(
        id=0,
        version=1,
        name=name,
        account=account.id,
        pipeline=pipeline.id,
        status=JobStatus.ACTIVE,
        block=_block(facts, empty, body.get("client_status"), typed.get("block")),
        assignees=assignees,
        priority=typed.get("priority") or body.get("priority") or "medium",
        start=start,
        due=due,
        description=typed["description"]
        if "description" in typed
        else empty.fill(body.get("description", "")),
        deadline=typed.get("deadline"),
        budget_minutes=typed.get("budget_minutes") or body.get("budget_minutes"),
    )


def _when(text: str | None) -> dates.When | None:
    return dates.parse_when(text) if text else None


def _block(
    facts: Facts, job: PlannedJob, settings: Mapping[str, Any] | None, typed: Mapping[str, Any] | None
) -> ClientBlock:
    """C7: the template's client-facing block, with what a person chose laid over it."""
    block = ClientBlock()
    if settings:
        status = facts.client_status_named(settings["show"]) if settings.get("show") else None
        if settings.get("show") and status is None:
            raise Cannot(say(_("there is no client-facing status “{name}” any more"), name=settings["show"]))
        block = ClientBlock(
            shown=not settings.get("hide", False),
            status=status.id if status else None,
            description=job.fill(settings["description"]) if settings.get("description") else None,
            job_name=job.fill(settings["job_name"]) if settings.get("job_name") else None,
        )
    return block.with_changes(typed) if typed else block
