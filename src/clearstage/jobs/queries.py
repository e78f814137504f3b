"""Reading jobs: the documents that pages and the API share, each built in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account, AccountTag
from clearstage.engine.facts import JobStatus
from clearstage.engine.planned import PlannedJob
from clearstage.engine.sentences import from_json, render
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.queries import firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of, public_id

from .items import ItemView, client_item_kind, views_of
from .models import Job, JobAssignee, LinkedItem


def named(noun: str, number: int | None, name: str | None) -> dict[str, str] | None:
    """`{id, name}`, the form in which answers name things."""
    return {"id": public_id(noun, number), "name": name or ""} if number is not None else None


def status_name(job: Job) -> str:
    """Active, Completed, Archived or the custom status's name."""
    if job.status == JobStatus.CUSTOM and job.custom_status is not None:
        return job.custom_status.name
    return job.status.capitalize()


def job_rows(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """With everything a document needs of single rows."""
    return jobs.select_related("account", "pipeline", "stage", "custom_status", "client_status")


@dataclass(frozen=True, slots=True)
class LinkView:
    """An item on a job, with the link that hangs it there."""

    link: LinkedItem
    item: ItemView
    scope: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What hangs on jobs, by job id (tags by account), and the day it is in the firm's zone."""

    assignees: dict[int, list[tuple[int, str, str]]]
    links: dict[int, list[LinkView]]
    tags: dict[int, list[tuple[str, str]]]
    today: date


def beside(jobs: Sequence[Job]) -> Beside:
    """Assignees, items and the accounts' tags of all these jobs."""
    ids = [job.pk for job in jobs]
    assignees: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for job, pk, name, email in _assignee_rows(ids):
        assignees[job].append((pk, name, email))
    tags: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for account, name, color in _tag_rows({job.account_id for job in jobs}):
        tags[account].append((name, color))
    return Beside(assignees, links_of(jobs), tags, clock.today(zone()))


@composed
def _assignee_rows(jobs: Collection[int]) -> QuerySet[JobAssignee, tuple[int, int, str, str]]:
    rows = JobAssignee.objects.filter(job__in=jobs).order_by("member__name")
    return rows.values_list("job_id", "member_id", "member__name", "member__email")


@composed
def _tag_rows(accounts: Collection[int]) -> QuerySet[AccountTag, tuple[int, str, str]]:
    rows = AccountTag.objects.filter(account__in=accounts).order_by("tag__name")
    return rows.values_list("account_id", "tag__name", "tag__color")


def beside_planned(job: Job, planned: PlannedJob) -> Beside:
    """The same for a job that a plan was just carried out for: what the plan knows is not asked for again."""
    facts = planned.facts
    assignees = sorted((facts.members[each] for each in planned.assignees), key=lambda member: member.name)
    tags = sorted(facts.tags[key].name for key in planned.account.tags if key in facts.tags)
    return Beside(
        {job.pk: [(member.id, member.name, member.email) for member in assignees]},
        links_of([job]),
        {job.account_id: [(name, "") for name in tags]},
        facts.today,
    )


def links_of(jobs: Sequence[Job]) -> dict[int, list[LinkView]]:
    """The items of these jobs: two queries and what each item kind needs."""
    by_id = {job.pk: job for job in jobs}
    links = _link_rows(by_id)
    views = views_of({(link.kind, link.item) for link in links})
    found: dict[int, list[LinkView]] = defaultdict(list)
    for link in links:
        item = views.get((link.kind, link.item))
        if item is not None:
            scope = "status" if link.status_id else "stage"
            found[link.job_id].append(LinkView(link, item, scope, blocks(by_id[link.job_id], link)))
    return found


@composed
def _link_rows(jobs: Collection[int]) -> QuerySet[LinkedItem]:
    return LinkedItem.objects.filter(job__in=jobs).order_by("id")


def blocks(job: Job, link: LinkedItem) -> bool:
    """Whether the job waits for this item now (L2, S8)."""
    if link.finished_at is not None or not link.holds:
        return False
    return link.visit == job.visit or (job.status == JobStatus.CUSTOM and link.visit == job.status_visit)


def item_document(view: ItemView, jobs: Iterable[int] = (), **more: Any) -> dict[str, Any]:
    return {
        "id": view.id,
        "kind": view.kind,
        "title": view.title,
        "state": view.state,
        "open": view.open,
        "due": view.due,
        "doers": view.doers,
        "jobs": [public_id("job", job) for job in jobs],
        **more,
        **view.details,
    }


def link_document(job: Job, view: LinkView) -> dict[str, Any]:
    return item_document(
        view.item,
        [job.pk],
        account=named("account", job.account_id, job.account.name),
        scope=view.scope,
        blocks=view.blocks,
        made_by=view.link.made_by.rpartition(":")[2] or None,
    )


def _waited_for(job: Job, view: LinkView) -> bool:
    """What it waits for just now: in a custom status only that one's items, the stage's are remembered (S7)."""
    return view.blocks and (job.status != JobStatus.CUSTOM or view.link.visit == job.status_visit)


def client_block(job: Job) -> dict[str, Any]:
    """C2, with the description the client reads: the override, or else the list's."""
    status = job.client_status
    override = job.client_description
    return {
        "shown": job.client_shown,
        "job_name": job.client_job_name or job.name,
        "status": named("client_status", status.pk, status.name) if status else None,
        "description": override if override is not None else (status.description if status else ""),
        "overridden": override is not None,
        "turn": status.turn if status else None,
        "since": job.client_since,
    }


def job_document(job: Job, around: Beside) -> dict[str, Any]:
    """One job as the API and the job page know it; `job` comes from `job_rows`."""
    views = around.links.get(job.pk, [])
    items = [link_document(job, view) for view in views]
    blockers = [item for item, view in zip(items, views, strict=True) if _waited_for(job, view)]
    return {
        "id": public_id("job", job.pk),
        "version": job.version,
        "name": job.name,
        "account": named("account", job.account_id, job.account.name),
        "tags": [name for name, _color in around.tags.get(job.account_id, [])],
        "pipeline": named("pipeline", job.pipeline_id, job.pipeline.name),
        "stage": named("stage", job.stage_id, job.stage.name),
        "status": status_name(job),
        "client_status": client_block(job),
        "assignees": [
            {"id": public_id("member", member), "name": name, "email": email}
            for member, name, email in around.assignees.get(job.pk, [])
        ],
        "priority": job.priority,
        "description": job.description,
        "start": job.start,
        "due": job.due,
        "deadline": job.deadline,
        "budget_minutes": job.budget_minutes,
        "entered_stage_at": job.entered_stage_at,
        "created_at": job.created_at,
        "overdue": is_overdue(job, around.today),
        "blockers": blockers,
        "items": items,
    }


def get_job(actor: Actor, number: int | None) -> Job:
    """The job, if the actor may see it; `NotFound` for nonsense and for what is closed to him alike (X4)."""
    found = _visible_rows(actor, number) if number else []
    if not found:
        raise NotFound
    return found[0]


@composed
def _visible_rows(actor: Actor, number: int) -> QuerySet[Job]:
    return job_rows(Job.objects.visible_to(actor)).filter(pk=number)


def full_job_document(actor: Actor, job: Job) -> dict[str, Any]:
    """One job with *why* (F3): why it is here, what it waits for, whose turn it is."""
    document = job_document(job, beside([job]))
    return {**document, "why": why(job, document["blockers"])}


def why(job: Job, blockers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "here_because": _here_because(job),
        "waits_for": [_waiting(item) for item in blockers],
        "turn": _turn(job, blockers),
        "stays_because": _stays_because(job, bool(blockers)),
    }


def _here_because(job: Job) -> str:
    for moved in _last_way(job.pk):
        return _came(moved)
    return ""


@composed
def _last_way(job: int) -> QuerySet[Event]:
    return Event.objects.filter(job=job, kind__in=("job_moved", "job_added")).order_by("-id")[:1]


def _came(moved: Event) -> str:
    by = moved.on_behalf or moved.actor_name
    return _t("{what} ({who}, {when})").format(
        what=render(in_words(moved.kind, moved.data), _t), who=by, when=f"{moved.at:%Y-%m-%d %H:%M} UTC"
    )


def _waiting(item: dict[str, Any]) -> str:
    doers = ", ".join(item["doers"])
    return f"{item['title']} ({doers})" if doers else str(item["title"])


def _turn(job: Job, blockers: Sequence[dict[str, Any]]) -> str:
    """What the client is told, or else the client's turn where all that is open waits for him."""
    if job.status in (JobStatus.COMPLETED, JobStatus.ARCHIVED):
        return "nobody"
    if job.client_shown and job.client_status is not None:
        return job.client_status.turn
    return "client" if blockers and _all_wait_for_the_client(blockers) else "firm"


def _all_wait_for_the_client(blockers: Sequence[dict[str, Any]]) -> bool:
    numbers: dict[str, list[int]] = defaultdict(list)
    for item in blockers:
        numbers[item["kind"]].append(number_of(item["kind"], item["id"]) or 0)
    for name, of_kind in numbers.items():
        kind = client_item_kind(name)
        found = kind.client_items(of_kind) if kind else {}
        if not all(number in found and found[number].waits for number in of_kind):
            return False
    return True


def _stays_because(job: Job, blocked: bool) -> str:
    """Why nothing happens by itself just now (F3)."""
    if job.status == JobStatus.CUSTOM:
        if blocked:
            return _t("It returns to Active when everything the status waits for is done.")
        return _t("The status has nothing to wait for, so it stays until somebody changes it.")
    if job.status != JobStatus.ACTIVE:
        return _t("Only active jobs go on by themselves.")
    if blocked:
        return _t("It waits for what is still open in this stage.")
    if not job.stage.automove:
        return _t("Automove is off in this stage: somebody moves it on by hand.")
    return _t("Nothing was finished in this stage yet, so automove holds it here.")


def zone() -> str:
    """The firm's time zone."""
    return firm_row().timezone


def is_overdue(job: Job, today: date) -> bool:
    """T6: active or in a custom status, due before today in the firm's zone. Computed, never stored."""
    return job.status in (JobStatus.ACTIVE, JobStatus.CUSTOM) and job.due is not None and job.due < today


def filtered(
    jobs: QuerySet[Job],
    *,
    pipeline: int | None = None,
    stage: int | None = None,
    status: str | None = None,
    custom_status: int | None = None,
    account: int | None = None,
    assignee: int | None = None,
    tag: str = "",
    due_before: date | None = None,
    overdue: bool | None = None,
    archived: bool = False,
    q: str = "",
) -> QuerySet[Job]:
    """Narrow a list of jobs; archived ones are a world of their own (S2)."""
    jobs = jobs.filter(status=JobStatus.ARCHIVED) if archived else jobs.on_the_board()  # type: ignore[attr-defined]
    simple = {
        "pipeline": pipeline,
        "stage": stage,
        "status": status,
        "custom_status": custom_status,
        "account": account,
        "job_assignees__member": assignee,
        "due__lte": due_before,
    }
    jobs = jobs.filter(**{name: value for name, value in simple.items() if value is not None})
    if tag:
        jobs = jobs.filter(account__in=Account.objects.filter(tags__name__iexact=tag).values("id"))
    if overdue is not None:
        late = Q(status__in=(JobStatus.ACTIVE, JobStatus.CUSTOM), due__lt=clock.today(zone()))
        jobs = jobs.filter(late) if overdue else jobs.exclude(late & Q(due__isnull=False))
    if q:
        jobs = jobs.filter(Q(name__icontains=q) | Q(account__name__icontains=q))
    return jobs


def open_blocker_rows(jobs: Collection[int]) -> list[tuple[int, date | None]]:
    """(job, due) for every open blocker of the present stay of these jobs: one query."""
    here = Q(visit=F("job__visit")) | Q(job__status=JobStatus.CUSTOM, visit=F("job__status_visit"))
    links = LinkedItem.objects.filter(here, job__in=jobs, finished_at=None, holds=True)
    return list(links.values_list("job_id", "due"))


def event_document(event: Event) -> dict[str, Any]:
    """An event for the API and the history tab, in words and with *why*."""
    return {
        "id": public_id("event", event.pk),
        "at": event.at,
        "kind": event.kind,
        "actor": event.actor_name,
        "on_behalf": event.on_behalf or None,
        "via": event.via,
        "cause": public_id("event", event.cause) if event.cause else None,
        "action": public_id("action", event.action) if event.action else None,
        "job": public_id("job", event.job) if event.job else None,
        "account": public_id("account", event.account) if event.account else None,
        "revision": event.revision,
        "says": render(in_words(event.kind, event.data), _t),
        "why": [
            render(from_json(step["why"]), _t) for step in event.data.get("steps", []) if step.get("why")
        ],
        "automations": [
            {
                "key": run["key"],
                "kind": run["kind"],
                "runs": "reason" not in run,
                "reason": render(from_json(run["reason"]), _t) if "reason" in run else None,
                "says": render(from_json(run["says"]), _t),
            }
            for step in event.data.get("steps", [])
            for run in step.get("runs", [])
        ],
        "data": event.data,
    }
