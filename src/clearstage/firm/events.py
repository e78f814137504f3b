"""What happened to the firm, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.changes import told_changes
from clearstage.events.record import tells

_MEMBER = {"name": _("name"), "role": _("role"), "rights": _("rights"), "is_active": _("active")}
_FIRM = {
    "name": _("name"),
    "timezone": _("time zone"),
    "undo_minutes": _("minutes for undo"),
    "hold_minutes": _("minutes messages are held"),
    "holidays": _("holidays"),
    "quiet_from": _("no reminders from"),
    "quiet_to": _("no reminders until"),
    "quiet_days": _("no reminders on weekends and holidays"),
    "tell_client_status": _("e-mails about a new client-facing status"),
    "clients_begin_chats": _("conversations begun by clients"),
}


@tells("firm_created")
def _firm_created(data: dict[str, Any]) -> Sentence:
    return say(_("Set up “{firm}” with {owner} as its owner"), firm=data["name"], owner=data["owner"])


@tells("firm_edited")
def _firm_edited(data: dict[str, Any]) -> Sentence:
    return say(_("Changed the firm's settings: {changes}"), changes=told_changes(data["changes"], _FIRM))


@tells("member_added")
def _member_added(data: dict[str, Any]) -> Sentence:
    return say(_("Added {member} as {role}"), member=data["name"], role=data["role"])


@tells("member_edited")
def _member_edited(data: dict[str, Any]) -> Sentence:
    changes = dict(data["changes"])
    active = changes.pop("is_active", None)
    said = told_changes(changes, _MEMBER)
    if active is not None:
        said.insert(0, say(_("may sign in again")) if active[1] else say(_("deactivated")))
    return say(_("Changed {member}: {changes}"), member=data["name"], changes=said)


@tells("member_password_set")
def _member_password_set(data: dict[str, Any]) -> Sentence:
    return say(_("Set a new password for {member}"), member=data["name"])


@tells("token_created")
def _token_created(data: dict[str, Any]) -> Sentence:
    text = _("Made the API token “{name}” for {member} (reading)")
    if data["scope"] == "write":
        text = _("Made the API token “{name}” for {member} (reading and writing)")
    return say(text, name=data["name"], member=data["member"])


@tells("token_revoked")
def _token_revoked(data: dict[str, Any]) -> Sentence:
    return say(_("Revoked the API token “{name}” of {member}"), name=data["name"], member=data["member"])


@tells("role_added")
def _role_added(data: dict[str, Any]) -> Sentence:
    return say(_("Added the role “{role}”"), role=data["name"])


@tells("role_renamed")
def _role_renamed(data: dict[str, Any]) -> Sentence:
    return say(_("Renamed the role “{old}” to “{role}”"), old=data["old"], role=data["name"])


@tells("role_removed")
def _role_removed(data: dict[str, Any]) -> Sentence:
    return say(_("Removed the role “{role}”"), role=data["name"])
