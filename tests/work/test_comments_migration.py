"""Comments on tasks that were made before comments had one place are found there, and go back with the migration."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clearstage.kernel import clock
from clearstage.messaging.models import Comment
from clearstage.work.models import Task

BEFORE, AFTER = [("work", "0001_initial")], [("work", "0002_comments_of_messaging")]


def migrate(to: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.mark.django_db(transaction=True)
def test_no_comment_is_lost_in_either_direction(make_account: Any, owner: Any) -> None:
    account = make_account()
    task = Task.objects.create(title="Review", account=account, created_at=clock.now())
    apps = migrate(BEFORE)
    try:
        old = apps.get_model("work", "TaskComment")
        for text in ("Half done.", "Done."):
            old.objects.create(task_id=task.pk, member_id=owner.pk, text=text, at=clock.now())
        migrate(AFTER)
        rows = Comment.objects.order_by("pk").values_list("kind", "item", "account", "member", "text")
        assert list(rows) == [
            ("task", task.pk, account.pk, owner.pk, text) for text in ("Half done.", "Done.")
        ]
        apps = migrate(BEFORE)
        back = apps.get_model("work", "TaskComment").objects.order_by("pk").values_list("text", flat=True)
        assert list(back) == ["Half done.", "Done."]
        assert not Comment.objects.exists()
    finally:
        migrate(AFTER)
