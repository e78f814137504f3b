"""What a task is made from, however it comes about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from clearstage.engine.dates import When


@dataclass(frozen=True, slots=True)
class TaskSpec:
    title: str
    description: str = ""
    assignees: tuple[int, ...] = ()
    priority: str = "medium"
    start: date | None = None
    due: date | None = None
    start_as: When | None = None
    due_as: When | None = None
    checklist: tuple[str, ...] = ()

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            self.title,
            self.description,
            self.assignees,
            self.priority,
            str(self.start_as),
            str(self.due_as),
            self.checklist,
        )
