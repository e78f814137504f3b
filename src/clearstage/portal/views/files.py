"""What a client does with files: sends them, throws away what he sent, takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from clearstage.files import tus
from clearstage.files.models import File
from clearstage.files.operations.changing import bin_file, restore_file
from clearstage.files.queries import named_file
from clearstage.files.receiving import account_in, receive
from clearstage.kernel.errors import Refused

from ..access import contact_page
from ..principal import Principal


@require_POST
@contact_page
def add(request: HttpRequest, principal: Principal) -> HttpResponse:
    """The form of a browser without JavaScript."""
    account = account_in(request.POST.get("account"))
    received = receive(request, principal.actor, account, shared=True, told=True)
    if received.problems or not received.files:
        raise Refused(received.problems or [_("No file was chosen.")])
    count = len(received.files)
    messages.success(request, ngettext("{count} file sent", "{count} files sent", count).format(count=count))
    return redirect("portal-files")


@require_POST
@contact_page
def throw_away(request: HttpRequest, principal: Principal, file: str) -> HttpResponse:
    row = bin_file(principal.actor, named_file(File.objects.visible_to(principal.actor), file).pk)
    messages.success(request, _("“{name}” was removed").format(name=row.name))
    return redirect(f"{reverse('portal-files')}#removed")


@require_POST
@contact_page
def restore(request: HttpRequest, principal: Principal, file: str) -> HttpResponse:
    row = restore_file(principal.actor, named_file(File.objects.binned_by(principal.actor), file).pk)
    messages.success(request, _("“{name}” is back").format(name=row.name))
    return redirect("portal-files")


@contact_page
def uploads(request: HttpRequest, principal: Principal) -> HttpResponse:
    return tus.uploads(request, principal.actor)


@contact_page
def upload(request: HttpRequest, principal: Principal, token: str) -> HttpResponse:
    return tus.upload(request, principal.actor, token)


@contact_page
def document(request: HttpRequest, principal: Principal, token: str) -> HttpResponse:
    """What is sent on the page *Documents*, for no item that would tell the firm of it."""
    return tus.upload(request, principal.actor, token, told=True)
