"""Reading what messages need: whom of an account they reach, and who of the firm may know of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from clearstage.clients.models import AccountAccess, AccountContact, RoleHolder
from clearstage.firm.models import Firm, Member
from clearstage.firm.queries import actor_for
from clearstage.jobs.models import Job, JobAssignee
from clearstage.kernel.actor import Actor
from clearstage.kernel.composed import composed
from clearstage.kernel.ids import public_id

from .models import AccountFollow, Comment


@dataclass(frozen=True, slots=True)
class Reader:
    """A contact who is told about an account, and how he wants to be told."""

    contact: int
    name: str
    email: str
    language: str
    account: int
    account_name: str
    may_sign_in: bool
    notices: str
    status_notices: bool
    firm: str
    zone: str


def readers_of(accounts: Collection[int]) -> dict[int, list[Reader]]:
    """By account, the contacts who are to be notified and want to be, in one query."""
    found: dict[int, list[Reader]] = defaultdict(list)
    for row in _reader_rows(accounts):
        found[row[4]].append(Reader(*row))
    return found


@composed
def _reader_rows(accounts: Collection[int]) -> QuerySet[AccountContact, tuple[Any, ...]]:
    links = AccountContact.objects.filter(account__in=accounts, notify=True).exclude(contact__notices="none")
    firm, zone = (Subquery(Firm.objects.filter(pk=Firm.ONLY).values(name)) for name in ("name", "timezone"))
    return links.order_by("pk").values_list(
        "contact_id", "contact__name", "contact__email", "contact__language", "account_id", "account__name",
        "login", "contact__notices", "contact__status_notices",
        firm, zone,
    )  # fmt: skip


def who_can_be_asked(accounts: Collection[int]) -> dict[int, list[str]]:
    """By account, the names of those who hear of an item that waits for them: notified, and able to sign in."""
    return {
        account: [reader.name for reader in readers if reader.may_sign_in]
        for account, readers in readers_of(accounts).items()
    }


@dataclass(frozen=True, slots=True)
class Seer:
    """A member who may see the account, with the first of the jobs that he may see, if there are any."""

    member: int
    job: int | None
    concerned: bool
    role_holder: bool


def who_sees(account: int, jobs: Collection[int]) -> list[Seer]:
    """Both gates as `visible_to` of accounts and jobs has them, for all active members at once, in one query."""
    found = []
    for member in _seeing_rows(account, jobs):
        who = actor_for(member)
        if not (member.is_let_in or who.may("view all accounts")):
            continue
        first = member.first_of_all if who.runs_the_firm else member.first_open
        if first is not None or not jobs:
            concerned = member.is_assigned or member.is_following
            found.append(Seer(member.pk, first, concerned, member.is_role_holder))
    return found


@composed
def _seeing_rows(account: int, jobs: Collection[int]) -> QuerySet[Any]:
    here = {"account": account, "member": OuterRef("pk")}
    of_account = Job.objects.filter(pk__in=jobs, account=account).order_by("pk")
    open_to_member = Q(pipeline__for_everyone=True) | Q(pipeline__available_to=OuterRef("pk"))
    members = Member.objects.filter(is_active=True).order_by("pk")
    return members.annotate(
        is_let_in=Exists(AccountAccess.objects.filter(**here)),
        is_assigned=Exists(JobAssignee.objects.filter(job__in=jobs, member=OuterRef("pk"))),
        is_following=Exists(AccountFollow.objects.filter(**here)),
        is_role_holder=Exists(RoleHolder.objects.filter(**here)),
        first_of_all=Subquery(of_account.values("pk")[:1]),
        first_open=Subquery(of_account.filter(open_to_member).values("pk")[:1]),
    )


def comments_on_job(actor: Actor, job: int) -> QuerySet[Comment]:
    """The oldest first."""
    return Comment.objects.visible_to(actor).filter(job=job).select_related("member").order_by("pk")


def notes_on_account(actor: Actor, account: int) -> QuerySet[Comment]:
    """The newest first, without what was said on its jobs and items."""
    notes = Comment.objects.visible_to(actor).filter(account=account, job=None, item=None)
    return notes.select_related("member").order_by("-pk")


def comments_on_items(kind: str, items: Collection[int]) -> dict[int, list[Comment]]:
    """By item, the oldest first; whoever calls has made sure that the reader sees the items."""
    found: dict[int, list[Comment]] = defaultdict(list)
    rows = Comment.objects.filter(kind=kind, item__in=items).select_related("member")
    for comment in rows.order_by("pk"):
        found[comment.item or 0].append(comment)
    return dict(found)


def comment_document(comment: Comment) -> dict[str, Any]:
    """A comment (with its member) as the API knows it."""
    member = comment.member
    return {
        "id": public_id("comment", comment.pk),
        "at": comment.at,
        "member": {"id": public_id("member", member.pk), "name": member.name, "email": member.email},
        "text": comment.text,
        "mentions": comment.mentions,
    }
