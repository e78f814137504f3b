"""The API: all its nouns, and what holds for every route before and behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from clearstage import __version__

from . import (
    accounts,
    chats,
    client_statuses,
    commands,
    comments,
    contacts,
    events,
    files,
    firm,
    health,
    inbox,
    items,
    jobs,
    members,
    organizers,
    pipelines,
    requests,
    tags,
    tasks,
    templates,
)
from .auth import Bearer
from .openapi import DescribedApi
from .parsing import StrictParser
from .problems import not_allowed, not_found, teach
from .rendering import JsonRenderer

# Commands stand before jobs: /jobs/move is no job called “move”.
NOUNS = (
    accounts,
    contacts,
    tags,
    client_statuses,
    pipelines,
    templates,
    commands,
    jobs,
    items,
    tasks,
    chats,
    organizers,
    requests,
    comments,
    events,
    files,
    members,
    inbox,
    firm,
    health,
)
DESCRIPTION = """\
Everything the pages do, by the same operations. Each request carries a member's token and acts with his rights.

Ids are opaque. Where a request names a pipeline, stage, status, client-facing status, template, tag or member, it may
give the id or the name (of a member, the e-mail). Unknown fields and parameters are refused. Refusals are
`application/problem+json`, with sentences a person can read.
"""

api = DescribedApi(
    title="Clearstage",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    auth=Bearer(),
    parser=StrictParser(),
    renderer=JsonRenderer(),
)
for each in NOUNS:
    api.add_router("", each.noun)
teach(api)

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """HEAD as GET without a body, a wrong method as a problem, and nothing of an unforeseen error outside."""

    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = api.on_exception(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            response = not_allowed(", ".join(sorted(response["Allow"].replace(" ", "").split(","))))
        response.headers.setdefault("Cache-Control", "no-store")
        response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is no event for the server's log
        if head and isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    guard.csrf_exempt = True  # type: ignore[attr-defined]
    return guard


def read_only(view: View) -> View:
    """For the two addresses that ninja makes itself."""

    def only_get(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        return view(request, *args, **kwargs)

    return only_get


def unknown_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return not_found(request)
