"""What follows when a contact gets another e-mail address: it is what he signs in with, so his ways in end with it."""

from __future__ import annotations

from django.contrib.auth.hashers import is_password_usable
from django.utils.translation import gettext as _t
from django.utils.translation import override

from clearstage.firm.queries import the_firm_row
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.outbox.operations import Outgoing, put_in_outbox

from ..links import end_links, may_sign_in
from ..models import Contact, no_password
from .links import send_invitation


def follow_new_address(actor: Actor, row: Contact, old: str, event: int) -> None:
    """End password, passkeys, links and all sessions; tell the old address; invite him anew if he had been let in.

    Part of the command that changed the address (`event`), in its transaction.
    """
    known = _is_known(row)
    row.password = no_password()
    row.save(update_fields=["password"])
    row.passkeys.all().delete()
    end_links([row.pk])
    let_in = may_sign_in(row)
    if known or let_in:
        put_in_outbox([_farewell(row, old, event)])
    if known and let_in:
        send_invitation(actor, row)


def _is_known(row: Contact) -> bool:
    """Whether he ever had a way in, or the offer of one."""
    has_way = is_password_usable(row.password) or row.passkeys.exists()
    return has_way or row.invited_at is not None or row.signed_in_at is not None


def _farewell(row: Contact, old: str, event: int) -> Outgoing:
    """To the old address, without the new one: whoever reads this mailbox now need not learn it."""
    firm = the_firm_row()
    name = firm.name if firm else ""
    with override(row.language):
        subject = _t("Your e-mail address was changed")
        text = [
            _t("Hello {name},").format(name=row.name),
            _t("{firm} has entered another e-mail address for you.").format(firm=name)
            + " "
            + _t("With this one you can no longer sign in to the client portal."),
            _t("Your password and your passkeys have ended with it."),
            _t("If you know nothing of this, please get in touch with us."),
        ]
    payload = {
        "subject": subject, "text": "\n\n".join(text), "language": row.language, "to_name": row.name,
        "from_name": name, "firm_name": name,
    }  # fmt: skip
    return Outgoing(f"address-changed:{event}:{row.pk}", "email", old, payload, clock.now())
