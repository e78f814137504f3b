"""Clients: the list, the page of one, and the dialogs that change them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearstage.chats.models import Chat
from clearstage.chats.queries import threads
from clearstage.clients.models import Account, AccountAccess
from clearstage.clients.operations.access import grant_access, revoke_access
from clearstage.clients.operations.accounts import AccountInput, create_account, edit_account
from clearstage.clients.policies import (
    can_change_access,
    can_manage_accounts,
    can_manage_contacts,
    can_manage_tags,
)
from clearstage.clients.queries import account_detail, accounts_list, tags_list
from clearstage.engine.facts import JobStatus
from clearstage.firm.queries import members_list, roles_list
from clearstage.jobs.models import Job
from clearstage.jobs.queries import beside, job_rows
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid
from clearstage.messaging.models import AccountFollow
from clearstage.messaging.operations.following import follow_account, unfollow_account
from clearstage.messaging.queries import notes_on_account
from clearstage.pages.htmx import done, go, is_htmx

from ..access import MemberRequest, member_page, render_dialog
from .account_forms import AccountForm, NewAccountForm, told_of
from .asking import fresh_key, number, once, row_number
from .editor_names import Option
from .files import documents_context

PAGE = 50
MOST_JOBS = 200
CHANGED = "account-changed"


@require_safe
@member_page
def accounts(request: MemberRequest, actor: Actor) -> HttpResponse:
    """By name, with search and filters in the address; further ones come below, without htmx on the next page."""
    ask = {name: request.GET.get(name, "").strip() for name in ("q", "tag", "kind", "cursor")}
    found = accounts_list(actor, **ask, limit=PAGE)
    jobs = (
        Job.objects.visible_to(actor).on_the_board().filter(account__in=[each.pk for each in found.results])
    )
    counts = dict(jobs.order_by().values_list("account").annotate(Count("pk")))
    for account in found.results:
        account.open_jobs = counts.get(account.pk, 0)  # type: ignore[attr-defined]
    context = {
        "accounts": found.results,
        "next": found.next,
        **ask,
        "filtered": any(ask[name] for name in ("q", "tag", "kind")),
        "tags": tags_list(),
        "kinds": Account.KINDS,
        "may_create": can_manage_accounts(actor),
    }
    part = {"accounts": "part.html", "more-accounts": "rows.html"}.get(
        request.headers.get("HX-Target", ""), "list.html"
    )
    return render(request, f"web/accounts/{part if is_htmx(request) else 'list.html'}", context)


@require_safe
@member_page
def account(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    row = account_detail(actor, row_number(account))
    archived = request.GET.get("jobs") == "archived"
    visible = Job.objects.visible_to(actor).filter(account=row)
    jobs = visible.filter(status=JobStatus.ARCHIVED) if archived else visible.on_the_board()
    listed = list(job_rows(jobs).order_by("-created_at", "-pk")[:MOST_JOBS])
    roles: dict[str, list[Any]] = {}
    for holder in row.role_holders.all():
        roles.setdefault(holder.role.name, []).append(holder.member)
    context = {
        "account": row,
        "jobs": listed,
        "beside": beside(listed),
        "archived": archived,
        "counts": {
            "open": visible.on_the_board().count(),
            "archived": visible.filter(status=JobStatus.ARCHIVED).count(),
        },
        "roles": [(role.name, roles.get(role.name, [])) for role in roles_list()],
        "access": AccountAccess.objects.filter(account=row).select_related("member").order_by("member__name"),
        "threads": threads(actor, Chat.objects.visible_to(actor).filter(account=row)),
        "notes": notes_on_account(actor, row.pk),
        "key": fresh_key(),
        "follows": AccountFollow.objects.filter(account=row, member=actor.member_id).exists(),
        "may_edit": can_manage_accounts(actor),
        "may_tag": can_manage_tags(actor),
        "may_contacts": can_manage_contacts(actor),
        "may_grant": can_change_access(actor),
        "may_look": actor.may("view as client"),
        **documents_context(request, actor, row.pk),
    }
    part = (
        "body.html" if is_htmx(request) and request.headers.get("HX-Target") == "account" else "account.html"
    )
    return render(request, f"web/accounts/{part}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def create(request: MemberRequest, actor: Actor) -> HttpResponse:
    can_manage_accounts(actor).demand()
    form = NewAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = AccountInput(**told_of(request.POST, form), contacts=form.contacts())
        try:
            made = once(request, actor, lambda: {"account": create_account(actor, given).pk})
        except Invalid as invalid:
            form.take(invalid)
        else:
            return go(request, reverse("account", args=[made["account"]]))
    context = {**_choices(request, actor), "form": form, "key": request.POST.get("key") or fresh_key()}
    return render_dialog(request, "web/accounts/create.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def edit(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    """Name, kind and number; tags and holders of roles. Each takes its own right."""
    row = account_detail(actor, row_number(account))
    if not can_manage_tags(actor):
        can_manage_accounts(actor).demand()
    form = AccountForm(
        request.POST or None, initial={"name": row.name, "kind": row.kind, "number": row.number}
    )
    if not can_manage_accounts(actor):
        form.lock(row)
    if request.method == "POST" and form.is_valid():
        try:
            edit_account(actor, row.pk, told_of(request.POST, form), number(request.POST.get("version")))
        except Invalid as invalid:
            form.take(invalid)
        else:
            address = reverse("account", args=[row.pk])
            return done(request, _("Saved"), to=address, changed=[CHANGED])
    context = {**_choices(request, actor, row), "form": form, "account": row}
    return render_dialog(request, "web/accounts/edit.html", context, status=422 if form.errors else 200)


def _choices(request: MemberRequest, actor: Actor, row: Account | None = None) -> dict[str, Any]:
    """Tags and holders of roles to pick from, with those that are there or were just picked."""
    posted = request.method == "POST"
    tags = {tag.name for tag in row.tags.all()} if row else set()
    holders = {(each.role_id, each.member.email) for each in row.role_holders.all()} if row else set()
    if posted:
        tags = {*request.POST.getlist("tag")}
    members = list(members_list(inactive=False))
    roles = []
    for role in roles_list():
        name = f"role-{role.pk}"
        held = (
            set(request.POST.getlist(name)) if posted else {email for pk, email in holders if pk == role.pk}
        )
        roles.append((role, name, [Option(each.email, each.name, each.email in held) for each in members]))
    return {
        "tags": [Option(tag.name, tag.name, tag.name in tags, tag.color) for tag in tags_list()],
        "typed_tags": request.POST.get("tag-more", ""),
        "roles": roles,
        "may_edit": can_manage_accounts(actor),
        "may_tag": can_manage_tags(actor),
        "may_contacts": can_manage_contacts(actor),
        "version": request.POST.get("version") or (row.version if row else ""),
    }


@require_POST
@member_page
def follow(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    """`follow` says yes or no, so that the same form twice does the same."""
    number = row_number(account)
    wanted = request.POST.get("follow") == "yes"
    (follow_account if wanted else unfollow_account)(actor, number)
    text = _("You follow this account") if wanted else _("You no longer follow this account")
    return done(request, text, to=reverse("account", args=[number]), changed=[CHANGED])


# Who may see it


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def grant(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    row = account_detail(actor, row_number(account))
    can_change_access(actor).demand()
    if request.method == "POST":
        member = number(request.POST.get("member"))
        if member is None:
            raise Invalid([("member", _("Choose a member."))])
        grant_access(actor, row.pk, member)
        return done(request, _("Access granted"), to=reverse("account", args=[row.pk]), changed=[CHANGED])
    present = AccountAccess.objects.filter(account=row).values("member")
    free = [each for each in members_list(inactive=False).exclude(pk__in=present) if not _sees_all(each)]
    return render_dialog(request, "web/accounts/grant.html", {"account": row, "members": free})


@require_POST
@member_page
def revoke(request: MemberRequest, actor: Actor, account: int, member: int) -> HttpResponse:
    row = account_detail(actor, row_number(account))
    revoke_access(actor, row.pk, row_number(member))
    return done(request, _("Access taken back"), to=reverse("account", args=[row.pk]), changed=[CHANGED])


def _sees_all(member: Any) -> bool:
    return member.role in ("owner", "admin") or "view all accounts" in member.rights
