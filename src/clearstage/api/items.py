"""Items: what hangs on jobs, of whatever kind; linking them, and making them by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, ClassVar, Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from ninja import Query
from pydantic import Field, StringConstraints

from clearstage.jobs.items import ItemView, item_kind, item_kinds
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.links import link_existing_item, unlink_item
from clearstage.jobs.queries import blocks, get_job, item_document, named, status_name
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import noun_and_number, number_of, public_id
from clearstage.work.operations.tasks import create_task
from clearstage.work.spec import TaskSpec

from . import references, schemas
from .auth import Asked
from .chat_inputs import NewChat
from .fields import Answer, Day, Flag, Input, Line, PersonOrRole, Priority, Scope, Text, Word
from .organizer_inputs import NewOrganizer
from .paging import Paging, signed, unsigned
from .request_inputs import NewRequest
from .routing import Noun

noun = Noun("Items")
Checklist = Annotated[list[Line], Field(max_length=200)]


class NewTask(Input):
    """A task made by hand."""

    ITEM: ClassVar = "task"

    kind: Literal["task"]
    title: Line
    description: Text = ""
    assignees: Annotated[list[PersonOrRole], Field(max_length=100)] = []
    priority: Priority = "medium"
    start: Day | None = None
    due: Day | None = None
    checklist: Checklist = []
    scope: Scope = None

    def make(self, actor: Actor, job: Job) -> int:
        """Make it on the job; answers its number."""
        spec = TaskSpec(
            title=self.title,
            description=self.description,
            assignees=tuple(assignees(self.assignees, job.account_id)),
            priority=self.priority,
            start=self.start,
            due=self.due,
            checklist=tuple(self.checklist),
        )
        return create_task(actor, job.pk, spec, scope=self.scope).pk


NewItem = Annotated[NewTask | NewChat | NewOrganizer | NewRequest, Field(discriminator="kind")]


class LinkInput(Input):
    item: Annotated[
        str, StringConstraints(max_length=60), Field(description="The id of an item of the same account")
    ]
    scope: Scope = None


class JobInBrief(Answer):
    id: str
    version: int
    stage: schemas.Named
    status: str


class Touched(Answer):
    """An item, and what became of its job."""

    item: schemas.AnyItem
    job: JobInBrief | None
    action: str | None = Field(description="What followed and can be undone: an automove, a return to Active")


class ItemFilters(Paging):
    job: Word | None = None
    account: Word | None = None
    kind: Word | None = None
    open: Flag | None = None


@noun.reads("/items", schemas.Page[schemas.AnyItem], summary="List items")
def list_items(request: Asked, asked: Query[ItemFilters]) -> Any:
    """Of jobs the caller sees, and of accounts where an item hangs on no job; kind by kind, the oldest first."""
    if asked.kind is not None and asked.kind not in item_kinds():
        raise Invalid([("kind", _t("there is no kind of item “{kind}”").format(kind=asked.kind))])
    wanted = _wanted(request.actor, asked)
    begin, after = (unsigned(asked, "items") or ":0").split(":")
    found: list[dict[str, Any]] = []
    for kind in item_kinds():
        if kind < begin or asked.kind not in (None, kind):
            continue
        rows = wanted(kind).filter(pk__gt=int(after) if kind == begin else 0).order_by("pk")
        numbers = list(rows.values_list("pk", flat=True)[: asked.limit + 1 - len(found)])
        found += documents(request.actor, kind, numbers)
    shown = found[: asked.limit]
    last = noun_and_number(shown[-1]["id"]) if len(found) > asked.limit else None
    return {"results": shown, "next": signed(f"{last[0]}:{last[1]}" if last else None, "items")}


def _wanted(actor: Actor, asked: ItemFilters) -> Callable[[str], QuerySet[Any]]:
    """The rows of a kind that the filters leave."""
    account = references.account(actor, asked.account) if asked.account is not None else None
    job = _job(actor, asked.job) if asked.job is not None else None

    def rows(kind: str) -> QuerySet[Any]:
        model = item_kind(kind).model
        found: QuerySet[Any] = model.objects.visible_to(actor)
        if account is not None:
            found = found.filter(account=account)
        if job is not None:
            found = found.filter(pk__in=LinkedItem.objects.filter(kind=kind, job=job).values("item"))
        if asked.open is not None:
            open_ones = Q(state__in=model.OPEN_STATES)
            found = found.filter(open_ones if asked.open else ~open_ones)
        return found

    return rows


@noun.reads("/items/{item}", schemas.AnyItem, summary="Read an item")
def read_item(request: Asked, item: str) -> Any:
    return document(request.actor, *_item_in_path(item))


@noun.writes(
    "POST", "/jobs/{job}/items", schemas.AnyItem, summary="Make an item on a job", status=201, rehearses=True
)
def make_item(request: Asked, job: str, body: NewItem) -> Any:
    """The job waits for it in its present stage or custom status (L2)."""
    row = get_job(request.actor, number_of("job", job))
    return document(request.actor, body.ITEM, body.make(request.actor, row))


@noun.writes("POST", "/jobs/{job}/links", schemas.AnyItem, summary="Link an item to a job", rehearses=True)
def link_item(request: Asked, job: str, body: LinkInput) -> Any:
    """A task hangs on one job at most, other items on several of the account (L1). Linking again changes nothing."""
    row = get_job(request.actor, number_of("job", job))
    known = noun_and_number(body.item)
    if known is None or known[0] not in item_kinds() or not _visible(request.actor, *known):
        raise Invalid([("item", _t("“{id}” is no item").format(id=body.item))])
    link_existing_item(request.actor, row.pk, *known, scope=body.scope)
    return document(request.actor, *known)


@noun.writes("DELETE", "/jobs/{job}/links/{item}", Touched, summary="Take an item off a job", rehearses=True)
def remove_link(request: Asked, job: str, item: str) -> Any:
    """Nothing is deleted (L9). Where it was the last thing the job waited for, the job may go on (L7)."""
    row = get_job(request.actor, number_of("job", job))
    kind, number = _item_in_path(item)
    action = unlink_item(request.actor, row.pk, kind, number)
    [found] = documents(request.actor, kind, [number])
    return {"item": found, **aftermath(request.actor, row.pk, action)}


def document(actor: Actor, kind: str, number: int) -> dict[str, Any]:
    """One item, if the caller may see it."""
    if not _visible(actor, kind, number):
        raise NotFound
    return documents(actor, kind, [number])[0]


def followed(actor: Actor, kind: str, number: int, action: int | None) -> dict[str, Any]:
    """An item and, of the jobs it hangs on, the oldest that the caller sees, as they are now."""
    links = LinkedItem.objects.filter(kind=kind, item=number)
    seen = Job.objects.visible_to(actor).filter(pk__in=links.values("job")).order_by("pk")
    job = seen.values_list("pk", flat=True).first()
    return {"item": document(actor, kind, number), **aftermath(actor, job, action)}


def documents(actor: Actor, kind: str, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Items of one kind, in this order, with their accounts and those of the jobs they hang on that the caller sees
    (X4): a fixed number of queries."""
    if not numbers:
        return []
    views = item_kind(kind).views(numbers)
    accounts = {pk: (of, name) for pk, of, name in _accounts_of(item_kind(kind).model, numbers)}
    links: dict[int, list[LinkedItem]] = defaultdict(list)
    for link in _seen_links(actor, kind, numbers):
        links[link.item].append(link)
    return [
        _document(views[number], named("account", *accounts[number]), links[number])
        for number in numbers
        if number in views
    ]


@composed
def _accounts_of(model: type[Any], numbers: Collection[int]) -> QuerySet[Any, tuple[int, int, str]]:
    rows: QuerySet[Any] = model.objects.filter(pk__in=numbers).order_by()
    return rows.values_list("pk", "account", "account__name")


@composed
def _seen_links(actor: Actor, kind: str, numbers: Collection[int]) -> QuerySet[LinkedItem]:
    seen = LinkedItem.objects.filter(job__in=Job.objects.visible_to(actor).values("id"))
    return seen.filter(kind=kind, item__in=numbers).select_related("job").order_by("pk")


def _document(view: ItemView, account: Any, links: list[LinkedItem]) -> dict[str, Any]:
    """`scope` and `made_by` are those of the newest link."""
    newest = links[-1] if links else None
    return item_document(
        view,
        [link.job_id for link in links],
        account=account,
        scope=("status" if newest.status_id else "stage") if newest else None,
        blocks=any(blocks(link.job, link) for link in links),
        made_by=(newest.made_by if newest else view.made_by).rpartition(":")[2] or None,
    )


def _visible(actor: Actor, kind: str, number: int) -> bool:
    return bool(_visible_numbers(item_kind(kind).model, actor, number))


@composed
def _visible_numbers(model: type[Any], actor: Actor, number: int) -> QuerySet[Any, tuple[int]]:
    rows: QuerySet[Any] = model.objects.visible_to(actor).filter(pk=number)
    return rows.values_list("pk")


def aftermath(actor: Actor, job: int | None, action: int | None) -> dict[str, Any]:
    """Where the job stands now, if the caller sees it."""
    row = next(iter(_job_rows(actor, job)), None) if job else None
    return {
        "job": {
            "id": public_id("job", row.pk),
            "version": row.version,
            "stage": named("stage", row.stage_id, row.stage.name),
            "status": status_name(row),
        }
        if row
        else None,
        "action": public_id("action", action) if action else None,
    }


@composed
def _job_rows(actor: Actor, job: int) -> QuerySet[Job]:
    return Job.objects.visible_to(actor).select_related("stage", "custom_status").filter(pk=job)


def assignees(given: Sequence[str], account: int) -> list[int]:
    """Members, and whoever has the named roles for the account."""
    from clearstage.clients.models import RoleHolder

    found: dict[int, None] = {}
    for each in references.people_and_roles(given):
        if isinstance(each, int):
            found[each] = None
            continue
        name = each.removeprefix(references.ROLE)
        holders = RoleHolder.objects.filter(account=account, role__name__iexact=name, member__is_active=True)
        found |= dict.fromkeys(holders.order_by("pk").values_list("member", flat=True))
    return list(found)


def _item_in_path(text: str) -> tuple[str, int]:
    known = noun_and_number(text)
    if known is None or known[0] not in item_kinds():
        raise NotFound
    return known


def _job(actor: Actor, text: str) -> int:
    number = number_of("job", text)
    if number is None or not Job.objects.visible_to(actor).filter(pk=number).exists():
        raise Invalid([("job", _t("“{id}” is no job").format(id=text))])
    return number
