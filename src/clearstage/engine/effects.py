"""Effects: the things a plan does. Each knows how it touches the planned job, and what of it the digest covers.

The digest leaves out what only the clock decides (a due date counted from today), so that a plan shown before midnight
can be confirmed after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from .dates import When
from .facts import ClientBlock

if TYPE_CHECKING:
    from .planned import PlannedJob


class Effect(Protocol):
    @property
    def kind(self) -> str:
        """The automation kind that carries it out."""

    def touch(self, job: PlannedJob) -> None:
        """Change the planned job, so that later automations of the same run see it (A3)."""

    def fingerprint(self) -> tuple[Any, ...]:
        """What must be the same for the plan to count as the one that was shown (M4)."""


class ItemSpec(Protocol):
    """What an item kind is given to make one item; belongs to the kind."""

    def fingerprint(self) -> tuple[Any, ...]: ...


@dataclass(frozen=True, slots=True)
class SetClientBlock:
    kind: ClassVar[str] = "client_status"
    block: ClientBlock

    def touch(self, job: PlannedJob) -> None:
        job.block = self.block

    def fingerprint(self) -> tuple[Any, ...]:
        block = self.block
        return ("block", block.shown, block.status, block.description, block.job_name)


@dataclass(frozen=True, slots=True)
class MakeItem:
    kind: str
    spec: ItemSpec
    holds: bool

    def touch(self, job: PlannedJob) -> None:
        if self.holds:
            job.open_here += 1

    def fingerprint(self) -> tuple[Any, ...]:
        return ("item", self.kind, *self.spec.fingerprint())


@dataclass(frozen=True, slots=True)
class ChangeTags:
    """Keys of tags (`tag_key`) that the account gains and loses."""

    kind: ClassVar[str] = "tags"
    add: tuple[str, ...]
    remove: tuple[str, ...]

    def touch(self, job: PlannedJob) -> None:
        job.account.tags = (job.account.tags - set(self.remove)) | set(self.add)

    def fingerprint(self) -> tuple[Any, ...]:
        return ("tags", self.add, self.remove)


@dataclass(frozen=True, slots=True)
class ChangeAccess:
    """Members who gain and lose sight of the account."""

    kind: ClassVar[str] = "access"
    add: tuple[int, ...]
    remove: tuple[int, ...]

    def touch(self, job: PlannedJob) -> None:
        job.account.members = (job.account.members - set(self.remove)) | set(self.add)

    def fingerprint(self) -> tuple[Any, ...]:
        return ("access", self.add, self.remove)


@dataclass(frozen=True, slots=True)
class ChangeAssignees:
    kind: ClassVar[str] = "assignees"
    members: frozenset[int]

    def touch(self, job: PlannedJob) -> None:
        job.assignees = self.members

    def fingerprint(self) -> tuple[Any, ...]:
        return ("assignees", tuple(sorted(self.members)))


@dataclass(frozen=True, slots=True)
class UpdateJob:
    """New values of the job's own fields; a date may come with the relative date it was counted from."""

    kind: ClassVar[str] = "update_job"
    priority: str | None = None
    name: str | None = None
    description: str | None = None
    start: date | None = None
    due: date | None = None
    start_as: When | None = None
    due_as: When | None = None

    def touch(self, job: PlannedJob) -> None:
        job.priority = self.priority or job.priority
        job.name = self.name or job.name
        job.description = self.description if self.description is not None else job.description
        job.start = self.start or job.start
        job.due = self.due or job.due

    def fingerprint(self) -> tuple[Any, ...]:
        return ("job", self.priority, self.name, self.description, str(self.start_as), str(self.due_as))


@dataclass(frozen=True, slots=True)
class SendEmail:
    """One message to one address; held back for the firm's undo grace (M9). It has a `language` if it is translated."""

    kind: ClassVar[str] = "email"
    to_name: str
    to_email: str
    subject: str
    text: str
    sender: int | None
    language: str = ""

    def touch(self, job: PlannedJob) -> None:
        pass

    def fingerprint(self) -> tuple[Any, ...]:
        return ("email", self.to_email, self.subject, self.text, self.sender)


@dataclass(frozen=True, slots=True)
class Notify:
    kind: ClassVar[str] = "notify"
    members: tuple[int, ...]
    text: str

    def touch(self, job: PlannedJob) -> None:
        pass

    def fingerprint(self) -> tuple[Any, ...]:
        return ("notify", self.members, self.text)


@dataclass(frozen=True, slots=True)
class MakeJob:
    """A further job, with everything that its own first stage sets off."""

    kind: ClassVar[str] = "create_job"
    job: PlannedJob

    def touch(self, job: PlannedJob) -> None:
        pass

    def fingerprint(self) -> tuple[Any, ...]:
        return ("job made", self.job.digest)
