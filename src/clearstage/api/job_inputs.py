"""What requests say about jobs, and how it becomes what the operations take."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _t
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from clearstage.engine.facts import JobStatus
from clearstage.kernel.errors import Invalid

from . import references
from .fields import (
    AccountReference,
    Day,
    Flag,
    Input,
    Minutes,
    Name,
    Parameters,
    Person,
    PersonOrRole,
    Priority,
    Reference,
    Text,
    Word,
)
from .paging import Paging

MOST_AT_ONCE = 1000
MOST_PEOPLE = 100
STATUSES = {"active": JobStatus.ACTIVE, "completed": JobStatus.COMPLETED, "archived": JobStatus.ARCHIVED}

Key = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Skip = Annotated[
    list[Key],
    Field(max_length=200, description="Keys of automations of the destination that are to be left out"),
]
JobId = Annotated[str, StringConstraints(max_length=60)]
Digest = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Expect = Annotated[
    Digest, Field(description="`digest` of the plan that was shown: nothing else is done (M4)")
]


def _digests(value: Any) -> Any:
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else value.values() if isinstance(value, dict) else [None]
    if not all(isinstance(text, str) and 0 < len(text) <= 64 for text in texts):
        raise ValueError(_t("has to be a digest, or digests by the ids of jobs"))
    return value


_DIGESTS = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
ExpectAny = Annotated[
    Any,
    BeforeValidator(_digests),
    WithJsonSchema(
        {**_DIGESTS, "description": "The plan's digest, or digests of the single jobs by their ids"}
    ),
]


class ClientBlockInput(Input):
    """What the client is told. What is not sent stays."""

    shown: bool = False
    status: Annotated[Reference | None, Field(description="A client-facing status")] = None
    description: Annotated[Text | None, Field(description="Null: the job follows the list's description")] = (
        None
    )
    job_name: Name | None = None

    def changes(self, where: str = "client_status") -> dict[str, Any]:
        found = self.given("shown", "description", "job_name")
        if "status" in self.model_fields_set:
            found["status"] = (
                references.client_status(self.status, f"{where}.status") if self.status is not None else None
            )
        if not found:
            raise Invalid([(where, _t("says nothing"))])
        return found


class Previewing(Parameters):
    preview: Annotated[Flag, Field(description="Answer the plan and do nothing")] = False


class JobFilters(Paging):
    pipeline: Word | None = None
    stage: Annotated[Word | None, Field(description="By name: in whatever pipeline it is")] = None
    status: Annotated[Word | None, Field(description="Active, Completed, Archived, or a custom status")] = (
        None
    )
    account: Word | None = None
    assignee: Word | None = None
    tag: Word | None = None
    due_before: Day | None = None
    overdue: Flag | None = None
    archived: Annotated[Flag, Field(description="Archived jobs are a list of their own")] = False
    q: Annotated[Word, Field(description="Looked for in the names of jobs and accounts")] = ""


class NewJobsInput(Input):
    """One job for each account."""

    accounts: Annotated[list[AccountReference], Field(min_length=1, max_length=MOST_AT_ONCE)]
    pipeline: Annotated[
        Reference | None, Field(description="May be left out where the template names one")
    ] = None
    stage: Annotated[Reference | None, Field(description="The template's, else the first")] = None
    template: Reference | None = None
    name: Annotated[Name, Field(description="May hold shortcodes such as [CURRENT_YEAR]")] = ""
    description: Text = ""
    priority: Priority = "medium"
    start: Day | None = None
    due: Day | None = None
    deadline: Day | None = None
    budget_minutes: Minutes | None = None
    assignees: Annotated[list[PersonOrRole], Field(max_length=MOST_PEOPLE)] = []
    client_status: ClientBlockInput | None = None
    apply_client_status_automation: Annotated[
        bool | None,
        Field(description="Whether the stage's automation speaks after the template (C7); left out: it does"),
    ] = None
    skip: Skip = []
    expect: Expect | None = None


class JobChanges(Input):
    """What is not sent stays; null empties what may be empty."""

    name: Name = ""
    description: Text = ""
    priority: Priority = "medium"
    start: Day | None = None
    due: Day | None = None
    deadline: Day | None = None
    budget_minutes: Minutes | None = None
    assignees: Annotated[list[Person], Field(max_length=MOST_PEOPLE)] = []
    client_status: ClientBlockInput | None = None


class MoveInput(Input):
    stage: Reference
    pipeline: Annotated[Reference | None, Field(description="The job's own, where it is left out")] = None
    skip: Skip = []
    client_status: ClientBlockInput | None = None
    unfinished: Annotated[
        dict[str, str],
        Field(
            max_length=2000,
            description="What becomes of what is still open: keep, finish or unlink, by the item's id (M3)",
        ),
    ] = {}
    expect: Expect | None = None


class JobList(Input):
    jobs: Annotated[list[JobId], Field(min_length=1, max_length=MOST_AT_ONCE)]
    expect: ExpectAny = None


class MovesInput(JobList, MoveInput):
    expect: ExpectAny = None


class StatusInput(Input):
    status: Annotated[
        Reference, Field(description="Active, Completed, Archived, or a custom status of the job's pipeline")
    ]
    skip: Skip = []
    client_status: ClientBlockInput | None = None
    expect: Expect | None = None


class StatusesInput(JobList, StatusInput):
    expect: ExpectAny = None
