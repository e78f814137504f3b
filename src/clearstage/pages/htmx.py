"""Answers to htmx, and the same answers for a browser without JavaScript."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url

LEVELS = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "danger": messages.ERROR,
}


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for; going back in the history asks for the whole page."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def trigger(response: HttpResponseBase, event: str, detail: Any = None) -> None:
    """Have the page hear `event` on its body (`hx-trigger="event from:body"`); several may ride on one answer."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**known, event: {} if detail is None else detail})


def toast(
    request: HttpRequest, response: HttpResponseBase, text: str, *, tone: str = "success", undo: str = ""
) -> None:
    """Say something in passing. `undo` is the address that takes it back by POST.

    Without htmx, or where the page is left (`HX-Redirect`), it is said by the next page that is drawn.
    """
    if is_htmx(request) and not {"HX-Redirect", "HX-Refresh"} & set(response.headers):
        trigger(response, "toast", {"text": text, "tone": tone, "undo": undo})
    else:
        messages.add_message(request, LEVELS[tone], text, extra_tags=undo)


def done(
    request: HttpRequest, text: str = "", *, to: str = "", undo: str = "", changed: Iterable[str] = ()
) -> HttpResponse:
    """A form of a dialog went well: the dialog closes, `changed` events make parts of the page fetch themselves anew.

    Without JavaScript the browser goes `to` that address (a path, or the name of a page) and reads the text there.
    """
    response: HttpResponse = (
        HttpResponse(status=204) if is_htmx(request) else redirect(resolve_url(to or "home"))
    )
    for event in changed:
        trigger(response, event)
    if text:
        toast(request, response, text, undo=undo)
    return response


def go(request: HttpRequest, to: str) -> HttpResponse:
    """Leave the page for another, from a form or from htmx alike."""
    address = resolve_url(to)
    return (
        HttpResponse(status=204, headers={"HX-Redirect": address}) if is_htmx(request) else redirect(address)
    )
