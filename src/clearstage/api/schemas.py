"""The forms of answers that several nouns share: the OpenAPI document shows them, the tests hold answers to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field

from .fields import Answer, Priority, Turn

T = TypeVar("T")


class Named(Answer):
    id: str
    name: str


class Person(Answer):
    id: str
    name: str
    email: str


class Page(Answer, Generic[T]):
    results: list[T]
    next: str | None = Field(description="The cursor of the next page, null on the last one")


class ChecklistEntry(Answer):
    text: str
    done: bool


class Item(Answer):
    """Something that hangs on jobs. Kinds add fields of their own; these are a task's."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    title: str
    state: str = Field(description="Of a task: open, in_progress, completed, cancelled")
    open: bool
    due: date | None
    account: Named
    jobs: list[str] = Field(description="Ids of the jobs it hangs on")
    scope: Literal["stage", "status"] | None = Field(description="The stay it was linked in (L1)")
    blocks: bool = Field(description="Whether it holds the stage or the custom status its job is in (L2)")
    made_by: str | None = Field(description="The key of the automation that made it")
    doers: list[str]


class TaskItem(Item):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["task"]
    version: int
    description: str
    priority: Priority
    start: date | None
    assignees: list[Person]
    checklist: list[ChecklistEntry]


Unheard = Annotated[
    list[str],
    Field(description="Names that were mentioned in vain: they may not see it, and are told nothing"),
]


class ClientTask(Answer):
    n: int
    title: str
    ticked: bool
    ticked_by: str
    ticked_at: datetime | None


class MessageAuthor(Answer):
    kind: Literal["member", "contact", "firm"] = Field(
        description="The firm itself where an automation wrote"
    )
    id: str | None
    name: str


class AttachedFile(Answer):
    id: str
    name: str
    size: int
    there: bool = Field(description="Not in the bin")


class Message(Answer):
    id: str
    at: datetime
    author: MessageAuthor
    internal: bool = Field(description="Between members alone; the client never sees it")
    text: str = Field(description="Markdown; empty where it was withdrawn")
    mentions: list[str] = Field(description="The names of the members who were told of it")
    withdrawn: bool
    files: list[AttachedFile]


class ChatItem(Item):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["chat"]
    state: Literal["open", "done", "closed", "archived"] = Field(
        description="Done: all its tasks are ticked, the conversation goes on"
    )
    version: int
    tasks: list[ClientTask]
    messages: list[Message] = Field(description="The newest fifty, internal ones among them")
    last_at: datetime


class OrganizerQuestion(Answer):
    key: str
    text: str
    type: str
    required: bool
    help: str
    options: list[str]
    shown: bool = Field(description="Whether it is asked, as the answers before it stand")
    answer: Any = Field(
        description="Numbers and amounts as exact texts, dates as ISO 8601, files by their ids"
    )


class OrganizerSection(Answer):
    title: str
    help: str
    questions: list[OrganizerQuestion]


class OrganizerProgress(Answer):
    answered: int
    of: int


class OrganizerItem(Item):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["organizer"]
    state: Literal["sent", "started", "submitted", "archived"]
    version: int
    template: str = Field(description="The name of the template it was made from")
    intro: str
    sections: list[OrganizerSection]
    answers: dict[str, Any] = Field(
        description="By the key of the question; those that count for nothing too"
    )
    prefilled: list[str] = Field(description="Keys of answers of last time that nobody has looked at yet")
    progress: OrganizerProgress
    missing: list[str] = Field(description="Keys of required questions without an answer")
    sealed: bool
    submitted_at: datetime | None
    submitted_by: str | None


class EntryFile(Answer):
    id: str
    name: str
    size: int = Field(description="In bytes")


class RequestEntry(Answer):
    """One thing that is asked for; `n` is its number in paths."""

    n: int
    title: str
    help: str
    kind: Literal["upload", "text", "either"]
    required: bool
    critical: bool
    due: date | None
    state: Literal["requested", "submitted", "accepted", "returned"]
    text: str
    not_applicable: str = Field(description="Why it does not apply, if that is the answer")
    reason: str = Field(description="Why it was returned")
    files: list[EntryFile]
    submissions: int = Field(description="How often it was answered")
    submitted_by: str
    submitted_at: datetime | None
    judged_by: str
    judged_at: datetime | None


class FinishRule(Answer):
    critical: Literal["all"]
    rest_percent: int


class EntryCounts(Answer):
    requested: int
    submitted: int
    accepted: int
    returned: int


class RequestItem(Item):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["request"]
    state: Literal["open", "finished", "archived"]
    version: int
    intro: str
    review: bool
    finish: FinishRule
    counts: EntryCounts
    entries: list[RequestEntry]


AnyItem = Annotated[TaskItem | ChatItem | OrganizerItem | RequestItem, Field(discriminator="kind")]


class ClientBlock(Answer):
    """What the client is told about a job (C2)."""

    shown: bool
    job_name: str
    status: Named | None
    description: str
    overridden: bool = Field(description="Whether the description is the job's own rather than the list's")
    turn: Turn | None
    since: datetime | None


class JobListed(Answer):
    """A job as lists show it."""

    id: str
    version: int
    name: str
    account: Named
    tags: list[str] = Field(description="The account's tags")
    pipeline: Named
    stage: Named
    status: str = Field(description="Active, Completed, Archived, or the custom status's name")
    client_status: ClientBlock
    assignees: list[Person]
    priority: Priority
    description: str
    start: date | None
    due: date | None
    deadline: date | None
    budget_minutes: int | None
    entered_stage_at: datetime
    created_at: datetime
    overdue: bool
    blockers: list[Item]
    items: list[Item]


class Why(Answer):
    here_because: str
    waits_for: list[str]
    turn: Turn
    stays_because: str


class Job(JobListed):
    """A job with why it is where it is (F3)."""

    why: Why


class PlannedAutomation(Answer):
    key: str
    kind: str
    runs: bool
    reason: str | None = Field(description="Why it does not run")
    says: str
    warning: str | None = None


class PlannedStep(Answer):
    what: str
    name: str
    automatic: bool
    why: str | None
    automations: list[PlannedAutomation]


class ClientSees(Answer):
    shown: bool
    job_name: str | None
    status: str | None
    description: str | None
    turn: Turn | None
    told: bool


class PlannedJob(Answer):
    """What happens to one job."""

    job: str | None = Field(description="Null for a job that is still to be made")
    name: str
    account: Named
    digest: str
    pipeline: Named
    stage: Named | None
    status: str
    automations: list[PlannedAutomation]
    finishes: list[str] = Field(
        description="What finishing open items does, before the conditions are judged"
    )
    steps: list[PlannedStep]
    effects: list[dict[str, Any]]
    waits_for: list[str]
    client_sees: ClientSees
    automove_problem: list[str]


class RefusedJob(Answer):
    """A job that does not go, with the reasons (A12)."""

    job: str | None = None
    name: str | None = None
    account: Named | None = None
    reasons: list[str]
    plan: PlannedJob | None = None


class RefusedAccount(Answer):
    """An account that gets no job, with the reasons."""

    account: dict[str, str | None]
    reasons: list[str]


class Plan(Answer):
    digest: str = Field(description="Send it as `expect`, and nothing else than this plan is done (M4)")
    jobs: list[PlannedJob]
    refused: list[RefusedJob]


class Automation(Answer):
    """An automation of an event: what ran, and what did not and why."""

    key: str
    kind: str
    runs: bool
    reason: str | None
    says: str


class Event(Answer):
    id: str
    at: datetime
    kind: str
    actor: str
    on_behalf: str | None
    via: str
    cause: str | None
    action: str | None
    job: str | None
    account: str | None
    revision: int | None
    says: str
    why: list[str]
    automations: list[Automation]
    data: dict[str, Any]
