"""A planned job: the job as it would stand, and the steps and effects that bring it there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from . import shortcodes
from .dates import When, resolve
from .effects import Effect, MakeJob
from .facts import (
    AccountFacts,
    Brings,
    ClientBlock,
    Facts,
    JobFacts,
    JobStatus,
    LinkFacts,
    MemberFacts,
    PipelineFacts,
    SavedBlock,
    StageFacts,
    StatusFacts,
)
from .sentences import Sentence, _, say

MOST_LEVELS = 10
MOST_EFFECTS = 200


class Cannot(Exception):
    """An automation that cannot run for this job; the job does not enter (A11)."""

    def __init__(self, reason: Sentence, *, forbidden: bool = False) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.forbidden = forbidden


class TooMuch(Cannot):
    """A cascade past its bounds: the whole cause is refused, not only the automation that went too far (A13)."""


class PlannedAccount:
    """The account as the run sees it; shared by all jobs of the account in one plan, since tags are the account's."""

    __slots__ = ("facts", "members", "tags")

    def __init__(self, facts: AccountFacts) -> None:
        self.facts = facts
        self.tags: frozenset[str] = facts.tags
        self.members: frozenset[int] = facts.members


@dataclass(frozen=True, slots=True)
class Run:
    """One automation on arrival: whether it runs, why not, and what it does, in words."""

    key: str
    kind: str
    runs: bool
    says: Sentence
    reason: Sentence | None = None
    warns: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to the job: it enters a stage, is given a status, or returns to Active."""

    what: str
    id: int | None
    name: str
    automatic: bool
    why: Sentence | None = None
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the job was when an effect came about: the stay that a new item belongs to (L1)."""

    stage: int | None
    status: int | None
    visit: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An automove that could not be done (A11), or a status that could not be given; the job stays where it was."""

    stage: int
    stage_name: str
    problems: tuple[Sentence, ...]
    status: str = ""


@dataclass(frozen=True, slots=True)
class ClientSees:
    """C9: the whole of what a client is shown about a job's progress."""

    job_name: str
    status: str
    description: str
    turn: str


_CHANGING = (
    "name", "pipeline", "stage", "status", "custom", "visit", "status_visit", "visits", "block", "saved_block",
    "assignees", "priority", "start", "due", "description", "answers", "open_here", "finished_here",
    "open_in_stage", "finished_in_stage", "level",
)  # fmt: skip


class PlannedJob:
    """Mutable while it is planned, read only afterwards.

    `open_here` and `finished_here` count the blockers of the present stay: of the custom status while there is one,
    otherwise of the stage; the stage's own counts wait in `open_in_stage` and `finished_in_stage` meanwhile (S7).
    """

    def __init__(
        self,
        facts: Facts,
        before: JobFacts,
        account: PlannedAccount,
        level: int = 0,
        spent: list[int] | None = None,
    ) -> None:
        self.facts = facts
        self.before = before
        self.account = account
        self.pipeline: PipelineFacts = facts.pipelines[before.pipeline]
        self.stage: StageFacts | None = self.pipeline.stage(before.stage)
        self.status: JobStatus = before.status
        self.custom: StatusFacts | None = self.pipeline.status(before.custom_status)
        self.name = before.name
        self.visit = before.visit
        self.status_visit = before.status_visit
        self.visits = before.visits
        self.block: ClientBlock = before.block
        self.saved_block: SavedBlock | None = before.saved_block
        self.assignees: frozenset[int] = before.assignees
        self.priority = before.priority
        self.start: date | None = before.start
        self.due: date | None = before.due
        self.description = before.description
        self.answers: Mapping[str, Any] = before.answers
        self.level = level
        self.spent = spent if spent is not None else [0]
        self.open_in_stage, self.finished_in_stage = self.count(before.visit)
        self.open_here, self.finished_here = self.open_in_stage, self.finished_in_stage
        if self.custom is not None:
            self.open_here, self.finished_here = self.count(before.status_visit)
        self.steps: list[Step] = []
        self.effects: list[tuple[Scope, Effect, str]] = []
        self.problems: list[Sentence] = []
        self.forbidden = False
        self.failure: Failure | None = None
        self.finish: tuple[LinkFacts, ...] = ()
        self.unlink: tuple[LinkFacts, ...] = ()
        self.brought: list[Sentence] = []
        self.id = before.id
        self.parent: PlannedJob | None = None

    def count(self, visit: int) -> tuple[int, int]:
        """(open, finished) blockers of one stay."""
        links = self.before.links
        if not links:
            return 0, 0
        of_visit = [link.open for link in links if link.visit == visit and link.holds]
        return sum(of_visit), len(of_visit) - sum(of_visit)

    # What conditions are judged on

    @property
    def tag_keys(self) -> frozenset[str]:
        return self.account.tags

    @property
    def account_kind(self) -> str:
        return self.account.facts.kind

    @property
    def has_assignee(self) -> bool:
        return bool(self.assignees)

    # What automations ask

    @property
    def scope(self) -> Scope:
        stage = self.stage.id if self.stage else None
        if self.custom is not None:
            return Scope(stage, self.custom.id, self.status_visit)
        return Scope(stage, None, self.visit)

    def fill(self, text: str, contact_name: str = "", contact_email: str = "") -> str:
        """The text with its shortcodes filled for this job, as of now."""
        if "[" not in text:
            return text

        def value_of(code: str) -> str | None:
            if code.startswith("CONTACT_"):
                return self._contact_value(code, contact_name, contact_email)
            return self._value(code)

        return shortcodes.fill(text, value_of)

    def translations(self, kind: str, template: str) -> dict[str, dict[str, str]]:
        """The template's translations, for what is made from it: shortcodes filled as in the originals, once (T4)."""
        return {
            language: {self.fill(original): self.fill(text) for original, text in texts.items()}
            for language, texts in self.facts.translations_of(kind, template).items()
        }

    def _value(self, code: str) -> str | None:
        facts, account = self.facts, self.account.facts
        actor = facts.members.get(facts.actor.member or 0)
        match code:
            case "ACCOUNT_NAME":
                return account.name
            case "ACCOUNT_NUMBER":
                return account.number
            case "JOB_NAME":
                return self.name
            case "JOB_DUE":
                return self.due.isoformat() if self.due else ""
            case "PIPELINE_NAME":
                return self.pipeline.name
            case "STAGE_NAME":
                return self.stage.name if self.stage else ""
            case "FIRM_NAME":
                return facts.firm_name
            case "MEMBER_NAME":
                return actor.name if actor else facts.firm_name
            case "MEMBER_EMAIL":
                return actor.email if actor else ""
        return facts.date_values.get(code)

    def _contact_value(self, code: str, name: str, email: str) -> str | None:
        first = next(iter(self.account.facts.contacts), None)
        name = name or (first.name if first else self.account.facts.name)
        match code:
            case "CONTACT_NAME":
                return name
            case "CONTACT_FIRST_NAME":
                return name.split(" ")[0]
            case "CONTACT_EMAIL":
                return email or (first.email if first else "")
        return None

    def day(self, when: When | None) -> date | None:
        """The date that is meant, counted from today where it is relative."""
        return resolve(when, self.facts.today, self.facts.holidays)

    def people(self, names: Sequence[str]) -> tuple[list[MemberFacts], list[Sentence]]:
        """Resolve e-mails and `role:NAME` to members; what leads to nobody is said, not refused (T3)."""
        found: dict[int, MemberFacts] = {}
        gaps: list[Sentence] = []
        for name in names:
            if name.startswith("role:"):
                role = name[5:]
                holders = self.account.facts.roles.get(role.strip().casefold(), ())
                if self.pipeline.reviewer_is_not_preparer and role.strip().casefold() == "reviewer":
                    preparers = self.account.facts.roles.get("preparer", ())
                    holders = tuple(holder for holder in holders if holder not in preparers)
                active = [self.facts.members[each] for each in holders if each in self.facts.members]
                active = [member for member in active if member.active]
                if not active:
                    gaps.append(
                        say(_("nobody is {role} of {account}"), role=role, account=self.account.facts.name)
                    )
                found |= {member.id: member for member in active}
            else:
                one = self.facts.member_by_email(name)
                if one is None or not one.active:
                    gaps.append(say(_("{email} is no active member"), email=name))
                else:
                    found[one.id] = one
        return list(found.values()), gaps

    # What the planner does

    def finish_first(self, brings: Brings) -> None:
        """Let an item that is finished by the move bring along what it does, before anything is judged (L6)."""
        add, remove = brings.add - self.account.tags, brings.remove & self.account.tags
        self.account.tags = (self.account.tags | add) - remove
        self.answers = {**self.answers, **brings.answers}
        if brings.says is None:
            return
        changes = [
            say(text, tags=sorted(self.facts.tags[key].name for key in keys if key in self.facts.tags))
            for text, keys in ((_("takes off {tags}"), remove), (_("adds {tags}"), add))
            if keys
        ]
        tags = say(
            _("{what}, which changes the account's tags: {changes}"), what=brings.says, changes=changes
        )
        self.brought.append(tags if changes else brings.says)

    def take(self, effects: Iterable[Effect], made_by: str) -> None:
        """Let the effects of one automation change the planned job; `made_by` names the automation."""
        for effect in effects:
            effect.touch(self)
            self.effects.append((self.scope, effect, made_by))
            self.spent[0] += 1
        if self.spent[0] > MOST_EFFECTS:
            raise TooMuch(say(_("this would set off more than {most} effects"), most=MOST_EFFECTS))

    def remember(self) -> tuple[Any, ...]:
        """Everything a failed automove must put back."""
        return (
            tuple(getattr(self, name) for name in _CHANGING),
            self.account.tags,
            self.account.members,
            len(self.steps),
            len(self.effects),
            self.spent[0],
        )

    def put_back(self, memory: tuple[Any, ...]) -> None:
        values, self.account.tags, self.account.members, steps, effects, self.spent[0] = memory
        for name, value in zip(_CHANGING, values, strict=True):
            setattr(self, name, value)
        del self.steps[steps:]
        del self.effects[effects:]

    # What is made of it

    @property
    def refused(self) -> bool:
        return bool(self.problems)

    @property
    def changes(self) -> bool:
        return bool(self.steps or self.effects or self.finish or self.unlink or self.failure)

    @property
    def made_jobs(self) -> list[PlannedJob]:
        return [effect.job for _scope, effect, _made_by in self.effects if isinstance(effect, MakeJob)]

    @property
    def client_sees(self) -> ClientSees | None:
        """None where the job is hidden from the client."""
        if not self.block.shown:
            return None
        status = self.facts.client_statuses.get(self.block.status or 0)
        description = self.block.description
        return ClientSees(
            job_name=self.block.job_name or self.name,
            status=status.said_name if status else "",
            description=description
            if description is not None
            else (status.said_description if status else ""),
            turn=status.turn if status else "nobody",
        )

    @property
    def tells_client(self) -> bool:
        """Whether the client is mailed his new status (C12): the firm wants it, and it is one that he sees."""
        before, after = self.before.block, self.block
        news = not self.before.id or not before.shown or before.status != after.status
        return self.facts.tells_client_status and after.shown and news

    @property
    def digest(self) -> str:
        """Stands for all that was shown of this job's plan (M4)."""
        sees = self.client_sees
        parts = (
            self.before.id,
            self.before.account,
            self.before.stage,
            self.before.status,
            self.before.custom_status,
            self.name,
            self.pipeline.id,
            self.stage.id if self.stage else None,
            self.status,
            self.custom.id if self.custom else None,
            [
                (step.what, step.id, [(run.key, run.kind, run.runs, str(run.reason)) for run in step.runs])
                for step in self.steps
            ],
            [effect.fingerprint() for _scope, effect, _made_by in self.effects],
            [link.id for link in self.finish],
            [link.id for link in self.unlink],
            [str(each) for each in self.brought],
            (sees.job_name, sees.status, sees.description, sees.turn) if sees else None,
            self.tells_client,
            [str(problem) for problem in self.problems],
            [str(problem) for problem in self.failure.problems] if self.failure else None,
        )
        return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12).hexdigest()
