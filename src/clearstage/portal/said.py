"""What the portal says once, on the next page: kept by the browser."""

from __future__ import annotations

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest

from .access import WHO


class SaidOnce(CookieStorage):
    """A cookie, since writing into the session would cost every answer of a client a write more.

    It counts for the client it was said to: who signs in after him at the same screen is told nothing.
    """

    cookie_name = "clearstage_said"

    def __init__(self, request: HttpRequest) -> None:
        self.key_salt = f"clearstage.portal.said.{request.session.get(WHO)}"
        super().__init__(request)
