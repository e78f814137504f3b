"""Who calls: a member, by a token of his. There are no cookies here, so no page elsewhere can call in his name."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _t
from ninja.security import HttpBearer

from clearstage.firm.operations.tokens import member_by_token
from clearstage.firm.queries import actor_for
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden

READING = ("GET", "HEAD")


class Asked(HttpRequest):
    """A request that has passed the door: `actor` is the member behind the token."""

    actor: Actor


class Bearer(HttpBearer):
    """A token that may read, or read and write. It acts with the rights that its member has at this moment."""

    openapi_description = "A token of a member: `clearstage token create --member EMAIL`."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        found = member_by_token(token.strip())
        if found is None:
            return None
        member, scope = found
        if scope != "write" and request.method not in READING:
            raise Forbidden(_t("This token may only read."))
        actor = actor_for(member, via="api")
        request.actor = actor  # type: ignore[attr-defined]
        return actor
