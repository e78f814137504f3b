"""Who gets into the firm's pages: members who are signed in, each as the actor of what he does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from clearstage.access.policies import can_request_access
from clearstage.access.queries import open_request
from clearstage.firm.models import Firm, Member
from clearstage.firm.queries import actor_for, the_firm_row
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import LARGEST
from clearstage.pages import refusals
from clearstage.pages.htmx import go, is_htmx

P = ParamSpec("P")
MAY_BE_ASKED_FOR = {"job": "job", "board": "pipeline", "account": "account"}
"""Pages by name, and what their addresses name; so is the number in the address called."""


class MemberRequest(HttpRequest):
    """A request that `member_page` let in."""

    actor: Actor
    firm: Firm


def member_page(
    view: Callable[Concatenate[MemberRequest, Actor, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The view is called as `view(request, actor, ...)`, in the firm's time zone; others go to the sign-in first.

    A deactivated member is nobody to Django's sessions, so he is out at the next request (X5).
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        firm = the_firm_row()
        if firm is None:
            return go(request, "set-up")
        if not isinstance(request.user, Member):
            return to_sign_in(request)
        let_in = cast(MemberRequest, request)
        let_in.firm, let_in.actor = firm, actor_for(request.user)
        with timezone.override(firm.timezone):
            try:
                response = view(let_in, let_in.actor, *args, **kwargs)
            except (NotFound, Http404):
                closed = closed_page(let_in)
                if closed is None:
                    raise
                response = closed
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return page


def closed_page(request: MemberRequest) -> HttpResponse | None:
    """“There is nothing here”, with *Request access* (X2): the same page for what is closed and for nonsense (X4).

    None where the address names nothing that could be opened to this member.
    """
    match = request.resolver_match
    noun = MAY_BE_ASKED_FOR.get(match.url_name or "") if match else None
    if match is None or noun is None or request.method not in ("GET", "HEAD") or is_htmx(request):
        return None
    number = int(match.kwargs[noun])
    if not 0 < number <= LARGEST or not can_request_access(request.actor):
        return None
    context = {
        "noun": noun,
        "number": number,
        "request_sent": open_request(request.actor, noun, number),
        "sentence": refusals.not_here(),
        "back": "/",
    }
    return render(request, "web/closed.html", context, status=404)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in first, then back to where one was."""
    address = request.get_full_path() if request.method == "GET" else "/"
    if is_htmx(request):
        seen = urlsplit(request.headers.get("HX-Current-URL", ""))
        address = seen.path + (f"?{seen.query}" if seen.query else "")
    wanted = f"?{urlencode({'next': address})}" if address not in ("", "/") else ""
    return go(request, settings.LOGIN_URL + wanted)


def local_address(request: HttpRequest, address: str) -> str:
    """`address` where it is one of ours, else the start: nobody is sent elsewhere after signing in."""
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/")
    return address if ours and not address.startswith("/portal/") else "/"


def signed_in_already(request: HttpRequest) -> HttpResponse | None:
    return (
        redirect(local_address(request, request.GET.get("next", "")))
        if isinstance(request.user, Member)
        else None
    )


def render_dialog(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """What htmx loads into #dialog; opened without JavaScript, the same thing on a page of its own."""
    if is_htmx(request):
        return render(request, template, context, status=status)
    return render(
        request, "web/dialog_page.html", {**(context or {}), "dialog_template": template}, status=status
    )
