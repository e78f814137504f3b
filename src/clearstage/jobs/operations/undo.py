"""Undo (M9): puts jobs back, takes back what has not gone out, and says honestly what it cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import Sentence, _, render, say
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound, Refused

from ..apply import block_values
from ..client_news import take_back_client_news
from ..gather import lock_jobs
from ..items import item_kind
from ..kinds import kind_named
from ..models import CommandRun, Job, JobAssignee, LinkedItem
from ..policies import can_undo
from .account_tags import put_tags_back, sees_tagged
from .automove import reopen_links
from .editing import block_of, plain
from .removing import remove_untouched_jobs

_OWN_FIELDS = ("name", "priority", "description", "start", "due")


def undo(actor: Actor, action: int) -> list[str]:
    """Undo one command with everything it set off; answers, in words, what could not be taken back.

    Raises `NotFound` where the actor sees none of its jobs, `Refused` after the grace, the second time, or when every
    job has gone on since.
    """
    with transaction.atomic():
        events = list(Event.objects.filter(action=action).order_by("-id"))
        jobs = sorted({event.job for event in events if event.job})
        run = CommandRun.objects.filter(pk=action).first()
        seen = set(Job.objects.visible_to(actor).filter(pk__in=jobs).values_list("pk", flat=True))
        if run is None or not (seen or sees_tagged(actor, events)):
            raise NotFound
        can_undo(actor, run.actor, run.kind).demand()
        if run.undone_at is not None:
            raise Refused([_t("This has been undone already.")])
        if clock.now() > run.undo_until:
            raise Refused(
                [_t("This can no longer be undone: its time has passed. Move the job back instead.")]
            )
        lock_jobs(jobs)
        claimed = CommandRun.objects.filter(pk=action, undone_at=None).update(undone_at=clock.now())
        if not claimed:
            raise Refused([_t("This has been undone already.")])
        done = _undo_events(action, events, seen)
        tagged = put_tags_back(events)
        could_not = [render(reason, _t) for reason in done.could_not]
        if not done.jobs and not tagged:
            raise Refused(could_not)
        record(actor, *[_undone(event, done) for event in events if event.job in done.jobs], *tagged)
        return could_not


@dataclass(slots=True)
class _Done:
    """The jobs for which something was undone, each with the pipeline it was in; what could not be, for whoever undoes;
    and what the history of each job says of that, which names no other job (X4)."""

    jobs: dict[int, int] = field(default_factory=dict)
    could_not: list[Sentence] = field(default_factory=list)
    of_job: dict[int, list[Sentence]] = field(default_factory=lambda: defaultdict(list))


def _undone(event: Event, done: _Done) -> Happening:
    """`left` is the pipeline in which the job was until then: open boards drop its card by this."""
    job = event.job or 0
    data = {
        "what": event.kind,
        "could_not": [str(reason) for reason in done.of_job[job]],
        "left": done.jobs[job],
    }
    return Happening("action_undone", data, job=event.job, account=event.account, cause=event.pk)


def _undo_events(action: int, events: list[Event], seen: Collection[int]) -> _Done:
    """In turn, the last first. Of jobs that are not `seen` nobody is told what could not be undone but those who read
    their history."""
    done = _Done()
    rows = {
        job.pk: job
        for job in Job.objects.filter(pk__in=[event.job for event in events]).select_related("stage")
    }
    for is_seen, in_turn in groupby(events, key=lambda event: event.job in seen):
        some = [event for event in in_turn if event.job in rows]
        told = _undo_some(action, some, rows, done)
        if is_seen:
            done.could_not += [reason for _job, reason in told]
        alone = len({event.job for event in some}) == 1
        for job, reason in told:
            if job is not None or alone:
                done.of_job[job or some[0].job or 0].append(reason)
    return done


Told = list[tuple[int | None, Sentence]]


def _undo_some(action: int, events: list[Event], rows: dict[int, Job], whole: _Done) -> Told:
    """What could not be undone, with the job that it names."""
    told: Told = []
    undone: dict[int, int] = {}
    done: dict[str, list[dict[str, Any]]] = defaultdict(list)
    added, back = [], list[Event]()
    for event in events:
        job = rows[event.job or 0]
        if event.kind == "job_edited":
            undone[job.pk] = job.pipeline_id
            told += [(job.pk, reason) for reason in _put_edit_back(job, event.data)]
            continue
        if job.placed_by != event.action:
            told.append((job.pk, say(_("“{job}” has gone on since and was left where it is."), job=job.name)))
            continue
        undone[job.pk] = job.pipeline_id
        for each in reversed(event.data.get("done", [])):
            done[each["by"]].append(each)
        if "before" not in event.data:
            added.append(job.pk)
            continue
        told += [(job.pk, reason) for reason in _put_back(job, event.data)]
        back.append(event)
    told += [(None, reason) for reason in _open_again(back)]
    for kind, kept in done.items():
        found = kind_named(kind)
        if found is not None:
            told += [(None, reason) for reason in found.undo(kept)]
    news = take_back_client_news(action, [event.pk for event in events if event.job in undone])
    told += [(None, reason) for reason in news]
    told += remove_untouched_jobs(added).items()
    whole.jobs |= undone
    return told


def _put_back(job: Job, data: dict[str, Any]) -> list[Sentence]:
    """The job as it was before, where nothing else has changed it since; says what was left as it is now."""
    before, after = data["before"], data["after"]
    pipeline, stage, status, custom = before["place"]
    entered_stage_at, status_since, client_since = before["moments"]
    fields: dict[str, Any] = {
        "pipeline_id": pipeline,
        "stage_id": stage,
        "status": status,
        "custom_status_id": custom,
        "visit": before["visit"][0],
        "status_visit": before["visit"][1],
        "saved_block": before.get("saved"),
        "placed_by": before["placed_by"],
        "entered_stage_at": entered_stage_at,
        "status_since": status_since,
        "version": job.version + 1,
    }
    for name, was, became in zip(_OWN_FIELDS, before["job"], after["job"], strict=True):
        present = getattr(job, name)
        if (present.isoformat() if isinstance(present, date) else present) == became:
            fields[name] = was
    could_not = []
    if block_values(block_of(job)) == after["block"]:
        fields |= {**dict(zip(_BLOCK, before["block"], strict=True)), "client_since": client_since}
    else:
        could_not.append(
            say(_("What the client is told about “{job}” was changed since and stays."), job=job.name)
        )
    Job.objects.filter(pk=job.pk).update(**fields)
    _put_assignees_back(job, set(before["assignees"]), set(after["assignees"]))
    _put_links_back(job, data)
    return could_not


_BLOCK = ("client_shown", "client_status_id", "client_description", "client_job_name")


def _put_edit_back(job: Job, data: dict[str, Any]) -> list[Sentence]:
    """Each field that is still as the edit left it gets its old value; the others are told."""
    fields: dict[str, Any] = {"version": job.version + 1}
    kept = []
    for name, (was, became) in data["changes"].items():
        if name == "assignees":
            _put_assignees_back(job, *(set(members) for members in data["members"]))
        elif name == "client_status" and block_values(block_of(job)) == became:
            fields |= {**dict(zip(_BLOCK, was, strict=True)), "client_since": data["since"]}
        elif name != "client_status" and plain(getattr(job, name)) == became:
            fields[name] = was
        else:
            kept.append(name.replace("_", " "))
    Job.objects.filter(pk=job.pk).update(**fields)
    if not kept:
        return []
    return [say(_("“{job}” was changed since; this stays: {fields}."), job=job.name, fields=kept)]


def _put_assignees_back(job: Job, before: set[int], after: set[int]) -> None:
    """One by one, so that what was changed by hand since survives."""
    JobAssignee.objects.filter(job=job, member__in=after - before).delete()
    JobAssignee.objects.bulk_create(
        [JobAssignee(job=job, member_id=member) for member in sorted(before - after)], ignore_conflicts=True
    )


def _open_again(events: list[Event]) -> list[Sentence]:
    """Items that the command finished, or whose finishing set it off, as far as nothing was done with them since."""
    finished = [
        (link, kind, item, event.data.get("finished_at"))
        for event in events
        for link, kind, item in (*event.data.get("finished", ()), *event.data.get("released_by", ()))
    ]
    links = LinkedItem.objects.filter(pk__in=[link for link, *_rest in finished])
    present = dict(links.exclude(finished_at=None).values_list("pk", "finished_at"))
    untouched: dict[str, dict[int, bool]] = defaultdict(dict)
    for link, kind, item, at in finished:
        if link in present:
            untouched[kind][item] = at is None or present[link] == parse_datetime(at)
    could_not = []
    for kind, items in untouched.items():
        views = item_kind(kind).views(items)
        again = [
            number for number, view in views.items() if items[number] and view.may_finish and not view.open
        ]
        item_kind(kind).unfinish(again)
        reopen_links(kind, again)
        could_not += [
            say(_("“{title}” stays finished."), title=view.title)
            for number, view in views.items()
            if number not in again and not view.open
        ]
    return could_not


def _put_links_back(job: Job, data: dict[str, Any]) -> None:
    unlinked = [each for each in data.get("unlinked", []) if _may_hang_again(job, each[0], each[1])]
    LinkedItem.objects.bulk_create(
        [
            LinkedItem(
                job=job,
                kind=kind,
                item=item,
                visit=visit,
                holds=holds,
                made_by=made_by,
                stage_id=data["before"]["place"][1],
            )
            for kind, item, visit, holds, made_by in unlinked
        ],
        ignore_conflicts=True,
    )
    for kind, item, *_rest in unlinked:
        item_kind(kind).hung_on([item], job.pk)


def _may_hang_again(job: Job, kind: str, item: int) -> bool:
    """Still there, still open, and not linked again since, where it hangs on one job only not to any other (L1)."""
    view = item_kind(kind).views([item]).get(item)
    links = LinkedItem.objects.filter(kind=kind, item=item)
    if item_kind(kind).several_jobs:
        links = links.filter(job=job)
    return view is not None and view.open and not links.exists()
