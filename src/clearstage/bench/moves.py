"""Moves against their floor: the same rows, written by hand-made SQL through the same driver, in the same run.

After each measured bulk move its rows are read back, taken away and written again by hand; only that second writing is
timed. Events cannot be taken away, so the floor writes them again under new ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction

from clearstage.clients.models import AccountTag
from clearstage.engine.planner import Move
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun, Job, JobAssignee, LinkedItem
from clearstage.jobs.operations.moving import move_job, move_jobs
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task, TaskAssignee

from .firm import Scene

FAR = 10_000_000


def measure(scene: Scene) -> dict[str, float]:
    stage = scene.pipeline.stages.get(name="Preparation").pk
    move = Move(scene.pipeline.pk, stage)
    product, floor = [], []
    for jobs in scene.rounds:
        _forget_tags()
        last = Event.objects.latest("pk").pk
        before = _raw("SELECT * FROM jobs_job WHERE id >= %s AND id <= %s ORDER BY id", [jobs[0], jobs[-1]])
        product.append(_seconds(partial(move_jobs, scene.actor, jobs, move)))
        rows = _read_back(jobs, last)
        _take_away(rows, before)
        floor.append(_seconds(partial(_write, rows)))
    singles = [_seconds(partial(move_job, scene.actor, job, move)) for job in scene.singles]
    count = len(scene.rounds[0])
    return {
        "bulk_move_over_floor": median(one / other for one, other in zip(product, floor, strict=True)),
        "moves_per_second": count / median(product),
        "floor_moves_per_second": count / median(floor),
        "single_moves_per_second": 1 / median(singles),
    }


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _forget_tags() -> None:
    """So that every round has tags to add and assignees to set."""
    AccountTag.objects.all().delete()


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def _raw(statement: str, values: Sequence[Any]) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        columns = [each[0] for each in cursor.description]
        return Table("", columns, cursor.fetchall())


def _read_back(jobs: list[int], last_event: int) -> list[Table]:
    first, final = jobs[0], jobs[-1]
    wanted = [
        (Job, "id >= %s AND id <= %s ORDER BY id", [first, final]),
        (Task, "job_id >= %s AND job_id <= %s", [first, final]),
        (
            TaskAssignee,
            "task_id IN (SELECT id FROM work_task WHERE job_id >= %s AND job_id <= %s)",
            [first, final],
        ),
        (LinkedItem, "job_id >= %s AND job_id <= %s", [first, final]),
        (JobAssignee, "job_id >= %s AND job_id <= %s", [first, final]),
        (AccountTag, "id > %s", [0]),
        (Delivery, "job >= %s AND job <= %s", [first, final]),
        (CommandRun, "id = (SELECT max(id) FROM jobs_commandrun)", []),
        (Event, "id > %s", [last_event]),
    ]
    found = []
    for model, where, values in wanted:
        name = model._meta.db_table
        table = _raw(f"SELECT * FROM {name} WHERE {where}", values)
        rows = table.rows
        if model is Event:
            rows = [(row[0] + FAR, *row[1:]) for row in rows]
        found.append(Table(name, table.columns, _as_written(rows)))
    return found


def _as_written(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """PostgreSQL's driver reads JSON as objects; it is written as text."""
    if connection.vendor != "postgresql":
        return rows
    import orjson

    return [
        tuple(orjson.dumps(each).decode() if isinstance(each, dict | list) else each for each in row)
        for row in rows
    ]


def _take_away(rows: list[Table], before: Table) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in reversed(rows):
            if table.name not in ("jobs_job", "events_event"):
                keys = [(row[table.columns.index("id")],) for row in table.rows]
                cursor.executemany(f"DELETE FROM {table.name} WHERE id = %s", keys)
        _update(cursor, before.columns, _as_written(before.rows))


def _write(rows: list[Table]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in rows:
            if table.name == "jobs_job":
                _update(cursor, table.columns, table.rows)
            else:
                names = ", ".join(f'"{column}"' for column in table.columns)
                gaps = ", ".join(["%s"] * len(table.columns))
                cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({gaps})", table.rows)


_FIXED = ("id", "account_id", "created_at", "made_by_id", "deadline", "budget_minutes")


def _update(cursor: Any, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """The columns a move writes, and no others."""
    places = [place for place, column in enumerate(columns) if column not in _FIXED]
    changes = ", ".join(f'"{columns[place]}" = %s' for place in places)
    key = columns.index("id")
    cursor.executemany(
        f"UPDATE jobs_job SET {changes} WHERE id = %s",
        [(*[row[place] for place in places], row[key]) for row in rows],
    )
