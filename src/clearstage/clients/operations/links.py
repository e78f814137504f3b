"""Inviting contacts to the portal, mailing them a link to sign in, and using such a link: once."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor, the_firm
from clearstage.kernel.errors import NotFound, Refused
from clearstage.outbox.operations import put_in_outbox

from ..links import Purpose, end_links, is_open, may_sign_in, new_link
from ..models import Contact, LinkRequest, SignInLink
from ..policies import can_change_sign_in, can_manage_contacts
from ..queries import contact_named, visible_contacts
from .signing_in import choose_password, note_sign_in

KEPT = timedelta(days=30)


def invite_contact(actor: Actor, contact: int) -> Contact:
    """Mail a contact the link with which he signs in for the first time; an earlier invitation works no more.

    `Refused` where he may not sign in for any account, since the link would lead nowhere.
    """
    with transaction.atomic():
        list(Contact.objects.select_for_update().filter(pk=contact).values_list("pk"))
        row = visible_contacts(actor).filter(pk=contact).first()
        if row is None:
            raise NotFound
        can_manage_contacts(actor).demand()
        if not may_sign_in(row):
            message = _t("{name} may not sign in for any account yet. Allow that first.")
            raise Refused([message.format(name=row.name)])
        send_invitation(actor, row)
        return row


def send_invitation(actor: Actor, row: Contact) -> None:
    """Part of a command that has let the contact sign in, in its transaction; never a command of its own."""
    row.invited_at = clock.now()
    row.save(update_fields=["invited_at"])
    mail = new_link(row, Purpose.INVITATION)
    record(actor, Happening("contact_invited", {"contact": row.pk, "name": row.name, "email": row.email}))
    put_in_outbox([mail])


def ask_for_link(email: str) -> None:
    """Somebody at the sign-in page wants a link by mail. The same single row is written whoever he is.

    Whether the address is a client's is looked up by the worker alone, so no answer and no time taken tells (P1).
    """
    LinkRequest.objects.create(email=email, at=clock.now())


def answer_link_request() -> bool:
    """Mail the link that was asked for first, if it is a client who asked; answers whether there was a request."""
    asked = LinkRequest.objects.order_by("pk").first()
    if asked is None:
        return False
    with transaction.atomic():
        if not LinkRequest.objects.filter(pk=asked.pk).delete()[0]:
            return True
        contact = contact_named(asked.email)
        if contact is not None and may_sign_in(contact):
            mail = new_link(contact, Purpose.SIGN_IN)
            told = {"contact": contact.pk, "name": contact.name, "email": contact.email}
            record(the_firm(), Happening("sign_in_link_sent", told))
            put_in_outbox([mail])
    return True


def prune_links() -> None:
    """Forget links that have been past for so long that nobody will ask about them."""
    SignInLink.objects.filter(expires_at__lt=clock.now() - KEPT).delete()


def use_link(actor: Actor, link: int, password: str | None = None) -> Contact:
    """Sign in by a link, where wanted with a new password. All of it, or nothing: a bad password leaves the link whole.

    `Refused` where it was used, replaced or ended, is too old, or its owner may not sign in (any more).
    """
    with transaction.atomic():
        row = _claimed(actor, link)
        if password is not None:
            choose_password(actor, row.contact, password)
        end_links([row.contact_id])
        note_sign_in(actor, row.contact, row.purpose)
        return row.contact


def _claimed(actor: Actor, link: int) -> SignInLink:
    """Of two who use it at once, one gets it: the update finds it unused only once."""
    row = SignInLink.objects.select_related("contact").filter(pk=link).first()
    if row is None:
        raise NotFound
    can_change_sign_in(actor, row.contact).demand()
    unused = SignInLink.objects.filter(pk=link, used_at=None, ended_at=None)
    if not is_open(row) or not unused.update(used_at=clock.now()):
        raise Refused([_t("This link works no more.")])
    return row
