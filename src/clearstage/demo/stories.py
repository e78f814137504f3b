"""What becomes of each job of the demo: which stages it goes through, and when. Thought out backwards, from today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from clearstage.engine.conditions import tag_key

from .setting_up import Demo, DemoAccount, DemoPipeline, told
from .working_time import DAYS, WorkingTime, names_of_periods, next_of, paydays

LONGEST_STAY = 20
AT_ONCE = 4
FIRST_JOBS = 40  # the place of the first jobs, most of a day after the firm was set up


@dataclass(slots=True)
class Run:
    """One entry of boards.yaml, with its names filled."""

    pipeline: DemoPipeline
    mover: str
    template: str | None = None
    name: str | None = None
    typed: dict[str, Any] = field(default_factory=dict)
    within: int = DAYS - 4
    due_within: int = 32


@dataclass(slots=True)
class Story:
    """The way of one job. `path` has stage positions, `places` when it enters each.

    `others` go the same way at the same time, in commands for all of them. `rich`: more happens in it than in others.
    """

    run: Run
    account: DemoAccount
    path: list[int]
    places: list[int]
    name: str | None = None
    tag: str = ""
    stuck: bool = False
    ending: str = ""
    held: str = ""
    was_held: dict[int, str] = field(default_factory=dict)
    others: list[Story] = field(default_factory=list)
    held_now: bool = False
    rich: bool = False
    job: int = 0

    @property
    def jobs(self) -> list[int]:
        return [story.job for story in (self, *self.others) if story.job]

    @property
    def pipeline(self) -> DemoPipeline:
        return self.run.pipeline

    def stage(self, step: int) -> int:
        return self.pipeline.facts.stages[self.path[step]].id

    def last_step(self) -> int:
        return len(self.path) - 1


class _Subject:
    """What conditions of stages are judged on, before the job exists."""

    priority = "medium"
    has_assignee = True
    answers: dict[str, Any] = {}

    def __init__(self, account: DemoAccount, tag: str) -> None:
        self.account_kind = account.given.kind
        self.tag_keys = {tag_key(each) for each in [*account.tags, *([tag] if tag else [])]}


def _opens(pipeline: DemoPipeline, position: int, account: DemoAccount, tag: str = "") -> bool:
    """Whether a stage lets jobs of an account in."""
    condition = pipeline.facts.stages[position].condition
    return condition is None or condition.why_not(_Subject(account, tag)) is None


def story_of_made_job(
    demo: Demo, time: WorkingTime, rng: Random, account: DemoAccount, pipeline: int, place: int
) -> Story:
    """The way of a job that an automation made, from its first stage on, for as far as the time reaches."""
    name, found = next((name, each) for name, each in demo.pipelines.items() if each.id == pipeline)
    title = told("boards")["made"][name].format(**names_of_periods(time.today))
    story = Story(Run(found, "partner"), account, [0], [place], title)
    for stage in found.facts.stages[1:]:
        if not _opens(found, stage.position, story.account):
            continue
        limit = min(found.limits[story.path[-1]] or 4, LONGEST_STAY)
        onward = time.onward(story.places[-1], limit * rng.uniform(0.3, 0.85))
        if onward > time.last - 3:
            return story
        story.path.append(stage.position)
        story.places.append(onward)
    story.ending = "completed"
    return story


def think_of_stories(demo: Demo, time: WorkingTime, rng: Random) -> list[Story]:
    """One story for each job that people add."""
    names = names_of_periods(time.today)
    stories: list[Story] = []
    for each in told("boards")["runs"]:
        stories += _Thinking(demo, time, rng, each, names).stories()
    return stories


class _Thinking:
    """About one run."""

    def __init__(
        self, demo: Demo, time: WorkingTime, rng: Random, plan: dict[str, Any], names: dict[str, str]
    ) -> None:
        self.time, self.rng, self.plan = time, rng, plan
        self.pipeline = demo.pipelines[plan["pipeline"]]
        self.run = Run(self.pipeline, plan["mover"], plan.get("template"))
        self.run.within = plan.get("within", self.run.within)
        self.run.due_within = plan.get("due_within", self.run.due_within)
        self.run.name = plan["name"].format(**names) if "name" in plan else None
        if "due" in plan:
            self.run.typed["due"] = paydays(time.today)[plan["due"]]
        if "deadlines" in plan:
            self.run.typed["deadline"] = next_of(plan["deadlines"], time.today)
        self.sure = dict(plan.get("sure", {}))
        self.names = [text.format(**names) for text in plan.get("names", [])]
        wanted, kind, tag = plan["for"], plan.get("kind"), plan.get("tag")
        self.accounts = [
            account
            for account in demo.accounts
            if wanted in account.comes_for
            and kind in (None, account.given.kind)
            and (tag is None or tag in account.tags)
            and plan.get("without") not in account.tags
        ]
        rng.shuffle(self.accounts)

    def stories(self) -> list[Story]:
        found = [self._story(*end) for end in self._ends()]
        for name, story in zip(self.names, found, strict=False):
            story.name = name
        self._send_back(found)
        self._hold(found)
        if self.plan.get("together"):
            self._join(found)
        return found

    def _ends(self) -> list[tuple[DemoAccount, int, str, bool, str]]:
        """(account, last stage, tag, stuck, ending): stages with conditions choose first, among those who meet them."""
        wanted = []
        for stage, count in self.plan.get("stand", {}).items():
            said = count if isinstance(count, dict) else {"count": count}
            end = (self.pipeline.position(stage), said.get("tag", ""), said.get("stuck", False), "")
            wanted += [end] * said["count"]
        for ending in ("completed", "archived"):
            count = self.plan.get("finished", {}).get(ending, 0)
            wanted += [(len(self.pipeline.limits) - 1, "", False, ending)] * count
        wanted.sort(key=lambda end: self.pipeline.facts.stages[end[0]].condition is None or bool(end[1]))
        return [
            (self._take(position, tag), position, tag, stuck, ending)
            for position, tag, stuck, ending in wanted
        ]

    def _take(self, position: int, tag: str) -> DemoAccount:
        sure = self.sure.get(self.pipeline.facts.stages[position].name)
        taken = set(self.sure.values()) - {sure}
        for account in self.accounts:
            name = account.given.name
            if sure in (None, name) and name not in taken and _opens(self.pipeline, position, account, tag):
                self.accounts.remove(account)
                self.sure = {stage: each for stage, each in self.sure.items() if each != name}
                return account
        raise LookupError(f"nobody is left for {self.pipeline.facts.stages[position].name}")

    def _story(self, account: DemoAccount, last: int, tag: str, stuck: bool, ending: str) -> Story:
        begins = self.pipeline.position(self.plan["begins"]) if "begins" in self.plan else 0
        path = [at for at in range(begins, last) if _opens(self.pipeline, at, account)] + [last]
        story = Story(self.run, account, path, [], self.run.name, tag, stuck, ending)
        story.rich = account.given.name in self.plan.get("sure", {}).values()
        self._give_places(story)
        return story

    def _give_places(self, story: Story) -> None:
        """Backwards from the last stage, each stay a part of what its stage allows."""
        if story.ending:
            ago = timedelta(days=self.rng.uniform(*self.plan["finished"]["ago"]))
            last = self.time.near(self.time.now - ago)
        else:
            last = self.time.back(self.time.last, self._stay_until_today(story.path[-1]))
        first = max(FIRST_JOBS, story.account.place + 1)
        start = self.time.moments[last] if story.ending else self.time.now
        first = max(first, self.time.before(start) - self._places_in(self.run.within))
        stays = [self._stay(at) for at in story.path[:-1]]
        room = (self.time.moments[max(last, first)] - self.time.moments[first]).total_seconds() / 86400
        scale = min(1.0, 0.95 * room / sum(stays)) if stays else 1.0
        places = [last]
        for stay in reversed(stays):
            places.append(self.time.back(places[-1], stay * scale))
        places.reverse()
        places[0] = max(story.account.place + 1, self.time.morning(places[0]), FIRST_JOBS)
        for at in range(1, len(places)):  # a scaled-down way must still go forward
            places[at] = max(places[at], places[at - 1] + 2)
        story.places = places

    def _places_in(self, days: int) -> int:
        return self.time.last - self.time.ago(days)

    def _stay(self, position: int) -> float:
        late = self.rng.random() < 0.12
        factor = self.rng.uniform(1.1, 1.6) if late else self.rng.uniform(0.35, 1.0)
        return factor * min(self.pipeline.limits[position] or 4, LONGEST_STAY)

    def _stay_until_today(self, position: int) -> float:
        late = self.rng.random() < 0.13
        factor = self.rng.uniform(1.1, 2.2) if late else self.rng.uniform(0.1, 0.9)
        return factor * min(self.pipeline.limits[position] or 4, 24)

    def _send_back(self, stories: list[Story]) -> None:
        """A reviewer finds something: back, and forward again within the time the review had."""
        if "sent_back" not in self.plan:
            return
        review, earlier, count = self.plan["sent_back"]
        review, earlier = self.pipeline.position(review), self.pipeline.position(earlier)
        able = [story for story in stories if review in story.path[:-1]]
        able = [story for story in able if self._room_after(story, story.path.index(review)) > 20]
        for story in self.rng.sample(able, min(count, len(able))):
            step = story.path.index(review)
            begin, room = story.places[step], self._room_after(story, step)
            story.path[step + 1 : step + 1] = [earlier, review]
            story.places[step + 1 : step + 1] = [begin + room // 3, begin + 2 * room // 3]

    def _room_after(self, story: Story, step: int) -> int:
        return story.places[step + 1] - story.places[step]

    def _hold(self, stories: list[Story]) -> None:
        """Who is in a custom status today, and who was."""
        for status, stage, count in self.plan.get("held", []):
            at = self.pipeline.position(stage)
            able = [
                story
                for story in stories
                if story.path[-1] == at and not (story.held or story.ending or story.rich)
            ]
            able = [story for story in able if self.time.last - story.places[-1] > 3] or able
            for story in self.rng.sample(able, min(count, len(able))):
                story.held = status
        for status, stage, count in self.plan.get("was_held", []):
            at = self.pipeline.position(stage)
            able = [story for story in stories if at in story.path[:-1] and not story.was_held]
            able = [story for story in able if self._room_after(story, story.path.index(at)) > 12]
            for story in self.rng.sample(able, min(count, len(able))):
                story.was_held[story.path.index(at)] = status

    def _join(self, stories: list[Story]) -> None:
        """A few at a time go through a run that is over side by side."""
        leaders: dict[tuple[Any, ...], Story] = {}
        for story in stories:
            if not story.ending or story.was_held:
                continue
            way = (story.ending, tuple(story.path))
            leader = leaders.setdefault(way, story)
            if leader is story:
                continue
            story.places = leader.places
            leader.others.append(story)
            if len(leader.others) + 1 == AT_ONCE:
                del leaders[way]
