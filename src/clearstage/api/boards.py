"""The board of a pipeline, as the API answers it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from clearstage.jobs.board import BoardFilter, Card, board
from clearstage.jobs.queries import client_block, named
from clearstage.kernel.actor import Actor
from clearstage.kernel.ids import public_id

from . import references, schemas
from .fields import Answer, Color, Day, Flag, Parameters, Priority, Word
from .job_inputs import STATUSES


class BoardCard(Answer):
    id: str
    version: int
    name: str
    account: schemas.Named
    status: str
    client_status: schemas.ClientBlock
    tags: list[str]
    assignees: list[str]
    priority: Priority
    start: date | None
    due: date | None
    overdue: bool
    open_blockers: int
    blockers_due: Literal["", "soon", "overdue"]
    days_in_stage: int
    too_long: bool


class BoardColumn(Answer):
    stage: schemas.Named
    color: Color
    automove: bool
    time_limit: int | None
    condition: str | None
    count: int = Field(description="Of all jobs of the stage, also of those that are not among the cards")
    cards: list[BoardCard]
    more: bool


class Board(Answer):
    pipeline: schemas.Named
    today: date
    columns: list[BoardColumn]


class BoardFilters(Parameters):
    q: Word = ""
    assignee: Word | None = None
    tag: Word | None = None
    status: Annotated[Word | None, Field(description="Active, Completed, or a custom status")] = None
    overdue: Flag = False
    due_before: Day | None = None
    sort: Annotated[
        Literal["time", "due", "account", "priority"], Field(description="Time in stage is newest first")
    ] = "time"


def board_document(actor: Actor, pipeline: int, asked: BoardFilters) -> dict[str, Any]:
    found = board(actor, pipeline, _chosen(pipeline, asked))
    return {
        "pipeline": named("pipeline", found.pipeline.pk, found.pipeline.name),
        "today": found.today,
        "columns": [
            {
                "stage": named("stage", column.stage.pk, column.stage.name),
                "color": column.stage.color,
                "automove": column.stage.automove,
                "time_limit": column.stage.time_limit,
                "condition": column.condition or None,
                "count": column.count,
                "cards": [_card(card) for card in column.cards],
                "more": len(column.cards) < column.count,
            }
            for column in found.columns
        ],
    }


def _chosen(pipeline: int, asked: BoardFilters) -> BoardFilter:
    return BoardFilter(
        q=asked.q,
        assignee=references.member(asked.assignee, "assignee") if asked.assignee is not None else None,
        tag=references.tag(asked.tag)[1] if asked.tag is not None else "",
        status=_board_status(pipeline, asked.status) if asked.status is not None else "",
        overdue=asked.overdue,
        due_before=asked.due_before,
        sort=asked.sort,
    )


def _board_status(pipeline: int, text: str) -> str:
    """As the board takes it: `active`, `completed`, or the custom status's name."""
    if text.strip().casefold() in STATUSES:
        return text.strip().casefold()
    listed_statuses = references.statuses([pipeline])
    number = listed_statuses.demand(text, "status", references.no_status(text))
    return dict(listed_statuses.entries)[number]


def _card(card: Card) -> dict[str, Any]:
    job = card.job
    return {
        "id": public_id("job", job.pk),
        "version": job.version,
        "name": job.name,
        "account": named("account", job.account_id, job.account.name),
        "status": card.status,
        "client_status": client_block(job),
        "tags": [name for name, _color in card.tags],
        "assignees": card.assignees,
        "priority": job.priority,
        "start": job.start,
        "due": job.due,
        "overdue": card.overdue,
        "open_blockers": card.open_blockers,
        "blockers_due": card.blockers_due,
        "days_in_stage": card.days_in_stage,
        "too_long": card.too_long,
    }
