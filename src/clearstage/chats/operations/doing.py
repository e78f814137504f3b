"""What the client is to do in a conversation, ticked by either side; and ending the conversation."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _t

from clearstage.asking.operations import Followed, change, locked, settle, tell, tell_the_firm, unsettle
from clearstage.engine.sentences import _, say
from clearstage.jobs.models import LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound, Refused

from ..models import Chat, ClientTask
from ..policies import can_lead, can_take_part, can_tick
from ..templates import MOST_TASKS
from .beginning import LONGEST_TITLE


def tick_task(actor: Actor, chat: int, n: int, done: bool = True) -> Followed:
    """Tick or untick a client task. With the last one the chat is done, and every job it hangs on is judged (L7);
    unticking one opens it again and moves no job back (L8). What is so already is no change (M12)."""
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        can_take_part(actor).demand()
        tasks = {task.n: task for task in ClientTask.objects.filter(chat=row)}
        task = tasks.get(n)
        if task is None:
            raise NotFound
        if (task.ticked_at is not None) == done:
            return Followed(row, None)
        if not can_tick(actor, row):
            raise Refused([can_tick(actor, row).why])
        ClientTask.objects.filter(pk=task.pk).update(
            ticked_at=clock.now() if done else None, ticked_by=actor.name if done else ""
        )
        data = {"task": task.title, "n": n}
        event = tell(actor, row, "chat_task_ticked" if done else "chat_task_unticked", data)
        if actor.kind == "contact":
            _tell(actor, row, task, event, done)
        if done:
            left = any(each.ticked_at is None for each in tasks.values() if each.n != n)
            return Followed(row, _finished(actor, row, event, left))
        _unfinished(row)
        return Followed(row, None)


def _tell(actor: Actor, row: Chat, task: ClientTask, event: int, done: bool) -> None:
    words = (
        _("{client} ticked “{task}” in “{title}”") if done else _("{client} unticked “{task}” in “{title}”")
    )
    tell_the_firm(actor, row, event, say(words, client=actor.name, task=task.title, title=row.title))


def _finished(actor: Actor, row: Chat, event: int, left: bool) -> int | None:
    """With the last task; a chat that was finished before (closed, then written in again) stays as it is."""
    seen = row.seen_version + 1
    if left or row.state != "open":
        change(row, seen_version=seen)
        return None
    change(row, state="done", finished_at=clock.now(), seen_version=seen)
    return settle(actor, row, event)


def _unfinished(row: Chat) -> None:
    was_done = row.state == "done"
    state = {"state": "open", "finished_at": None} if was_done else {}
    change(row, **state, seen_version=row.seen_version + 1)
    if was_done:
        unsettle(row)


def add_task(actor: Actor, chat: int, title: str) -> ClientTask:
    """One more thing to do; jobs that the chat hangs on wait for it, where they are still in the same stay."""
    checks = Checks()
    checks.storable({"title": title})
    title = checks.line("title", title, LONGEST_TITLE)
    checks.demand()
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        can_lead(actor).demand()
        if row.state == "closed":
            raise Refused([_t("This conversation is closed.")])
        last = ClientTask.objects.filter(chat=row).aggregate(last=Max("n"))["last"] or 0
        if last >= MOST_TASKS:
            raise Refused([_t("A conversation has at most {most} things to do.").format(most=MOST_TASKS)])
        task = ClientTask.objects.create(chat=row, n=last + 1, title=title)
        tell(actor, row, "chat_task_added", {"task": title, "n": task.n})
        LinkedItem.objects.filter(kind=Chat.KIND, item=row.pk).update(holds=True)
        _unfinished(row)
        return task


def close_chat(actor: Actor, chat: int) -> Followed:
    """Ended: finished whatever is unticked, so jobs are judged (L7). Closing it again changes nothing."""
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        can_lead(actor).demand()
        if row.state == "closed":
            return Followed(row, None)
        change(
            row,
            state="closed",
            finished_at=row.finished_at or clock.now(),
            seen_version=row.seen_version + 1,
        )
        event = tell(actor, row, "chat_closed")
        return Followed(row, settle(actor, row, event))


def reopen_chat(actor: Actor, chat: int) -> Chat:
    """Goes on; where something is left to do it is waited for again, and no job moves back (L8)."""
    with transaction.atomic():
        row = locked(Chat, actor, chat)
        can_lead(actor).demand()
        if row.state == "closed":
            reopen_row(row)
            tell(actor, row, "chat_reopened")
        return row


def reopen_row(row: Chat) -> None:
    """Open again, or done where every task is ticked."""
    tasks = ClientTask.objects.filter(chat=row)
    all_ticked = tasks.exists() and not tasks.filter(ticked_at=None).exists()
    seen = row.seen_version + 1
    if all_ticked:
        change(row, state="done", seen_version=seen)
    else:
        change(row, state="open", finished_at=None, seen_version=seen)
        unsettle(row)
