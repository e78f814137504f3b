"""What happened to clients, in words."""

from __future__ import annotations

from typing import Any

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.changes import told_change, told_changes
from clearstage.events.record import tells

_ACCOUNT = {"name": _("name"), "kind": _("kind"), "number": _("number"), "tags": _("tags")}
_CONTACT = {
    "name": _("name"),
    "email": _("e-mail"),
    "language": _("language"),
    "notices": _("e-mails about what waits"),
    "status_notices": _("e-mails about changes of status"),
}
_TAG = {"name": _("name"), "color": _("colour")}


@tells("account_created")
def _account_created(data: dict[str, Any]) -> Sentence:
    return say(_("Added the account “{account}”"), account=data["name"])


@tells("account_edited")
def _account_edited(data: dict[str, Any]) -> Sentence:
    changes = dict(data["changes"])
    contacts, roles = changes.pop("contacts", None), changes.pop("roles", None)
    said = told_changes(changes, _ACCOUNT)
    if contacts:
        said += _contacts_changed(*contacts)
    for role, people in sorted((roles or [{}, {}])[1].items()):
        said.append(told_change(say(_("{role}"), role=role), roles[0].get(role, []), people))
    return say(_("Changed the account: {changes}"), changes=said)


def _contacts_changed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Sentence]:
    old, new = ({each["email"].lower(): each for each in some} for some in (before, after))
    added = [each["name"] for key, each in new.items() if key not in old]
    gone = [each["name"] for key, each in old.items() if key not in new]
    other = [each["name"] for key, each in new.items() if key in old and old[key] != each]
    said = []
    if added:
        said.append(say(_("added the contact {names}"), names=added))
    if gone:
        said.append(say(_("took off the contact {names}"), names=gone))
    if other:
        said.append(say(_("changed the contact {names}"), names=other))
    return said or [say(_("put the contacts into another order"))]


@tells("contact_edited")
def _contact_edited(data: dict[str, Any]) -> Sentence:
    changes = told_changes(data["changes"], _CONTACT)
    return say(_("Changed the contact {contact}: {changes}"), contact=data["name"], changes=changes)


@tells("contact_notify_chosen")
def _contact_notify_chosen(data: dict[str, Any]) -> Sentence:
    if data["notify"]:
        return say(_("{contact} wants e-mails about this account"), contact=data["name"])
    return say(_("{contact} wants no e-mails about this account"), contact=data["name"])


@tells("contact_password_set")
def _contact_password_set(data: dict[str, Any]) -> Sentence:
    return say(_("Set a new password for the contact {contact}"), contact=data["name"])


@tells("contact_invited")
def _contact_invited(data: dict[str, Any]) -> Sentence:
    return say(_("Invited {contact} to the portal"), contact=data["name"])


@tells("sign_in_link_sent")
def _sign_in_link_sent(data: dict[str, Any]) -> Sentence:
    return say(_("Sent {contact} the link to sign in that was asked for"), contact=data["name"])


_WAYS = {
    "password": _("with the password"),
    "passkey": _("with a passkey"),
    "sign-in": _("by a link that was mailed"),
    "invitation": _("by the invitation"),
}


@tells("contact_signed_in")
def _contact_signed_in(data: dict[str, Any]) -> Sentence:
    return say(_("{contact} signed in {how}"), contact=data["name"], how=say(_WAYS[data["how"]]))


@tells("contact_signed_out_everywhere")
def _contact_signed_out_everywhere(data: dict[str, Any]) -> Sentence:
    return say(_("{contact} signed out everywhere"), contact=data["name"])


@tells("passkey_added")
def _passkey_added(data: dict[str, Any]) -> Sentence:
    return say(
        _("Added the passkey “{passkey}” for the contact {contact}"),
        passkey=data["passkey"],
        contact=data["name"],
    )


@tells("passkey_removed")
def _passkey_removed(data: dict[str, Any]) -> Sentence:
    return say(
        _("Removed the passkey “{passkey}” of the contact {contact}"),
        passkey=data["passkey"],
        contact=data["name"],
    )


@tells("tag_created")
def _tag_created(data: dict[str, Any]) -> Sentence:
    return say(_("Made the tag “{tag}”"), tag=data["name"])


@tells("tag_edited")
def _tag_edited(data: dict[str, Any]) -> Sentence:
    changes = told_changes(data["changes"], _TAG)
    return say(_("Changed the tag “{tag}”: {changes}"), tag=data["name"], changes=changes)


@tells("tag_deleted")
def _tag_deleted(data: dict[str, Any]) -> Sentence:
    if instead := data.get("instead"):
        return say(
            _("Deleted the tag “{tag}” and put “{instead}” in its place"), tag=data["name"], instead=instead
        )
    return say(_("Deleted the tag “{tag}”"), tag=data["name"])


@tells("access_granted")
def _access_granted(data: dict[str, Any]) -> Sentence:
    return say(_("Opened the account to {member}"), member=data["name"])


@tells("access_revoked")
def _access_revoked(data: dict[str, Any]) -> Sentence:
    return say(_("Closed the account to {member}"), member=data["name"])
