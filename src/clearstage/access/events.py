"""What happened to requests for access, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, from_json, say
from clearstage.events.record import tells


@tells("access_requested")
def _access_requested(data: dict[str, Any]) -> Sentence:
    return say(_("Asked for access to {what}"), what=from_json(data["what"]))


@tells("access_request_granted")
def _access_request_granted(data: dict[str, Any]) -> Sentence:
    text = _("Granted {member} the access to {what} that was asked for")
    return say(text, member=data["name"], what=from_json(data["what"]))


@tells("access_request_declined")
def _access_request_declined(data: dict[str, Any]) -> Sentence:
    text = _("Declined to give {member} access to {what}")
    return say(text, member=data["name"], what=from_json(data["what"]))
