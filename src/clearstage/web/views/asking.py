"""What an address or a form asks for, read the same way by every view of boards and jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from clearstage.firm.idempotency import fingerprint_of, remembered
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.ids import LARGEST
from clearstage.kernel.text import flaw_in
from clearstage.pages.htmx import done, is_htmx, toast, trigger

JOBS_CHANGED = "jobs-changed"
"""Heard by whatever shows jobs: it fetches itself anew."""
BOARD_CHANGED = "board-changed"
"""Heard by the board alone, where the part that was used shows its change already."""
_NO_MATTER = ("csrfmiddlewaretoken", "key")


def asked(request: HttpRequest) -> QueryDict:
    """The form's fields, or the address's parameters."""
    return request.POST if request.method == "POST" else request.GET


def number(text: object) -> int | None:
    """A row's number, or None where the text is none."""
    digits = str(text or "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19:
        return None
    return found if 0 < (found := int(digits)) <= LARGEST else None


def row_number(given: int) -> int:
    """A number from an address; one that no row can have is nothing that exists."""
    if not 0 < given <= LARGEST:
        raise Http404
    return given


def chosen_jobs(ask: QueryDict) -> list[int]:
    """`jobs`, several times or with commas between; at least one."""
    given = [part for value in ask.getlist("jobs") for part in value.split(",")]
    jobs = list(dict.fromkeys(filter(None, map(number, given))))
    if not jobs:
        raise Refused([_("No job is chosen.")])
    return jobs


def numbers(ask: QueryDict, name: str) -> list[int]:
    return list(dict.fromkeys(filter(None, map(number, ask.getlist(name)))))


def words(ask: QueryDict, name: str, longest: int = 200) -> str:
    """A text without what no database can keep."""
    text = ask.get(name, "").replace("\r\n", "\n").strip()
    if flaw_in(text) or len(text) > longest:
        raise Invalid([(name, _("This text is too long or holds characters that cannot be kept."))])
    return text


def day(ask: QueryDict, name: str) -> date | None:
    text = ask.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid([(name, _("“{text}” is no date.").format(text=text[:20]))]) from None


def fresh_key() -> str:
    """For the form that is drawn now: sent twice, it does its thing once (M12)."""
    return uuid4().hex


def once(
    request: HttpRequest, actor: Actor, run: Callable[[], dict[str, Any]], *, step: str = ""
) -> dict[str, Any]:
    """Do what the form asks for, and give the same answer whenever the same form comes again.

    `step` tells the parts of a form apart that does more than one thing.
    """
    fields = sorted(
        (name, value) for name, values in request.POST.lists() for value in values if name not in _NO_MATTER
    )
    _status, answer = remembered(
        f"web:{actor.id}",
        (request.POST.get("key") or fresh_key()) + step,
        fingerprint_of(request.path, urlencode(fields, errors="backslashreplace")),
        lambda: (200, run()),
    )
    return dict(answer)


def here(request: HttpRequest) -> str:
    """Where a browser without JavaScript goes when a form is done: the page it came from."""
    address = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/")
    return address if ours else resolve_url("jobs")


def finished(
    request: HttpRequest, text: str = "", *, undo: str = "", changed: Iterable[str] = (JOBS_CHANGED,)
) -> HttpResponse:
    """The dialog closes, or the page one came from is shown; everything that shows jobs follows."""
    return done(request, text, to=here(request), undo=undo, changed=changed)


def say(request: HttpRequest, response: HttpResponse, text: str, **more: str) -> HttpResponse:
    """A part that was swapped in place, and a word about it; an open board behind it follows."""
    if text:
        toast(request, response, text, **more)
    if is_htmx(request):
        trigger(response, BOARD_CHANGED)
    return response
