"""A plan as its dialog shows it: what a person decided so far, and the lines that come of it (M2, M3, M5, C6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clearstage.engine.effects import MakeItem
from clearstage.engine.planned import PlannedJob
from clearstage.engine.planner import FINISH, KEEP, UNLINK, Choices, Plan
from clearstage.jobs.items import ItemView
from clearstage.jobs.kinds import kind_named
from clearstage.jobs.models import ClientStatus, Job
from clearstage.jobs.operations.command import Expected
from clearstage.jobs.operations.outcome import Outcome
from clearstage.jobs.present import Aggregate, aggregate, messages_to_clients, refusals, words
from clearstage.jobs.queries import links_of
from clearstage.kernel.errors import Invalid

from .asking import number

HIDE, SHOW = "hide", "show"
LEFT_OUT = "left out by hand"


@dataclass(frozen=True)
class Decided:
    """What a person has chosen in the dialog. `client` is empty (as planned), hide, show, or a status's number."""

    skip: frozenset[str] = frozenset()
    client: str = ""
    description: str | None = None
    unfinished: Mapping[int, str] = field(default_factory=dict)
    every: str = KEEP
    seen: tuple[str, ...] | None = None

    @property
    def choices(self) -> Choices:
        changes: dict[str, Any] = {}
        if self.client in (HIDE, SHOW):
            changes["shown"] = self.client == SHOW
        elif self.client:
            changes |= {"shown": True, "status": number(self.client)}
        if self.description is not None:
            changes["description"] = self.description or None
        return Choices(self.skip, changes or None)


def decided(ask: QueryDict) -> Decided:
    """Read the dialog's form. An unticked box sends nothing, so each box says beside it that it was offered."""
    client = ask.get("client", "")
    if (
        client not in ("", HIDE, SHOW)
        and not ClientStatus.objects.filter(pk=number(client) or 0, deleted_at=None).exists()
    ):
        raise Invalid([("client", _("There is no such client-facing status any more."))])
    typed, planned = _text(ask.get("description")), _text(ask.get("described"))
    unfinished = {
        int(name[5:]): choice
        for name, choice in ask.items()
        if name.startswith("item-") and number(name[5:]) and choice in (KEEP, FINISH, UNLINK)
    }
    return Decided(
        skip=frozenset(ask.getlist("offered")) - frozenset(ask.getlist("run")),
        client=client,
        description=typed if typed is not None and typed != (planned or "") else None,
        unfinished=unfinished,
        every=ask.get("items", KEEP),
        seen=tuple(filter(None, ask.getlist("seen"))) if "seen" in ask and "show" not in ask else None,
    )


def _text(value: str | None) -> str | None:
    return None if value is None else value.replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class OpenItem:
    """Something the job still waits for where it is now, and what is to become of it (M3)."""

    link: int
    job: int
    item: ItemView
    choice: str


def open_items(jobs: Sequence[Job], choice: Decided) -> list[OpenItem]:
    """The open blockers of the stages these jobs are in."""
    visits = {job.pk: job.visit for job in jobs}
    return [
        OpenItem(view.link.pk, job, view.item, choice.unfinished.get(view.link.pk, KEEP))
        for job, views in links_of(jobs).items()
        for view in views
        if view.link.holds and view.link.finished_at is None and view.link.visit == visits[job]
    ]


def unfinished(items: Sequence[OpenItem], choice: Decided) -> dict[int, str]:
    """What the move is told about each; where many jobs go, one answer counts for all (M5)."""
    if choice.every == KEEP:
        return {each.link: each.choice for each in items if each.choice != KEEP}
    return {each.link: choice.every for each in items if choice.every == UNLINK or each.item.may_finish}


@dataclass(frozen=True)
class Line:
    """One automation: what it does, in words, and whether it will."""

    key: str
    kind: str
    says: str
    runs: bool
    offered: bool
    reason: str
    warning: str = ""
    count: int = 0
    skipped: int = 0
    label: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class Later:
    """What follows by itself after that: a further stage, or the return to Active."""

    name: str
    why: str
    lines: list[Line]


@dataclass
class Shown:
    """Everything the dialog draws."""

    going: list[PlannedJob]
    lines: list[Line]
    later: list[Later]
    items: list[OpenItem]
    refused: list[dict[str, Any]]
    waits_for: list[str]
    expect: str
    decided: Decided
    client_statuses: list[ClientStatus]
    messages: tuple[int, int]
    gone: list[str] = field(default_factory=list)

    @property
    def job(self) -> PlannedJob | None:
        """The one job, where it is about one."""
        return self.going[0] if len(self.going) == 1 else None

    @property
    def kinds(self) -> dict[str, bool]:
        """Whether finishing is offered for all that is open."""
        return {"finish": any(each.item.may_finish for each in self.items)}

    @property
    def finishes(self) -> list[str]:
        """What finishing the open items does, before anything is judged (L6); for many jobs with how often."""
        found = Counter(words(each) or "" for job in self.going for each in job.brought)
        return [f"{text} ({count})" if count > 1 else text for text, count in found.items()]

    @property
    def failure(self) -> list[str]:
        """Why the job would then not go on by itself."""
        return [words(each) or "" for job in self.going if job.failure for each in job.failure.problems]

    @property
    def failed_stage(self) -> str:
        return next((job.failure.stage_name for job in self.going if job.failure), "")

    @property
    def sees(self) -> Any:
        return self.job.client_sees if self.job else None

    @property
    def saw(self) -> dict[str, Any]:
        return told_before(self.job) if self.job else {}

    @property
    def plans_client(self) -> bool:
        """Whether an automation says what the client is told."""
        return any(line.kind == "client_status" and line.runs for line in self.lines)

    @property
    def client_changes(self) -> bool:
        return any(job.block != job.before.block for job in self.going)

    @property
    def mailed(self) -> bool:
        """Whether a client is mailed his new status (C12)."""
        return any(job.tells_client for job in self.going)

    @property
    def told(self) -> list[tuple[str, int]]:
        """What many clients will see: (status or empty where hidden, how many)."""
        found = Counter(job.client_sees.status if job.client_sees else "" for job in self.going)
        return found.most_common()

    @property
    def messages_words(self) -> str:
        """“12 messages to 8 clients”, where there is more than one."""
        messages, clients = self.messages
        if not messages or (messages == 1 and self.job):
            return ""
        sent = ngettext("%(n)s message", "%(n)s messages", messages) % {"n": messages}
        to = ngettext("%(n)s client", "%(n)s clients", clients) % {"n": clients}
        return _("{messages} to {clients}").format(messages=sent, clients=to)

    @property
    def signatures(self) -> list[str]:
        """What is shown, line by line: by it the next plan tells what is different."""
        rows = [_signature(line) for line in self.lines]
        rows += [*self.finishes, *(later.name for later in self.later)]
        return rows + [f"{each['name']}: {reason}" for each in self.refused for reason in each["reasons"]]

    @property
    def quiet(self) -> bool:
        """Nothing happens but the move itself, so that there is nothing to ask."""
        busy = self.lines or self.later or self.items or self.refused or self.failure
        return not busy and not self.client_changes


def shown(
    outcome: Outcome, choice: Decided, items: Sequence[OpenItem], statuses: Sequence[ClientStatus]
) -> Shown:
    going = outcome.plan.going
    many = len(outcome.plan.jobs) > 1
    lines = [_of_many(each, choice, going) for each in aggregate(going)] if many else _of_one(going)
    found = Shown(
        going=going,
        lines=lines,
        later=[] if many else _later(going),
        items=list(items),
        refused=refusals(outcome),
        waits_for=[] if many else _waits_for(going),
        expect=expected_text(outcome.plan),
        decided=choice,
        client_statuses=list(statuses),
        messages=messages_to_clients(going),
    )
    return _marked(found) if choice.seen is not None else found


def _of_one(going: Sequence[PlannedJob]) -> list[Line]:
    return [
        Line(
            run.key,
            run.kind,
            words(run.says) or "",
            run.runs,
            run.runs or (run.reason is not None and run.reason.text == LEFT_OUT),
            "" if run.reason is None or run.reason.text == LEFT_OUT else words(run.reason) or "",
            words(run.warns) or "",
        )
        for job in going
        for step in job.steps
        if step.what in ("stage", "status") and not step.automatic
        for run in step.runs
    ]


def _of_many(each: Aggregate, choice: Decided, going: Sequence[PlannedJob]) -> Line:
    """What runs for many is told by its kind, with an example, unless it is the same for all of them."""
    left_out = each.key in choice.skip
    runs = [run for job in going for step in job.steps for run in step.runs if run.key == each.key]
    kind = kind_named(each.kind)
    same = len({str(run.says) for run in runs}) == 1
    return Line(
        each.key,
        each.kind,
        each.example,
        each.runs > 0,
        each.runs > 0 or left_out,
        "" if left_out else each.reason or "",
        count=each.runs,
        skipped=0 if left_out else each.skipped,
        label="" if same or kind is None else str(kind.label),
    )


def _later(going: Sequence[PlannedJob]) -> list[Later]:
    return [
        Later(
            step.name,
            words(step.why) or "",
            [
                Line(run.key, run.kind, words(run.says) or "", run.runs, False, words(run.reason) or "")
                for run in step.runs
            ],
        )
        for job in going
        for step in job.steps
        if step.automatic
    ]


def _waits_for(going: Sequence[PlannedJob]) -> list[str]:
    """Titles of what it will wait for, with who is to do it."""
    found = []
    for job in going:
        for scope, effect, _made_by in job.effects:
            if isinstance(effect, MakeItem) and effect.holds and scope.visit in (job.scope.visit, job.visit):
                spec: Any = effect.spec
                doers = [
                    job.facts.members[each].name
                    for each in getattr(spec, "assignees", ())
                    if each in job.facts.members
                ]
                found.append(f"{spec.title} ({', '.join(doers)})" if doers else str(spec.title))
    return found


def told_before(job: PlannedJob) -> dict[str, Any]:
    """What the client is told as long as nothing is done."""
    block = job.before.block
    status = job.facts.client_statuses.get(block.status or 0)
    description = block.description if block.description is not None else status.description if status else ""
    return {"shown": block.shown, "status": status.name if status else "", "description": description}


def _signature(line: Line) -> str:
    return f"{line.says} · {line.reason}" if line.reason else line.says


def _marked(found: Shown) -> Shown:
    """The same plan, with what was not there when it was shown last marked as new, and what is gone listed."""
    seen = found.decided.seen or ()
    found.gone = [each for each in seen if each not in found.signatures]
    found.lines = [replace(line, is_new=_signature(line) not in seen) for line in found.lines]
    return found


def expected_text(plan: Plan) -> str:
    """What the form says it has shown: one digest, or one a job."""
    if len(plan.jobs) == 1:
        return plan.digest
    return ",".join(f"{job.before.id}:{job.digest}" for job in plan.going)


def expected(text: str) -> Expected:
    """Undo `expected_text`."""
    if ":" not in text:
        return Expected(digest=text or "-")
    pairs = (part.partition(":") for part in text.split(","))
    return Expected(digests={job: digest for name, _colon, digest in pairs if (job := number(name))})
