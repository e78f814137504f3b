"""How a refusal reads: a page, a toast, or problems inside the dialog that was sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clearstage.kernel.errors import ClearstageError, Forbidden, Invalid, NotFound, Refused, Stale

from .htmx import is_htmx, toast

PROBLEMS = "X-Clearstage-Problems"
"""Marks an answer that holds nothing but problems; the page puts it into the open dialog, above what was typed."""


def answer(request: HttpRequest, error: ClearstageError) -> HttpResponse | None:
    """The refusal as a response: 404, 403, 422, 412 or 409."""
    if isinstance(error, NotFound):
        return page(request, 404, not_here())
    if isinstance(error, Forbidden):
        return page(request, 403, str(error) or _("You may not do this."))
    if isinstance(error, Invalid):
        said = [f"{where}: {message}" if where else message for where, message in error.errors]
        return problems(request, 422, said)
    if isinstance(error, Stale):
        return problems(request, 412, [str(error) or _("Somebody else changed this in the meantime.")])
    if isinstance(error, Refused):
        return problems(request, 409, error.problems)
    return None


def not_here() -> str:
    """The same words for nonsense and for what is closed to the reader (X4)."""
    return _("This page does not exist, or it is not open to you.")


def page(request: HttpRequest, status: int, sentence: str, template: str = "") -> HttpResponse:
    """A page that says why there is nothing to show; a toast where only a part of a page was asked for."""
    if is_htmx(request):
        response = HttpResponse(status=status)
        toast(request, response, sentence, tone="danger")
        return response
    context = {"sentence": sentence, "back": way_back(request)}
    return render(request, template or f"errors/{status}.html", context, status=status)


def problems(request: HttpRequest, status: int, sentences: list[str]) -> HttpResponse:
    """The reasons, one by one; nothing was done and nothing that was typed is lost."""
    context = {"problems": sentences, "stale": status == 412, "back": way_back(request)}
    if is_htmx(request):
        response = render(request, "pages/problems.html", context, status=status)
        response.headers[PROBLEMS] = "1"
        return response
    return render(request, "errors/refused.html", context, status=status)


def way_back(request: HttpRequest) -> str:
    """The home of whoever is asking."""
    return "/portal/" if request.path.startswith("/portal/") else "/"
