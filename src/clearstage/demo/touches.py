"""The small things people do between the big ones: start and tick tasks, comment, set dates, priorities and texts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from clearstage.engine.planner import Move
from clearstage.jobs.document import read_document
from clearstage.jobs.models import Job
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_jobs
from clearstage.jobs.operations.pipelines import add_custom_status, export_document, save_pipeline
from clearstage.jobs.operations.undo import undo
from clearstage.kernel import clock
from clearstage.work.operations.tasks import (
    comment_on_task,
    complete_task,
    create_task,
    edit_task,
    start_task,
)
from clearstage.work.spec import TaskSpec

from .setting_up import told
from .working_time import next_of, weekday, weekday_after

if TYPE_CHECKING:
    from .history import History
    from .stories import Story

LATE = 12
_OWN_CHANGES = 250  # places before today


class Touches:
    """Draws from the texts of remarks.yaml one after the other, so that none stands there twice before all are used."""

    def __init__(self, history: History) -> None:
        self.history, self.rng, self.time = history, history.rng, history.time
        self.texts = told("remarks")
        self.used: dict[str, int] = {}
        self.late: set[int] = set()

    def text(self, of: str) -> str:
        place = self.used.get(of, 0)
        self.used[of] = place + 1
        found: str = self.texts[of][place % len(self.texts[of])]
        return found.strip()

    def typed(self, batch: list[Story]) -> dict[str, Any]:
        """What somebody types when adding jobs; without a template, he takes them himself."""
        typed: dict[str, Any] = {}
        if batch[0].run.template is None:
            typed["assignees"] = {self.history.mover(batch[0]).id}
        if len(batch) == 1 and self.rng.random() < 0.25:
            typed["description"] = self.text("descriptions")
        return typed

    def plan(self, stories: list[Story]) -> None:
        """For a first call with all stories, also what happens once in the firm's life."""
        standing = [story for story in stories if not story.ending]
        for story in standing:
            begin = story.places[-1] + (self.time.last - story.places[-1]) * 2 // 3
            self.history.at(begin + 1, self._look_over, story)
        if len(stories) > 1:
            self._plan_once(standing)

    def _plan_once(self, standing: list[Story]) -> None:
        quiet = [story for story in standing if not story.held and self.time.last - story.places[-1] > 8]
        able = [story for story in standing if "due" not in story.run.typed and story.held != "On extension"]
        self.late = {id(story) for story in self.rng.sample(able, min(len(able), LATE))}
        chosen = iter(self.rng.sample(quiet, min(len(quiet), 18)))
        acts = (self._hide, 3), (self._tell, 2), (self._reassign, 4), (self._add_task, 6), (self._slip, 2)
        for act, count in acts:
            for story in islice(chosen, count):
                place = self.rng.randrange(story.places[-1] + 2, self.time.last - 1)
                self.history.at(place, act, story)
        self.history.at(_OWN_CHANGES, self._mail_the_reports)
        self.history.at(_OWN_CHANGES + 400, self._own_status)

    # On tasks

    def work_on(self, story: Story, step: int) -> None:
        """In the middle of a stay: the first of several tasks is done, or the only one is begun."""
        if story.others or story.held_now or self.history.has_left(story, step):
            return
        tasks, today = self.history.open_tasks(story), step == story.last_step()
        for task in tasks[:-1]:
            complete_task(task.doer, task.id)
        for task in tasks[-1:]:
            if self.rng.random() < (0.6 if today else 0.4):
                start_task(task.doer, task.id)
            if task.checklist and self.rng.random() < (0.7 if today else 0.4):
                ticked = self.rng.randint(1, len(task.checklist))
                entries = [{**each, "done": at < ticked} for at, each in enumerate(task.checklist)]
                edit_task(task.doer, task.id, {"checklist": entries})
            if self.rng.random() < (0.3 if today else 0.15):
                about_returns = story.pipeline.facts.name.startswith(("1040", "Business returns"))
                of = "comments_on_returns" if about_returns else "comments"
                comment_on_task(task.doer, task.id, self.text(of))

    def _add_task(self, story: Story) -> None:
        actor = self.history.demo.on_team(story.account, "preparer")
        assert actor.id is not None
        due = self.time.today + timedelta(days=self.rng.randint(-1, 9))
        create_task(actor, story.job, TaskSpec(self.text("tasks"), assignees=(actor.id,), due=due))

    # On jobs

    def _look_over(self, story: Story) -> None:
        """A partner goes through the open jobs: dates that can be kept, and what comes first."""
        job = Job.objects.get(pk=story.job)
        changes: dict[str, Any] = {}
        if (due := self._due(story, job.due)) != job.due:
            changes["due"] = due
        if self.rng.random() < 0.22:
            changes["priority"] = self.rng.choice(["high", "high", "high", "urgent", "low", "low"])
        if not job.description and self.rng.random() < 0.12:
            changes["description"] = self.text("descriptions")
        edit_job(self.history.demo.on_team(story.account, "partner"), story.job, changes)

    def _due(self, story: Story, present: date | None) -> date | None:
        today, chance = self.time.today, self.rng.random()
        if story.held == "On extension":
            return next_of(["10-15"] if "1040" in story.pipeline.facts.name else ["09-15"], today)
        if "due" in story.run.typed:
            return present
        if id(story) in self.late:
            return weekday(today - timedelta(days=self.rng.randint(1, 8)))
        if chance < 0.34:
            return weekday_after(today + timedelta(days=self.rng.randint(0, 7)))
        if present is None or present < today + timedelta(days=8):
            return weekday_after(today + timedelta(days=self.rng.randint(10, max(12, story.run.due_within))))
        return present

    def _hide(self, story: Story) -> None:
        edit_job(self.history.demo.on_team(story.account, "partner"), story.job, {}, block={"shown": False})

    def _tell(self, story: Story) -> None:
        """In the reviewer's own words, where the client is shown a status at all."""
        if Job.objects.filter(pk=story.job, client_status=None).exists():
            return
        block = {"shown": True, "description": self.text("told")}
        edit_job(self.history.demo.on_team(story.account, "reviewer"), story.job, {}, block=block)

    def _reassign(self, story: Story) -> None:
        samuel, mei = self.history.demo.people["samuel"], self.history.demo.people["mei"]
        assert mei.id is not None
        edit_job(samuel, story.job, {}, assignees={mei.id})

    def _slip(self, story: Story) -> None:
        """A card dropped on the wrong column, and taken back; where the column would not have it, nothing happens."""
        actor = self.history.demo.on_team(story.account, "reviewer")
        stages = story.pipeline.facts.stages
        wrong = stages[min(story.path[-1] + 2, len(stages) - 2)]
        moment = clock.now()
        outcome = move_jobs(actor, [story.job], Move(story.pipeline.id, wrong.id))
        if outcome.action is not None:
            with clock.at(moment + timedelta(seconds=5)):
                undo(actor, outcome.action)

    # On pipelines

    def _mail_the_reports(self) -> None:
        """The firm makes a pipeline its own: bookkeeping clients get an e-mail when their reports are there."""
        demo = self.history.demo
        document = export_document(demo.pipelines["monthly-bookkeeping"].id)
        stage = next(each for each in document["stages"] if each["stage"] == "Reports and delivery")
        stage["on_entry"].append({"email": self.texts["reports_email"]})
        save_pipeline(demo.people["samuel"], *read_document(document))

    def _own_status(self) -> None:
        demo = self.history.demo
        for name, statuses in self.texts["own_statuses"].items():
            for status in statuses:
                add_custom_status(demo.people["mei"], demo.pipelines[name].id, status)
