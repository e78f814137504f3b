"""What happened around the portal, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells


@tells("client_view_opened")
def _client_view_opened(data: dict[str, Any]) -> Sentence:
    if data.get("contact"):
        return say(_("Looked at the portal as {contact} sees it"), contact=data["contact"])
    return say(_("Looked at the portal of the account as a whole"))
