"""What the engine is told: frozen pictures of the rows a plan depends on, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from . import shortcodes
from .conditions import Condition
from .sentences import Sentence
from .translations import Translations, said

if TYPE_CHECKING:
    from .effects import Effect
    from .planned import PlannedJob


class JobStatus(StrEnum):
    """S1: the three statuses every pipeline has, and CUSTOM for one of the pipeline's own."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"
    CUSTOM = "custom"


class Action(Protocol):
    """A kind of automation bound to its settings; see `clearstage.jobs.kinds`."""

    @property
    def kind(self) -> str: ...

    def describe(self, job: PlannedJob) -> Sentence:
        """What it does to this job, in words (M2)."""

    def plan(self, job: PlannedJob) -> Iterable[Effect]:
        """What it would do to this job; raises `Cannot` where it cannot run (A11)."""


@dataclass(frozen=True, slots=True)
class AutomationFacts:
    key: str
    made_by: str
    action: Action
    condition: Condition | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class StageFacts:
    id: int
    name: str
    position: int
    automove: bool = False
    condition: Condition | None = None
    automations: tuple[AutomationFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusFacts:
    id: int
    name: str
    restore_client_status: bool = False
    automations: tuple[AutomationFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class PipelineFacts:
    id: int
    name: str
    revision: int
    stages: tuple[StageFacts, ...]
    statuses: tuple[StatusFacts, ...] = ()
    pass_through: bool = False
    reviewer_is_not_preparer: bool = False

    def stage(self, stage_id: int | None) -> StageFacts | None:
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def stage_named(self, name: str) -> StageFacts | None:
        return next(
            (stage for stage in self.stages if stage.name.casefold() == name.strip().casefold()), None
        )

    def status(self, status_id: int | None) -> StatusFacts | None:
        return next((status for status in self.statuses if status.id == status_id), None)

    def status_named(self, name: str) -> StatusFacts | None:
        return next(
            (status for status in self.statuses if status.name.casefold() == name.strip().casefold()), None
        )


@dataclass(frozen=True, slots=True)
class ClientBlock:
    """C2: what the client is told. Without a description of its own the job follows the firm's list."""

    shown: bool = False
    status: int | None = None
    description: str | None = None
    job_name: str | None = None

    def with_changes(self, changes: Mapping[str, Any]) -> ClientBlock:
        """The block after a person's or an automation's change; choosing another status drops the old description."""
        if "status" in changes and changes["status"] != self.status and "description" not in changes:
            changes = {**changes, "description": None}
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class SavedBlock:
    """S15: the block before a custom status changed it, and what it was changed to."""

    before: ClientBlock
    after: ClientBlock


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """L1: an item that hangs on the job. `visit` says in which stay (of a stage or status) it was linked."""

    id: int
    kind: str
    item: int
    visit: int
    holds: bool
    open: bool
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class Brings:
    """What finishing an item brings along before jobs are judged (L6): tags of its account (by `tag_key`) and answers
    (by `answer_key`). `says` is what is done, in words; `problems` are why it cannot be finished as it stands.
    """

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    answers: Mapping[str, Any] = field(default_factory=dict)
    says: Sentence | None = None
    problems: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class JobFacts:
    """A job as it stands; `id` is 0 for one that is only planned. Visits count stays, never reused (L2).

    `moments` are since when it is in its stage, in its status, and tells the client what it tells; `placed_by` is
    the command that gave it its place: both kept for undo.
    """

    id: int
    version: int
    name: str
    account: int
    pipeline: int
    stage: int | None = None
    status: JobStatus = JobStatus.ACTIVE
    custom_status: int | None = None
    visit: int = 0
    status_visit: int = 0
    visits: int = 0
    block: ClientBlock = ClientBlock()
    saved_block: SavedBlock | None = None
    assignees: frozenset[int] = frozenset()
    priority: str = "medium"
    start: date | None = None
    due: date | None = None
    description: str = ""
    links: tuple[LinkFacts, ...] = ()
    deadline: date | None = None
    budget_minutes: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    moments: tuple[datetime | None, ...] = ()
    placed_by: int | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    id: int
    name: str
    email: str
    notify: bool
    login: bool
    language: str = ""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    id: int
    name: str
    kind: str
    number: str = ""
    tags: frozenset[str] = frozenset()
    roles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    contacts: tuple[ContactFacts, ...] = ()
    members: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class MemberFacts:
    id: int
    name: str
    email: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class ClientStatusFacts:
    id: int
    name: str
    description: str
    turn: str
    deleted: bool = False
    translations: Translations = field(default_factory=dict)

    @property
    def said_name(self) -> str:
        return said(self.name, self.translations, "name")

    @property
    def said_description(self) -> str:
        return said(self.description, self.translations, "description")


@dataclass(frozen=True, slots=True)
class TagFacts:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """Who set it off. `may_tag` decides X3; None as member means the firm itself (automation, worker)."""

    member: int | None
    name: str
    may_tag: bool = True


@dataclass(frozen=True)
class Facts:
    """Everything one plan is made from. Tags are keyed by `tag_key`, names of other things by casefold.

    `brings` tells of items that are to be finished by the command, by (kind, item).
    """

    now: datetime
    today: date
    actor: ActorFacts
    firm_name: str = ""
    undo_minutes: int = 0
    hold_minutes: int = 0
    tells_client_status: bool = False
    holidays: frozenset[date] = frozenset()
    members: Mapping[int, MemberFacts] = field(default_factory=dict)
    client_statuses: Mapping[int, ClientStatusFacts] = field(default_factory=dict)
    tags: Mapping[str, TagFacts] = field(default_factory=dict)
    templates: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    translations: Mapping[tuple[str, str], Translations] = field(default_factory=dict)
    pipelines: Mapping[int, PipelineFacts] = field(default_factory=dict)
    accounts: Mapping[int, AccountFacts] = field(default_factory=dict)
    jobs: tuple[JobFacts, ...] = ()
    brings: Mapping[tuple[str, int], Brings] = field(default_factory=dict)

    @cached_property
    def date_values(self) -> dict[str, str]:
        """What the date shortcodes stand for today."""
        return shortcodes.date_values(self.today)

    @cached_property
    def job_of_link(self) -> dict[int, int]:
        """Which job each link belongs to: choices for many jobs come as one mapping."""
        return {link.id: job.id for job in self.jobs for link in job.links}

    def member_by_email(self, email: str) -> MemberFacts | None:
        wanted = email.strip().casefold()
        return next((member for member in self.members.values() if member.email.casefold() == wanted), None)

    def client_status_named(self, name: str) -> ClientStatusFacts | None:
        wanted = name.strip().casefold()
        living = (status for status in self.client_statuses.values() if not status.deleted)
        return next((status for status in living if status.name.casefold() == wanted), None)

    def pipeline_named(self, name: str) -> PipelineFacts | None:
        wanted = name.strip().casefold()
        return next(
            (pipeline for pipeline in self.pipelines.values() if pipeline.name.casefold() == wanted), None
        )

    def template(self, kind: str, name: str) -> Mapping[str, Any] | None:
        return self.templates.get((kind, name.strip().casefold()))

    def translations_of(self, kind: str, name: str) -> Translations:
        """What the texts of a template are in other languages, shortcodes and all."""
        return self.translations.get((kind, name.strip().casefold()), {})
