"""The firm's side of files: downloads, uploads, and what is done with them on an account's page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clearstage.clients.queries import account_detail
from clearstage.files import tus
from clearstage.files.models import File
from clearstage.files.operations.changing import bin_file, restore_file, share_file
from clearstage.files.policies import can_upload
from clearstage.files.queries import account_files, binned_files, named_file, uploaded_by
from clearstage.files.receiving import account_in, receive
from clearstage.files.serving import download
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused
from clearstage.kernel.ids import public_id
from clearstage.pages.htmx import done, is_htmx

from ..access import MemberRequest, member_page
from .asking import fresh_key, row_number

CHANGED = "files-changed"
AT_A_TIME = 30


def documents_context(request: MemberRequest, actor: Actor, account: int) -> dict[str, Any]:
    """What the documents of an account's page show: files or the bin, newest first, some at a time."""
    binned = request.GET.get("bin") == "1"
    live, thrown = account_files(actor, account), binned_files(actor).filter(account=account)
    files = Paginator(thrown if binned else live, AT_A_TIME).get_page(request.GET.get("files"))
    for row in files:
        row.who = uploaded_by(row)  # type: ignore[attr-defined]
    address = reverse("account-documents", args=[account])
    pages = f"{address}?bin={int(binned)}&files="
    documents = {
        "files": files,
        "binned": binned,
        "count": live.count(),
        "in_bin": thrown.count(),
        "account": public_id("account", account),
        "address": address,
        "pages": pages,
        "here": f"{pages}{files.number}",
        "key": fresh_key(),
    }
    return {"documents": documents, "may_upload": can_upload(actor)}


@require_safe
@member_page
def documents(request: MemberRequest, actor: Actor, account: int) -> HttpResponse:
    """The list alone, for htmx; without it the page of the account has it."""
    row = account_detail(actor, row_number(account))
    if not is_htmx(request):
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{reverse('account', args=[row.pk])}{asked}#documents")
    return render(request, "web/accounts/file_list.html", documents_context(request, actor, row.pk))


@require_safe
@member_page
def file(request: MemberRequest, actor: Actor, file: str) -> HttpResponseBase:
    return download(request, named_file(File.objects.visible_to(actor), file))


@require_POST
@member_page
def add(request: MemberRequest, actor: Actor) -> HttpResponse:
    """The form of a browser without JavaScript: several files of one account."""
    account = account_in(request.POST.get("account"))
    received = receive(request, actor, account, shared=request.POST.get("shared") == "on")
    if received.problems or not received.files:
        raise Refused(received.problems or [_("No file was chosen.")])
    count = len(received.files)
    said = ngettext("{count} file added", "{count} files added", count).format(count=count)
    return done(request, said, to=_documents(account), changed=[CHANGED])


@require_POST
@member_page
def share(request: MemberRequest, actor: Actor, file: str) -> HttpResponse:
    row = share_file(
        actor, named_file(File.objects.visible_to(actor), file).pk, request.POST.get("shared") == "on"
    )
    said = _("Shared with the client") if row.shared else _("No longer shared with the client")
    return done(request, said, to=_documents(row.account_id), changed=[CHANGED])


@require_POST
@member_page
def throw_away(request: MemberRequest, actor: Actor, file: str) -> HttpResponse:
    row = bin_file(actor, named_file(File.objects.visible_to(actor), file).pk)
    undo = reverse("file-restore", args=[file])
    return done(request, _("Put into the bin"), to=_documents(row.account_id), undo=undo, changed=[CHANGED])


@require_POST
@member_page
def restore(request: MemberRequest, actor: Actor, file: str) -> HttpResponse:
    row = restore_file(actor, named_file(File.objects.visible_to(actor), file).pk)
    return done(request, _("Taken back out of the bin"), to=_documents(row.account_id), changed=[CHANGED])


@member_page
def uploads(request: MemberRequest, actor: Actor) -> HttpResponse:
    return tus.uploads(request, actor)


@member_page
def upload(request: MemberRequest, actor: Actor, token: str) -> HttpResponse:
    return tus.upload(request, actor, token)


def _documents(account: int) -> str:
    return f"{reverse('account', args=[account])}#documents"
