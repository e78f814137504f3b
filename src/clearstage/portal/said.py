"""What the portal says once, on the next page: kept by the browser."""

from __future__ import annotations

from django.contrib.messages.storage.cookie import CookieStorage
from django.core.signing import get_cookie_signer
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .access import SAID, WHO


class SaidOnce(CookieStorage):
    """A cookie, since writing into the session would cost every answer of a client a write more.

    It counts for the client it was said to: who signs in after him at the same screen is told nothing. Who that is, is
    looked up when something is said, so that what says nothing reads no session.
    """

    cookie_name = SAID

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.signer = SimpleLazyObject(
            lambda: get_cookie_signer(salt=f"clearstage.portal.said.{request.session.get(WHO)}")
        )
