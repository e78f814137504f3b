"""What was said to clients, and who of the firm listens, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import tells


@tells("client_reminded")
def _client_reminded(data: dict[str, Any]) -> Sentence:
    said = {name: data[name] for name in ("title", "number", "most")}
    if not data["names"]:
        text = _("Nobody could be reminded of “{title}”: the account has no contact to ask by e-mail")
        return say(text, title=data["title"])
    return say(_("Reminded {names} of “{title}” ({number} of {most})"), names=data["names"], **said)


@tells("reminders_in_vain")
def _reminders_in_vain(data: dict[str, Any]) -> Sentence:
    text = _("No answer to “{title}” after {most} reminders: to be set to “{status}”")
    return say(text, title=data["title"], most=data["most"], status=data["status"])


@tells("reminder_failed")
def _reminder_failed(data: dict[str, Any]) -> Sentence:
    return say(_("A reminder could not be sent ({error}); it waits for Retry"), error=data["error"])


@tells("account_followed")
def _account_followed(data: dict[str, Any]) -> Sentence:
    return say(_("Follows the account"))


@tells("account_unfollowed")
def _account_unfollowed(data: dict[str, Any]) -> Sentence:
    return say(_("No longer follows the account"))


@tells("job_commented")
def _job_commented(data: dict[str, Any]) -> Sentence:
    return say(_("Commented on the job"))


@tells("account_noted")
def _account_noted(data: dict[str, Any]) -> Sentence:
    return say(_("Wrote a note on the account"))
