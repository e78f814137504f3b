"""The documents of a client, for whoever reads them: the client, or the firm read-only."""

from __future__ import annotations

from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from clearstage.files.models import File
from clearstage.files.queries import binned_files, named_file, portal_files
from clearstage.files.serving import download

from .principal import Principal

AT_A_TIME = 50
MOST_REMOVED = 20


def show_files(request: HttpRequest, principal: Principal) -> HttpResponse:
    """What is shared with the client and what he sent, newest first, of all accounts or of one."""
    accounts, numbers = principal.looked_at, principal.looked_at_numbers
    removed = binned_files(principal.actor).filter(account__in=numbers)
    context = {
        "principal": principal,
        "page": "files",
        "accounts": accounts,
        "several": len(accounts) > 1,
        "files": Paginator(portal_files(numbers), AT_A_TIME).get_page(request.GET.get("page")),
        "key": uuid4().hex,
        "removed": [] if principal.read_only else removed[:MOST_REMOVED],
    }
    return render(request, "portal/files.html", context)


def show_file(request: HttpRequest, principal: Principal, file: str) -> HttpResponseBase:
    return download(request, named_file(File.objects.of_portal(principal.account_numbers), file))
