"""The pages for what went wrong outside of any view. Wired in `urls` and in the settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clearstage.pages import refusals

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("Your browser sent something that Clearstage does not know."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, refusals.not_here())


def broke(request: HttpRequest) -> HttpResponse:
    """Asks nothing of session or database: they may be what broke."""
    if request.path.startswith(API):
        return _problem(500, _("Something broke on our side."))
    return HttpResponse(render_to_string("errors/500.html", {"back": refusals.way_back(request)}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("Nothing was done. Open the page again and repeat it; signing in again may be needed.")
    return refusals.page(request, 403, sentence, template="errors/csrf.html")


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith(API):
        return _problem(status, sentence)
    return refusals.page(request, status, sentence)


def _problem(status: int, detail: str) -> HttpResponse:
    document = {"type": "about:blank", "title": detail, "status": status, "detail": detail}
    return JsonResponse(document, status=status, content_type="application/problem+json")
