"""Links that sign a contact in once: how they are made, found again, and what the mail says that carries them.

A link is a random seed with the installation's signature. The ledger of mails holds the seed alone, the row a hash of
the whole: neither is enough to make the link from.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext, override

from clearstage.firm.queries import the_firm_row
from clearstage.kernel import clock
from clearstage.outbox.mail import signed
from clearstage.outbox.operations import Outgoing

from .models import Contact, SignInLink

Purpose = SignInLink.Purpose
LIFETIMES = {Purpose.INVITATION: timedelta(days=7), Purpose.SIGN_IN: timedelta(minutes=15)}
LONGEST_TOKEN = 200


def link_of(token: str) -> SignInLink | None:
    """The row behind a link, open or not; None for whatever was never a link of ours."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    return SignInLink.objects.select_related("contact").filter(digest=_digest(token)).first()


def is_open(link: SignInLink) -> bool:
    """Whether it can still be used: in time, for the first time, by somebody who may sign in at this address."""
    return (
        link.used_at is None
        and link.ended_at is None
        and link.expires_at > clock.now()
        and link.email.casefold() == link.contact.email.casefold()
        and may_sign_in(link.contact)
    )


def may_sign_in(contact: Contact) -> bool:
    return contact.account_links.filter(login=True).exists()


def end_links(contacts: Sequence[int], purpose: str = "") -> None:
    """None of the links that these contacts were sent works any more."""
    waiting = SignInLink.objects.filter(contact__in=contacts, used_at=None, ended_at=None)
    (waiting.filter(purpose=purpose) if purpose else waiting).update(ended_at=clock.now())


def new_link(contact: Contact, purpose: SignInLink.Purpose) -> Outgoing:
    """Make a link, in place of any earlier one for the same purpose, and the mail that carries it."""
    end_links([contact.pk], purpose)
    now, seed = clock.now(), secrets.token_urlsafe(24)
    row = SignInLink.objects.create(
        contact=contact,
        purpose=purpose,
        digest=_digest(signed(seed)),
        email=contact.email,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    firm = the_firm_row()
    name = firm.name if firm else ""
    with override(contact.language):
        subject, text, label = _WORDS[purpose](contact, name)
    link = {"label": label, "address": f"{settings.BASE_URL}/portal/link/", "seed": seed}
    payload = {
        "subject": subject, "text": text, "link": link, "language": contact.language, "to_name": contact.name,
        "from_name": name, "firm_name": name,
    }  # fmt: skip
    return Outgoing(f"sign-in-link:{row.pk}", "email", contact.email, payload, now)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _invitation(contact: Contact, firm: str) -> tuple[str, str, str]:
    links = contact.account_links.filter(login=True).select_related("account")
    accounts = [link.account.name for link in links.order_by("account__name", "pk")]
    whose = ngettext(
        "You will look after this account:", "You will look after these accounts:", len(accounts)
    )
    days = LIFETIMES[Purpose.INVITATION].days
    subject = _t("{firm} invites you to the client portal").format(firm=firm)
    what = _t("{firm} invites you to its client portal.").format(firm=firm)
    text = [
        _t("Hello {name},").format(name=contact.name),
        what + " " + _t("There you see how your work is going and what is needed from you."),
        "\n".join([whose, *(f"– {each}" for each in accounts)]),
        _t("The link is meant for you alone. It works once, within {days} days.").format(days=days),
    ]
    return subject, "\n\n".join(text), _t("Choose how you sign in")


def _sign_in(contact: Contact, firm: str) -> tuple[str, str, str]:
    minutes = LIFETIMES[Purpose.SIGN_IN] // timedelta(minutes=1)
    once = _t("You can also choose a new password with it. It works once, within {minutes} minutes.")
    text = [
        _t("Hello {name},").format(name=contact.name),
        _t("Here is the link you asked for, to the client portal of {firm}.").format(firm=firm),
        once.format(minutes=minutes),
        _t("If you did not ask for it, there is nothing you need to do."),
    ]
    return _t("Your link to sign in"), "\n\n".join(text), _t("Sign in")


_WORDS = {Purpose.INVITATION: _invitation, Purpose.SIGN_IN: _sign_in}
