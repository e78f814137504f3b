"""A contact's passkeys: adding one, removing one, signing in with one."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound, Refused

from .. import passkeys
from ..links import may_sign_in
from ..models import Contact, Passkey
from ..policies import can_change_sign_in
from ..queries import contact_actor, visible_contacts
from .signing_in import note_sign_in

MOST = 20


def add_passkey(actor: Actor, contact: int, name: str, answer: str, challenge: bytes) -> Passkey:
    """Keep a passkey that the contact's browser has made (`answer`, its JSON) for this challenge."""
    checks = Checks()
    checks.storable({"name": name})
    name = checks.line("name", name, 60, needed=False) or _t("Passkey")
    checks.demand()
    with transaction.atomic():
        owner = _locked(actor, contact)
        if owner.passkeys.count() >= MOST:
            raise Refused([_t("There are {most} passkeys already. Remove one first.").format(most=MOST)])
        credential, verified = passkeys.made(answer, challenge)
        row = Passkey(
            contact=owner,
            name=name,
            credential=passkeys.as_text(verified.credential_id),
            public_key=passkeys.as_text(verified.credential_public_key),
            sign_count=verified.sign_count,
            synced=verified.credential_backed_up,
            transports=[each.value for each in credential.response.transports or []],
            created_at=clock.now(),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise passkeys.refusal() from None
        record(actor, _happening("passkey_added", owner, row))
        return row


def remove_passkey(actor: Actor, contact: int, passkey: int) -> None:
    """Forget a passkey: it opens nothing any more."""
    with transaction.atomic():
        owner = _locked(actor, contact)
        row = owner.passkeys.filter(pk=passkey).first()
        if row is None:
            raise NotFound
        record(actor, _happening("passkey_removed", owner, row))
        row.delete()


def sign_in_with_passkey(answer: str, challenge: bytes) -> Contact:
    """The contact whose passkey has signed this challenge; that is recorded as done by him.

    `Refused`, always in the same words, for unknown passkeys, wrong or old answers, copies of a passkey (its counter
    stands still), and contacts who may not sign in.
    """
    credential = passkeys.read(answer)
    with transaction.atomic():
        found = Passkey.objects.select_related("contact").filter(
            credential=passkeys.as_text(credential.raw_id)
        )
        row = found.first()
        if row is None:
            raise passkeys.refusal()
        verified = passkeys.shown(credential, row, challenge)
        fields = {"sign_count": verified.new_sign_count, "synced": verified.credential_backed_up}
        same = Passkey.objects.filter(pk=row.pk, sign_count=row.sign_count)
        if not same.update(**fields, used_at=clock.now()) or not may_sign_in(row.contact):
            raise passkeys.refusal()
        note_sign_in(contact_actor(row.contact), row.contact, "passkey")
        return row.contact


def _locked(actor: Actor, contact: int) -> Contact:
    list(Contact.objects.select_for_update().filter(pk=contact).values_list("pk"))
    row = visible_contacts(actor).filter(pk=contact).first()
    if row is None:
        raise NotFound
    can_change_sign_in(actor, row).demand()
    return row


def _happening(kind: str, owner: Contact, row: Passkey) -> Happening:
    return Happening(kind, {"contact": owner.pk, "name": owner.name, "passkey": row.name})
