"""Living the demo's ninety days: what the stories say, done in the order of time through the firm's own operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import Any

from django.db.models import F, QuerySet

from clearstage.clients.models import Account
from clearstage.clients.operations.accounts import edit_account
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import FINISH, Move, SetStatus
from clearstage.jobs.items import item_kind
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.adding import NewJobs, add_jobs, reasons_of
from clearstage.jobs.operations.automove import finish_links
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_job, move_jobs, set_job_status, set_jobs_status
from clearstage.jobs.operations.outcome import Outcome
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import ClearstageError
from clearstage.messaging.operations.reminding import remind_one
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import deliver_due
from clearstage.work.models import Task
from clearstage.work.operations.tasks import complete_task

from .asides import Asides
from .clients import KINDS, Clients
from .setting_up import Demo, open_account
from .stories import Story, story_of_made_job
from .touches import Touches
from .working_time import WorkingTime

_ENDING_PAUSE = 30
_REMINDING = 35  # days ago the firm began to have clients reminded
_TIDYING = 160  # about every third day somebody archives what is over


@dataclass(frozen=True, slots=True)
class OpenTask:
    id: int
    checklist: list[dict[str, Any]]
    doer: Actor


class History:
    """A queue of what happens when. `refused` keeps what an operation would not do; in a sound demo it stays empty."""

    def __init__(self, demo: Demo, time: WorkingTime, rng: Random) -> None:
        self.demo, self.time, self.rng = demo, time, rng
        self.queue: list[tuple[int, int, Callable[[], object]]] = []
        self.queued = 0
        self.refused: list[str] = []
        self.newest_job = 0
        self.archiving: dict[int, list[Story]] = defaultdict(list)
        self.movers: dict[int, str] = {}
        self.clients = Clients(self)
        self.touches = Touches(self)

    def at(self, place: int, act: Callable[..., object], *given: object) -> None:
        """Have something done at a place of the working time; what lies in the future is not done."""
        if place <= self.time.last:
            self.queued += 1
            whole: Callable[[], object] = partial(act, *given)
            heappush(self.queue, (place, self.queued, whole))

    def live(self, stories: list[Story]) -> None:
        for account in self.demo.accounts:
            if not account.id:
                self.at(account.place, open_account, self.demo, account)
        for story in stories:
            self.movers.setdefault(story.pipeline.id, story.run.mover)
        self._plan_batches(stories)
        self.touches.plan(stories)
        Asides(self).plan(stories)
        delivered, reminded = 0, self.time.ago(_REMINDING)
        for place, within in self._in_order():
            if self.time.morning(place) > reminded:
                reminded = self.time.morning(place)
                self._remind(self.time.moments[place])
            if place // 3 != delivered:
                self._deliver(self.time.moments[place])
                delivered = place // 3
            _place, _number, act = heappop(self.queue)
            with clock.at(self.time.moments[place] + within):
                self._do(act)
        self._deliver(self.time.now)
        self._compare(stories)

    def _compare(self, stories: list[Story]) -> None:
        """Everybody is where he was to be today."""
        stages = dict(Job.objects.values_list("pk", "stage"))
        astray = [story for story in stories if stages.get(story.job) != story.stage(story.last_step())]
        self.refused += [f"{story.account.given.name}: {story.name} stands elsewhere" for story in astray]

    def _in_order(self) -> Iterator[tuple[int, timedelta]]:
        """(place, time into it) of the next thing, for as long as there is one."""
        last, count = -1, 0
        while self.queue:
            place = self.queue[0][0]
            last, count = place, count + 1 if place == last else 0
            yield place, timedelta(seconds=min(7 + 9 * count + self.rng.randrange(9), 590))

    def _do(self, act: Callable[[], object]) -> None:
        try:
            act()
        except ClearstageError as error:
            self.refused.append(f"{clock.now():%Y-%m-%d %H:%M} {type(error).__name__} {error}")

    def _note(self, outcome: Outcome) -> None:
        self.refused += [f"{job.name} {reasons_of(job)}" for job in outcome.plan.refused]
        self.refused += [f"job {job} was not found" for job in outcome.missing]

    def _deliver(self, moment: datetime) -> None:
        with clock.at(moment - timedelta(seconds=1)):
            while Delivery.objects.filter(state=Delivery.State.PENDING).exists() and deliver_due():
                pass

    def _remind(self, moment: datetime) -> None:
        with clock.at(moment):
            while remind_one():
                pass

    # Adding

    def _plan_batches(self, stories: list[Story]) -> None:
        """Jobs that are added by one command: the same kind, the same morning, the same hand."""
        batches: dict[tuple[Any, ...], list[Story]] = defaultdict(list)
        for story in stories:
            batches[story.places[0], story.name, id(story.run), self.mover(story)].append(story)
        for batch in batches.values():
            self.at(batch[0].places[0], self._add, batch)
        led = {id(other) for story in stories for other in story.others}
        for story in stories:
            if id(story) not in led:
                self._plan_story(story)

    def _plan_story(self, story: Story) -> None:
        for step in range(len(story.path)):
            self._plan_stay(story, step)
        self._plan_ending(story)

    def _add(self, batch: list[Story]) -> None:
        run, by_account = batch[0].run, {story.account.id: story for story in batch}
        typed = {**run.typed, **self.touches.typed(batch)}
        if batch[0].name:
            typed["name"] = batch[0].name
        actor, first = self.mover(batch[0]), batch[0].stage(0)
        added = add_jobs(actor, NewJobs(list(by_account), run.pipeline.id, first, run.template, typed))
        for job in added.plan.going:
            by_account[job.account.facts.id].job = job.id
            self.newest_job = max(self.newest_job, job.id)
        self._note(added)

    # Going on

    def _plan_stay(self, story: Story, step: int) -> None:
        begin, is_last = story.places[step], step == story.last_step()
        end = self.time.last if is_last else story.places[step + 1]
        room = end - begin
        if step in story.was_held:
            self.at(begin + room // 4, self.hold, story, story.was_held[step])
            self.at(begin + 3 * room // 4, self.go_back_to_active, story)
        elif is_last and story.held:
            self.at(begin + max(1, room // 2), self.hold, story, story.held)
        elif room > 6 and (is_last or self.rng.random() < 0.35):
            self.at(begin + int(room * self.rng.uniform(0.3, 0.8)), self.touches.work_on, story, step)
        if self._asks(story, step):
            self._plan_answers(story, begin, end, is_last)
        if is_last and (story.stuck or story.ending):
            pause = _ENDING_PAUSE if story.ending else max(1, room // 3)
            self.at(begin + pause, self._complete_all, story)
        elif not is_last:
            self.at(end, self._leave, story, step)

    def _asks(self, story: Story, step: int) -> bool:
        """Whether the stage asks the client for something."""
        automations = story.pipeline.facts.stages[story.path[step]].automations
        return any(each.action.kind in KINDS for each in automations)

    def _plan_answers(self, story: Story, begin: int, end: int, is_last: bool) -> None:
        if story.ending or story.others:
            return
        if not is_last and end - begin > 3 and self.rng.random() < 0.15:
            self.at(self.rng.randint(begin + 1, end - 2), self.clients.send, story, True)
        elif is_last and end - begin > 2 and (story.rich or self.rng.random() < 0.75):
            self.at(begin + max(1, (end - begin) // 3), self.clients.send, story, False)

    def _leave(self, story: Story, step: int) -> None:
        """The stage's work is done: automove takes the job on, or a person does."""
        status = _status_there(story.job, story.stage(step))
        if not status:
            return
        story.held_now |= status[0] == JobStatus.CUSTOM  # reminders may have been in vain
        if story.held_now:
            self.go_back_to_active(story)
        if story.tag and step + 1 == story.last_step():
            self._tag(story)
        if story.path[step + 1] < story.path[step]:
            self._send_back(story, step)
        elif not self._complete_all(story):
            onward = Move(story.pipeline.id, story.stage(step + 1))
            self._note(move_jobs(self.mover(story), story.jobs, onward))
        if story.pipeline.makes_jobs(story.path[step + 1]):
            self._adopt()

    def has_left(self, story: Story, step: int) -> bool:
        return not _status_there(story.job, story.stage(step))

    def _send_back(self, story: Story, step: int) -> None:
        links = LinkedItem.objects.filter(job=story.job, visit=F("job__visit"), finished_at=None)
        unfinished = dict.fromkeys(links.values_list("pk", flat=True), FINISH)
        back = Move(story.pipeline.id, story.stage(step + 1), unfinished=unfinished)
        move_job(self.demo.on_team(story.account, "reviewer"), story.job, back)

    def _complete_all(self, story: Story, of: str = "stage") -> bool:
        """Each by whom it is given to; answers whether anything followed by itself."""
        tasks = self.open_tasks(story, of)
        followed = self.clients.finish(story, of)
        if not story.others:
            actions = [complete_task(task.doer, task.id).action for task in tasks]
            return followed or any(actions)
        by_doer: dict[Actor, list[int]] = defaultdict(list)
        for task in tasks:
            by_doer[task.doer].append(task.id)
        actions = [self._complete_at_once(doer, numbers) for doer, numbers in by_doer.items()]
        return followed or any(actions)

    def _complete_at_once(self, doer: Actor, tasks: list[int]) -> int | None:
        item_kind("task").finish(doer, tasks)
        return finish_links(doer, "task", tasks)

    def open_tasks(self, story: Story, of: str = "stage") -> list[OpenTask]:
        """The open tasks that came with a stage (or status), in the order they were made."""
        found: dict[int, OpenTask] = {}
        for number, made_by, checklist, member in _open_tasks(story.jobs):
            if made_by.startswith(of):
                doer = self.demo.by_id.get(member) or self.mover(story)
                found.setdefault(number, OpenTask(number, checklist, doer))
        return list(found.values())

    def mover(self, story: Story) -> Actor:
        return self.demo.on_team(story.account, self.movers[story.pipeline.id])

    def _tag(self, story: Story) -> None:
        tags = list(Account.objects.get(pk=story.account.id).tags.values_list("name", flat=True))
        edit_account(self.mover(story), story.account.id, {"tags": [*tags, story.tag]})

    # Custom statuses

    def hold(self, story: Story, status: str) -> None:
        number = story.pipeline.statuses[status]
        set_job_status(self.mover(story), story.job, SetStatus(JobStatus.CUSTOM, number))
        story.held_now = True
        if story.pipeline.makes_jobs(status=number):
            self._adopt()

    def go_back_to_active(self, story: Story) -> None:
        """By finishing what the status waits for, or by hand where it waits for nothing."""
        if story.held_now and not self._complete_all(story, "status"):
            set_job_status(self.mover(story), story.job, SetStatus(JobStatus.ACTIVE))
        story.held_now = False

    # Ending

    def _plan_ending(self, story: Story) -> None:
        if not story.ending:
            return
        done = story.places[-1] + _ENDING_PAUSE + 1
        self.at(min(done, self.time.last), self._complete, story)
        if story.ending == "archived":
            tidying = min((done + 40) // _TIDYING + 1, (self.time.last - 1) // _TIDYING) * _TIDYING
            if tidying not in self.archiving:
                self.at(tidying, self._archive, self.archiving[tidying])
            self.archiving[tidying].append(story)

    def _complete(self, story: Story) -> None:
        self._complete_all(story)
        self._note(set_jobs_status(self.mover(story), story.jobs, SetStatus(JobStatus.COMPLETED)))

    def _archive(self, stories: list[Story]) -> None:
        jobs = [job for story in stories for job in story.jobs]
        self._note(set_jobs_status(self.demo.people["samuel"], jobs, SetStatus(JobStatus.ARCHIVED)))

    # Jobs that automations made

    def _adopt(self) -> None:
        """Jobs that others made, by hand or by themselves, get a name, somebody who does them, and a story of their
        own."""
        place = self.time.before(clock.now())
        accounts = {each.id: each for each in self.demo.accounts}
        for job in Job.objects.filter(pk__gt=self.newest_job).order_by("pk"):
            self.newest_job = job.pk
            story = story_of_made_job(
                self.demo, self.time, self.rng, accounts[job.account_id], job.pipeline_id, place
            )
            story.job = job.pk
            mover = self.mover(story)
            assert mover.id is not None
            edit_job(self.demo.people["samuel"], job.pk, {"name": story.name}, assignees={mover.id})
            self._plan_story(story)
            self.touches.plan([story])


@composed
def _status_there(job: int, stage: int) -> QuerySet[Job, str]:
    return Job.objects.filter(pk=job, stage=stage).values_list("status", flat=True)


@composed
def _open_tasks(jobs: Collection[int]) -> QuerySet[Task, tuple[Any, ...]]:
    tasks = Task.objects.filter(job__in=jobs, state__in=Task.OPEN_STATES).order_by("pk")
    return tasks.values_list("pk", "made_by", "checklist", "assignees")
