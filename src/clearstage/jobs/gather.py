"""Gathering: the rows a plan depends on, as facts, in as many queries for one job as for a thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet

from clearstage.clients.models import Account, AccountAccess, AccountContact, RoleHolder, Tag
from clearstage.engine import conditions
from clearstage.engine.facts import (
    AccountFacts,
    ActorFacts,
    AutomationFacts,
    ClientBlock,
    ClientStatusFacts,
    ContactFacts,
    Facts,
    JobFacts,
    JobStatus,
    LinkFacts,
    MemberFacts,
    PipelineFacts,
    SavedBlock,
    StageFacts,
    StatusFacts,
    TagFacts,
)
from clearstage.firm.models import Member
from clearstage.firm.queries import firm_row, holidays_of
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed

from .items import answers_of
from .kinds import Needs, bind
from .models import (
    Automation,
    ClientStatus,
    CustomStatus,
    Job,
    LinkedItem,
    Pipeline,
    Stage,
    Template,
)


@dataclass(frozen=True, slots=True)
class LoadedPipeline:
    facts: PipelineFacts
    needs: Needs


@lru_cache(maxsize=512)
def _load_pipeline(stamp: str, pipeline_id: int) -> LoadedPipeline:
    """The pipeline as saved under `stamp`; a saved state never changes, so it is read and understood once a process."""
    row = Pipeline.objects.get(pk=pipeline_id)
    automations: dict[tuple[str, int], list[AutomationFacts]] = defaultdict(list)
    needs = Needs(answers=any(conditions.questions_named(each) for each in _conditions(row)))
    for each in Automation.objects.filter(Q(stage__pipeline=row) | Q(status__pipeline=row)).order_by(
        "position"
    ):
        place = ("stage", each.stage_id) if each.stage_id else ("status", cast(int, each.status_id))
        action = bind(each.kind, each.settings)
        needs |= action.of.needs(action.settings)
        automations[place].append(
            AutomationFacts(
                key=each.key,
                made_by=f"{place[0]}:{place[1]}:{each.key}",
                action=action,
                condition=conditions.parse(each.condition) if each.condition else None,
                enabled=each.enabled,
            )
        )
    stages = tuple(
        StageFacts(
            id=stage.pk,
            name=stage.name,
            position=position,
            automove=stage.automove,
            condition=conditions.parse(stage.condition) if stage.condition else None,
            automations=tuple(automations["stage", stage.pk]),
        )
        for position, stage in enumerate(Stage.objects.filter(pipeline=row).order_by("position"))
    )
    statuses = tuple(
        StatusFacts(
            status.pk, status.name, status.restore_client_status, tuple(automations["status", status.pk])
        )
        for status in CustomStatus.objects.filter(pipeline=row)
    )
    facts = PipelineFacts(
        row.pk, row.name, row.revision, stages, statuses, row.pass_through, row.reviewer_is_not_preparer
    )
    return LoadedPipeline(facts, needs)


def _conditions(row: Pipeline) -> list[Any]:
    stages = Stage.objects.filter(pipeline=row).values_list("condition", flat=True)
    automations = Automation.objects.filter(Q(stage__pipeline=row) | Q(status__pipeline=row))
    return [*stages, *automations.values_list("condition", flat=True)]


def pipeline_facts(row: Pipeline) -> PipelineFacts:
    """What the engine knows of a pipeline that was just read; costs nothing where this state of it was met before."""
    return _load_pipeline(row.stamp, row.pk).facts


def load_pipelines(
    wanted: Collection[int], stamps: Mapping[int, str] | None = None
) -> tuple[dict[int, PipelineFacts], Needs]:
    """The wanted pipelines and all that their automations create jobs in, with what those automations need.

    The firm's pipelines are listed only where `stamps`, those that were read already, by id, do not say enough.
    """
    known = dict(stamps or {})
    by_name: dict[str, int] | None = None
    found: dict[int, PipelineFacts] = {}
    needs = Needs()
    queue = list(wanted)
    while queue:
        pk = queue.pop()
        if pk in found:
            continue
        if by_name is None and pk not in known:
            by_name = _list_pipelines(known)
        if pk not in known:
            continue
        loaded = _load_pipeline(known[pk], pk)
        found[pk] = loaded.facts
        needs |= loaded.needs
        if loaded.needs.pipelines:
            by_name = _list_pipelines(known) if by_name is None else by_name
            queue += [
                by_name[name.casefold()] for name in loaded.needs.pipelines if name.casefold() in by_name
            ]
    return found, needs


def _list_pipelines(stamps: dict[int, str]) -> dict[str, int]:
    """Every pipeline's id by its name in lower case; their stamps are added to `stamps`."""
    by_name = {}
    for pk, name, stamp in _pipeline_rows():
        by_name[name.casefold()] = pk
        stamps.setdefault(pk, stamp)
    return by_name


@composed
def _pipeline_rows() -> QuerySet[Pipeline, tuple[int, str, str]]:
    return Pipeline.objects.order_by().values_list("id", "name", "stamp")


def lock_jobs(jobs: Collection[int]) -> None:
    """Keep other processes from changing these jobs until the transaction ends; SQLite's writer is alone anyway.

    By itself and before anything is read: of a query that waited, PostgreSQL reads the jobs anew, but what is joined to
    them as it stood before it waited.
    """
    if connection.vendor == "postgresql":
        list(Job.objects.filter(pk__in=jobs).order_by("pk").select_for_update().values_list("pk"))


def gather(
    actor: Actor,
    *,
    jobs: Collection[int] = (),
    accounts: Collection[int] = (),
    pipelines: Collection[int] = (),
    more: Needs | None = None,
) -> Facts:
    """The facts about those of `jobs` that the actor may see (in that order, X4), and about the accounts and pipelines
    that new jobs are planned for. `more` is what is needed beyond what the pipelines' automations need."""
    found = _job_rows(actor, jobs)
    links, (members, assignees) = _links(jobs), _members_and_assignees(jobs)
    accounts_found = {row[0]: row[:4] for row in found}
    if further := set(accounts) - set(accounts_found):
        for account in _account_rows(further):
            accounts_found[account[0]] = account
    rows = {row[4]: row[4:] for row in found}
    stamps = {row[_PIPELINE]: row[-1] for row in rows.values()}
    known, needs = load_pipelines({*pipelines, *stamps}, stamps)
    needs |= more or Needs()
    answers = answers_of({job: links[job] for job in rows if job in links}) if needs.answers else {}
    known_jobs = {pk: _job_facts(row, links, assignees, answers.get(pk, {})) for pk, row in rows.items()}
    firm = firm_row()
    templates, translations = _templates(needs)
    tags, tags_of = _tags(accounts_found)
    return Facts(
        now=clock.now(),
        today=clock.today(firm.timezone),
        actor=ActorFacts(actor.member_id, actor.name, actor.may("tags")),
        firm_name=firm.name,
        undo_minutes=firm.undo_minutes,
        hold_minutes=firm.hold_minutes,
        tells_client_status=firm.tell_client_status,
        holidays=holidays_of(firm),
        members=members,
        client_statuses={
            pk: ClientStatusFacts(pk, name, description, turn, deleted_at is not None, translations)
            for pk, name, description, turn, deleted_at, translations in _client_status_rows()
        },
        tags=tags,
        templates=templates,
        translations=translations,
        pipelines=known,
        accounts=_accounts(accounts_found, tags_of, needs),
        jobs=tuple(known_jobs[pk] for pk in jobs if pk in known_jobs),
    )


_ACCOUNT = ("account_id", "account__name", "account__kind", "account__number")
_JOB = (
    "id", "version", "name", "account_id", "pipeline_id", "stage_id", "status", "custom_status_id", "visit",
    "status_visit", "visits", "client_shown", "client_status_id", "client_description", "client_job_name",
    "saved_block", "priority", "start", "due", "description", "deadline", "budget_minutes", "entered_stage_at",
    "status_since", "client_since", "placed_by",
)  # fmt: skip
_PIPELINE = _JOB.index("pipeline_id")


@composed
def _job_rows(actor: Actor, jobs: Collection[int]) -> QuerySet[Job, tuple[Any, ...]]:
    visible = Job.objects.visible_to(actor).filter(pk__in=jobs).order_by("pk")
    return visible.values_list(*_ACCOUNT, *_JOB, "pipeline__stamp")


@composed
def _account_rows(accounts: Collection[int]) -> QuerySet[Account, tuple[int, str, str, str]]:
    return Account.objects.filter(pk__in=accounts).values_list("id", "name", "kind", "number")


@composed
def _client_status_rows() -> QuerySet[ClientStatus, tuple[Any, ...]]:
    return ClientStatus.objects.values_list("id", "name", "description", "turn", "deleted_at", "translations")


_STATUSES = {status.value: status for status in JobStatus}
_NOBODY: frozenset[int] = frozenset()


def _job_facts(
    row: tuple[Any, ...],
    links: dict[int, list[LinkFacts]],
    assignees: dict[int, list[int]],
    answers: dict[str, Any],
) -> JobFacts:
    saved = row[15]
    make: Callable[..., JobFacts] = JobFacts
    return make(
        *row[:6],
        _STATUSES[row[6]],
        *row[7:11],
        ClientBlock(row[11], row[12], row[13], row[14]),
        SavedBlock(ClientBlock(*saved["before"]), ClientBlock(*saved["after"])) if saved else None,
        frozenset(assignees[row[0]]) if row[0] in assignees else _NOBODY,
        *row[16:20],
        tuple(links[row[0]]) if row[0] in links else (),
        answers=answers,
        deadline=row[20],
        budget_minutes=row[21],
        moments=row[22:25],
        placed_by=row[25],
    )


def _links(jobs: Collection[int]) -> dict[int, list[LinkFacts]]:
    found: dict[int, list[LinkFacts]] = defaultdict(list)
    for job, pk, kind, item, visit, holds, finished_at, made_by in _link_rows(jobs):
        found[job].append(LinkFacts(pk, kind, item, visit, holds, finished_at is None, made_by))
    return found


@composed
def _link_rows(jobs: Collection[int]) -> QuerySet[LinkedItem, tuple[Any, ...]]:
    rows = LinkedItem.objects.filter(job__in=jobs).order_by("id")
    return rows.values_list("job_id", "id", "kind", "item", "visit", "holds", "finished_at", "made_by")


def _members_and_assignees(
    jobs: Collection[int],
) -> tuple[dict[int, MemberFacts], dict[int, list[int]]]:
    """All members by id, and the members that are assigned to each of the jobs, in one query."""
    members: dict[int, MemberFacts] = {}
    assignees: dict[int, list[int]] = defaultdict(list)
    for pk, name, email, active, job in _member_rows(jobs or [0]):
        if pk not in members:
            members[pk] = MemberFacts(pk, name, email, active)
        if job is not None:
            assignees[job].append(pk)
    return members, assignees


@composed
def _member_rows(jobs: Collection[int]) -> QuerySet[Member, tuple[int, str, str, bool, int | None]]:
    assigned = FilteredRelation("job_assignments", condition=Q(job_assignments__job__in=jobs))
    rows = Member.objects.annotate(assigned=assigned)
    return rows.values_list("id", "name", "email", "is_active", "assigned__job_id")


def _tags(accounts: Collection[int]) -> tuple[dict[str, TagFacts], dict[int, list[str]]]:
    """All tags by key, and the keys of those on each of the accounts, in one query."""
    tags: dict[str, TagFacts] = {}
    tags_of: dict[int, list[str]] = defaultdict(list)
    for pk, name, account in _tag_rows(accounts or [0]):
        key = conditions.tag_key(name)
        if key not in tags:
            tags[key] = TagFacts(pk, name)
        if account is not None:
            tags_of[account].append(key)
    return tags, tags_of


@composed
def _tag_rows(accounts: Collection[int]) -> QuerySet[Tag, tuple[int, str, int | None]]:
    put_on = FilteredRelation("account_tags", condition=Q(account_tags__account__in=accounts))
    return Tag.objects.annotate(put_on=put_on).values_list("id", "name", "put_on__account_id")


def _templates(needs: Needs) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any]]:
    """Bodies and translations."""
    if not needs.templates:
        return {}, {}
    rows = _template_rows({kind for kind, _name in needs.templates})
    bodies = {(kind, name.casefold()): body for kind, name, body, _texts in rows}
    return bodies, {(kind, name.casefold()): texts for kind, name, _body, texts in rows}


@composed
def _template_rows(kinds: Collection[str]) -> QuerySet[Template, tuple[str, str, Any, Any]]:
    return Template.objects.filter(kind__in=kinds).values_list("kind", "name", "body", "translations")


def _accounts(
    accounts: dict[int, tuple[Any, ...]], tags_of: Mapping[int, list[str]], needs: Needs
) -> dict[int, AccountFacts]:
    """`accounts` holds (id, name, kind, number) by id, `tags_of` the keys of their tags."""
    roles: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for account, role, member in _role_rows(accounts):
        held = roles[account]
        held[role.casefold()] = (*held.get(role.casefold(), ()), member)
    contacts: dict[int, list[ContactFacts]] = defaultdict(list)
    if needs.contacts:
        for account, pk, name, email, notify, login, language in _contact_rows(accounts):
            contacts[account].append(ContactFacts(pk, name, email, notify, login, language))
    members: dict[int, list[int]] = defaultdict(list)
    if needs.access:
        for account, member in _access_rows(accounts):
            members[account].append(member)
    return {
        pk: AccountFacts(
            pk,
            name,
            kind,
            number,
            frozenset(tags_of.get(pk, ())),
            roles.get(pk, {}),
            tuple(contacts.get(pk, ())),
            frozenset(members.get(pk, ())),
        )
        for pk, name, kind, number in accounts.values()
    }


@composed
def _role_rows(accounts: Collection[int]) -> QuerySet[RoleHolder, tuple[int, str, int]]:
    holders = RoleHolder.objects.filter(account__in=accounts).order_by("id")
    return holders.values_list("account_id", "role__name", "member_id")


@composed
def _contact_rows(accounts: Collection[int]) -> QuerySet[AccountContact, tuple[Any, ...]]:
    contact = ("contact_id", "contact__name", "contact__email")
    rows = AccountContact.objects.filter(account__in=accounts).order_by("id")
    return rows.values_list("account_id", *contact, "notify", "login", "contact__language")


@composed
def _access_rows(accounts: Collection[int]) -> QuerySet[AccountAccess, tuple[int, int]]:
    return AccountAccess.objects.filter(account__in=accounts).values_list("account_id", "member_id")
