"""Changing a job where it stands, or many at once (B1, B3, C8): assignees, priority, dates, what the client is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clearstage.clients.models import AccountTag
from clearstage.clients.policies import can_manage_tags
from clearstage.clients.queries import tags_list
from clearstage.events.models import Event
from clearstage.firm.models import Member
from clearstage.firm.queries import members_list
from clearstage.jobs.models import ClientStatus, Job, JobAssignee
from clearstage.jobs.operations.account_tags import tag_accounts_of
from clearstage.jobs.operations.editing import begin_edit, edit_job, end_edit
from clearstage.jobs.policies import can_assign, can_edit_job
from clearstage.jobs.queries import client_block
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from clearstage.pages import refusals

from ..access import MemberRequest, member_page, render_dialog
from ..templatetags.jobs import told as told_in_words
from .asking import asked, chosen_jobs, day, finished, fresh_key, number, numbers, once, words
from .moving import came_from

Edit = Callable[[int, int | None, int], Job]


@member_page
def menu(request: MemberRequest, actor: Actor) -> HttpResponse:
    """What can be done with a card, for those who do not drag and know no keys."""
    rows = rows_of(actor, chosen_jobs(asked(request)))
    context = {
        "jobs": [row.pk for row in rows],
        "one": rows[0],
        "may_edit": bool(can_edit_job(actor, rows[0])),
    }
    return render_dialog(request, "web/board/card_menu.html", context)


@member_page
def assign(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Who works on it; for many, members can be added, taken off, or put in place of all others."""
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    if request.method == "POST" and "save" in ask:
        wanted, how = set(numbers(ask, "member")), ask.get("how", "replace")
        present = assigned(rows)

        def edit(job: int, version: int | None, action: int) -> Job:
            together = _together(present[job], wanted, how)
            return edit_job(actor, job, {}, assignees=together, version=version, action=action)

        return save(request, actor, rows, edit, _("Assigned"))
    counts = dict(JobAssignee.objects.filter(job__in=rows).values_list("member").annotate(n=Count("id")))
    members = [(member, counts.get(member.pk, 0) == len(rows)) for member in members_list(inactive=False)]
    others = [member.pk for member, _on in members if member.pk != actor.member_id]
    context = {"members": members, "may_assign": bool(can_assign(actor, others)), "me": actor.member_id}
    return dialog(request, "web/board/assign.html", rows, context)


def _together(present: set[int], wanted: set[int], how: str) -> set[int]:
    return {"add": present | wanted, "remove": present - wanted}.get(how, wanted)


def assigned(rows: Sequence[Job]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {row.pk: set() for row in rows}
    for job, member in JobAssignee.objects.filter(job__in=rows).values_list("job_id", "member_id"):
        found[job].add(member)
    return found


@member_page
def priority(request: MemberRequest, actor: Actor) -> HttpResponse:
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    if request.method == "POST" and "priority" in ask:
        if ask["priority"] not in dict(Job.PRIORITIES):
            raise Invalid([("priority", _("There is no such priority."))])
        changes = {"priority": ask["priority"]}
        return save(request, actor, rows, _changing(actor, changes), _("Priority set"))
    return dialog(request, "web/board/priority.html", rows, {"priorities": Job.PRIORITIES})


@member_page
def dates(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Start and due. For many, what is left empty stays as it is; a tick takes the due date off."""
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    if request.method == "POST" and "save" in ask:
        changes: dict[str, Any] = {"due": day(ask, "due"), "start": day(ask, "start")}
        if len(rows) > 1:
            changes = {name: value for name, value in changes.items() if value is not None}
            if "no_due" in ask:
                changes["due"] = None
        return save(request, actor, rows, _changing(actor, changes), _("Dates set"))
    return dialog(request, "web/board/dates.html", rows, {})


@member_page
def tags(request: MemberRequest, actor: Actor) -> HttpResponse:
    """The accounts' tags: of one job's as they are to be, for many those to put on or to take off."""
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    if request.method == "POST" and "save" in ask:
        wanted, had = set(numbers(ask, "tag")), set(numbers(ask, "had"))
        add, remove = (wanted - had, had - wanted) if len(rows) == 1 else (wanted, set[int]())
        if ask.get("how") == "remove":
            add, remove = remove, add
        return _save_tags(request, actor, rows, add, remove)
    accounts = {row.account_id for row in rows}
    counts = dict(AccountTag.objects.filter(account__in=accounts).values_list("tag").annotate(n=Count("id")))
    listed = [(tag, counts.get(tag.pk, 0) == len(accounts)) for tag in tags_list()]
    return dialog(request, "web/board/tags.html", rows, {"tags": listed, "may": can_manage_tags(actor)})


def _save_tags(
    request: MemberRequest, actor: Actor, rows: Sequence[Job], add: set[int], remove: set[int]
) -> HttpResponse:
    def run() -> dict[str, Any]:
        done = tag_accounts_of(actor, [row.pk for row in rows], add=add, remove=remove)
        return {"accounts": done.accounts, "action": done.action}

    answer = once(request, actor, run)
    if not answer["action"]:
        return finished(request, _("The tags were so already."))
    text = ngettext("Tags of one client changed", "Tags of %(n)s clients changed", answer["accounts"])
    undo = reverse("undo", args=[answer["action"]])
    return finished(request, text % {"n": answer["accounts"]}, undo=undo)


@member_page
def client(request: MemberRequest, actor: Actor) -> HttpResponse:
    """The client-facing block (C2, C8): shown or hidden, status, description, the job's name for the client."""
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    if request.method == "POST" and "save" in ask:
        block = block_of(ask, rows[0] if len(rows) == 1 else None)

        def edit(job: int, version: int | None, action: int) -> Job:
            return edit_job(actor, job, {}, block=block, version=version, action=action)

        return save(request, actor, rows, edit, _("Saved what the client sees"))
    statuses = list(ClientStatus.objects.filter(deleted_at=None))
    told = client_block(rows[0]) if len(rows) == 1 else {}
    return dialog(request, "web/board/client.html", rows, {"statuses": statuses, "told": told})


def block_of(ask: QueryDict, row: Job | None) -> dict[str, Any]:
    """What is to change. Words that say what the list says are no words of one's own (C2)."""
    changes: dict[str, Any] = {}
    if ask.get("shown") in ("1", "0"):
        changes["shown"] = ask["shown"] == "1"
    status = ClientStatus.objects.filter(pk=number(ask.get("status")) or 0, deleted_at=None).first()
    if status is None and ask.get("status"):
        raise Invalid([("status", _("There is no such client-facing status any more."))])
    if status is not None:
        changes["status"] = status.pk
    if row is None:
        return changes
    typed, name = words(ask, "description", 20_000), words(ask, "job_name")
    if typed != words(ask, "described", 20_000):
        following = status or row.client_status
        listed = following.description if following else ""
        changes["description"] = typed if typed and typed != listed.strip() else None
    if name != (row.client_job_name or row.name):
        changes["job_name"] = name if name and name != row.name else None
    return changes


# What all of them have in common


def rows_of(actor: Actor, jobs: Sequence[int]) -> list[Job]:
    rows = Job.objects.visible_to(actor).filter(pk__in=jobs)
    found = list(rows.select_related("account", "client_status", "stage", "pipeline").order_by("pk"))
    if not found:
        raise NotFound
    return found


def dialog(
    request: MemberRequest, template: str, rows: Sequence[Job], context: Mapping[str, Any]
) -> HttpResponse:
    shared = {
        "jobs": [row.pk for row in rows], "rows": rows, "one": rows[0] if len(rows) == 1 else None,
        "key": fresh_key(), "back": came_from(request), "address": request.path,
    }  # fmt: skip
    return render_dialog(request, template, {**shared, **context})


def _changing(actor: Actor, changes: Mapping[str, Any]) -> Edit:
    return lambda job, version, action: edit_job(actor, job, changes, version=version, action=action)


def save(request: MemberRequest, actor: Actor, rows: Sequence[Job], edit: Edit, text: str) -> HttpResponse:
    """One job is refused with its reason; of many, those that can be changed are, and the others are told (A12)."""
    version = number(asked(request).get("version")) if len(rows) == 1 else None
    try:
        answer = once(request, actor, lambda: _save_all(actor, rows, edit, version))
    except Stale as stale:
        return refusals.problems(request, 412, [str(stale), *who_changed(rows[0])])
    many = ngettext("%(text)s", "%(text)s for %(n)s jobs", answer["done"]) % {
        "text": text,
        "n": answer["done"],
    }
    if not answer["done"]:
        return finished(request, " ".join(answer["refused"]))
    undo = reverse("undo", args=[answer["action"]]) if answer["action"] else ""
    return finished(request, " · ".join([many, *answer["refused"]]), undo=undo)


def _save_all(actor: Actor, rows: Sequence[Job], edit: Edit, version: int | None) -> dict[str, Any]:
    action = begin_edit(actor)
    if len(rows) == 1:
        edit(rows[0].pk, version, action)
        return {"done": 1, "refused": [], "action": end_edit(action)}
    reasons: dict[str, int] = {}
    for row in rows:
        try:
            edit(row.pk, None, action)
        except (Refused, NotFound, Forbidden, Stale) as refusal:
            reason = str(refusal) or _("There is no such job.")
            reasons[reason] = reasons.get(reason, 0) + 1
    refused = [f"{reason} ({count})" if count > 1 else reason for reason, count in reasons.items()]
    return {"done": len(rows) - sum(reasons.values()), "refused": refused, "action": end_edit(action)}


def who_changed(job: Job) -> list[str]:
    """M13: who was quicker, and what it was."""
    event = Event.objects.filter(job=job.pk).order_by("-id").first()
    if event is None:
        return []
    who = event.on_behalf or event.actor_name
    return [_("{who}: {what}").format(who=who, what=told_in_words(event))]


def active_members(wanted: Sequence[int]) -> list[int]:
    return list(Member.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
