"""What became of a command, or would."""

from __future__ import annotations

from dataclasses import dataclass, field

from clearstage.engine.planned import PlannedJob
from clearstage.engine.planner import Plan


@dataclass(slots=True)
class Outcome:
    """What became of a command; `changed` are jobs whose plan was no longer what was shown."""

    plan: Plan
    action: int | None = None
    changed: list[PlannedJob] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
