"""What stands between a request and the faces: two audiences with separate sessions, and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_request, override

from clearstage.kernel.errors import ClearstageError
from clearstage.pages import refusals
from clearstage.portal.access import spoken

API = "/api/"
PORTAL = "/portal/"
PORTAL_COOKIE = "clearstage_portal"
GetResponse = Callable[[HttpRequest], HttpResponse]


def two_audiences(get_response: GetResponse) -> GetResponse:
    """Clients have a session cookie of their own, sent only below /portal/: no page can mistake one for the other."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PORTAL):
            return get_response(request)
        name = settings.SESSION_COOKIE_NAME
        request.COOKIES.pop(name, None)
        if PORTAL_COOKIE in request.COOKIES:
            request.COOKIES[name] = request.COOKIES[PORTAL_COOKIE]
        response = get_response(request)
        if name in response.cookies:
            morsel = response.cookies.pop(name)
            response.cookies[PORTAL_COOKIE] = morsel.value
            response.cookies[PORTAL_COOKIE].update({**morsel, "path": PORTAL})
        return response

    return middleware


def languages(get_response: GetResponse) -> GetResponse:
    """Clients are met in the language of their browser until they sign in; the firm's pages and the API are English.

    Once he has signed in, it is the contact's own choice that counts.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        speaks = get_language_from_request(request) if request.path.startswith(PORTAL) else "en"
        with override(spoken(speaks)):
            response = get_response(request)
            response.headers["Content-Language"] = get_language() or "en"
        if request.path.startswith(PORTAL):
            patch_vary_headers(response, ("Accept-Language",))
        return response

    return middleware


class RefusalsAsPages:
    """What a view leaves to be refused becomes a page, a toast or problems in the dialog: here, for all pages.

    A view that can show a refusal better (with its form, with the new plan) catches it itself. The API has own words.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, ClearstageError) or request.path.startswith(API):
            return None
        return refusals.answer(request, error)
