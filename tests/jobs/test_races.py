"""What waits for another process goes by what that one has left."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, transaction

from clearstage.jobs.models import Job
from clearstage.jobs.operations.command import preview
from clearstage.jobs.operations.moving import move_job
from clearstage.work.models import Task

from .conftest import TAX, MakeJob, Save


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


@pytest.mark.only_postgres
@pytest.mark.django_db(transaction=True)
def test_a_move_that_waited_goes_by_the_pipeline_that_was_saved_meanwhile(
    make_job: MakeJob,
    to: Any,
    save: Save,
    owner_actor: Any,
    in_another_thread: Callable[..., Future[Any]],
) -> None:  # M4, M13
    job, move = make_job(), to("Preparation")
    preview(owner_actor, [job.pk], move)  # so that this process knows the pipeline as it was
    saved, go_on = Signal(), Signal()

    def save_slowly() -> None:
        with transaction.atomic():
            list(
                Job.objects.select_for_update().filter(pk=job.pk)
            )  # as saving does with jobs that it sends on
            save(TAX.replace("Prepare the return", "Prepare it anew"))
            saved.set()
            assert go_on.wait(20)

    saving = in_another_thread(save_slowly)
    assert saved.wait(20)
    moving = in_another_thread(move_job, owner_actor, job.pk, move)
    until = time.monotonic() + 20
    while not somebody_waits():
        assert time.monotonic() < until
        time.sleep(0.02)
    go_on.set()
    saving.result(20)
    assert moving.result(20).plan.going
    assert list(
        Task.objects.filter(job=job, title__startswith="Prepare").values_list("title", flat=True)
    ) == ["Prepare it anew"]
