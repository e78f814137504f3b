"""Chats as items that jobs wait for and clients are reminded of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from clearstage.asking.items import AskedItems
from clearstage.asking.operations import change, tell
from clearstage.engine.sentences import _, say
from clearstage.jobs.items import ClientItem, ItemView
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.messaging.operations.reminders import stop_reminders

from .models import Chat, ClientTask, ReadMarker
from .queries import message_documents, newest_messages, task_documents, with_tasks
from .spec import MAKING


class ChatItems(AskedItems[Chat]):
    name = "chat"
    icon = "messages"
    model = Chat
    making = MAKING

    def told(self, rows: list[Chat]) -> list[Chat]:
        return with_tasks(rows)

    def views(self, numbers: Collection[int]) -> dict[int, ItemView]:
        rows, newest = self.rows(numbers), newest_messages(numbers)
        for row in rows:
            row.newest = newest.get(row.pk, [])
        return {row.pk: self._view(row) for row in rows}

    def details(self, row: Chat) -> dict[str, Any]:
        return {
            "tasks": task_documents(row),
            "messages": message_documents(row.newest),
            "last_at": row.last_at,
        }

    def client_item(self, row: Chat) -> ClientItem:
        tasks, title = row.tasks.all(), row.translated(row.title)
        ticked = sum(task.ticked_at is not None for task in tasks)
        return ClientItem(
            self.name,
            row.pk,
            row.account_id,
            title,
            say(_("Do what is asked in “{title}”"), title=title),
            waits=row.is_open and ticked < len(tasks),
            due=row.due,
            hint=say(_("{ticked} of {all} done"), ticked=ticked, all=len(tasks)) if tasks else None,
        )

    def may_wait(self, accounts: Collection[int]) -> list[Chat]:
        return _rows_to_tick(accounts)

    def holds(self, number: int) -> bool:
        return ClientTask.objects.filter(chat=number).exists()

    def untouched(self, row: Chat) -> bool:
        """Neither written in nor ticked nor read by the client."""
        return row.version == 1 and not ReadMarker.objects.filter(chat=row, member=None).exists()

    def finish(self, actor: Actor, numbers: Collection[int]) -> None:
        """Finishing on behalf of a move closes the conversation: nothing is ticked that was not done."""
        rows = Chat.objects.select_for_update().filter(pk__in=numbers, state__in=Chat.OPEN_STATES)
        for row in rows.order_by("pk"):
            change(row, state="closed", finished_at=clock.now(), seen_version=row.seen_version + 1)
            tell(actor, row, "chat_closed")
        stop_reminders(self.name, numbers)

    def reopen_row(self, row: Chat) -> None:
        change(row, state="open", finished_at=None, seen_version=row.seen_version + 1)


@composed
def _rows_to_tick(accounts: Collection[int]) -> QuerySet[Chat]:
    waiting = Chat.objects.filter(account__in=accounts, state__in=Chat.OPEN_STATES)
    return waiting.filter(pk__in=ClientTask.objects.filter(ticked_at=None).values("chat")).order_by("pk")
