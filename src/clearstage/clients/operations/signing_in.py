"""How a contact signs in to the portal: his password, that he has come in, and going out everywhere."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.firm.operations.members import demand_good_password
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound

from ..links import end_links
from ..models import Contact
from ..policies import can_change_sign_in, can_set_contact_password
from ..queries import visible_contacts

SHORTEST_PASSWORD = 12


def set_contact_password(actor: Actor, contact: int, password: str) -> None:
    """Set a new password for the portal: all sessions end with it, and so do links that were mailed."""
    with transaction.atomic():
        choose_password(actor, _locked(actor, contact), password)
        end_links([contact])


def choose_password(actor: Actor, row: Contact, password: str) -> None:
    """The same for a row that the caller holds, inside its transaction."""
    can_set_contact_password(actor, row).demand()
    if len(password) < SHORTEST_PASSWORD:
        message = _t("has to have at least {shortest} characters").format(shortest=SHORTEST_PASSWORD)
        raise Invalid([("password", message)])
    demand_good_password(password, row)
    row.password = make_password(password)
    row.save(update_fields=["password"])
    record(actor, Happening("contact_password_set", {"contact": row.pk, "name": row.name}))


def note_sign_in(actor: Actor, row: Contact, how: str) -> None:
    """Record that a contact has come in: with password, passkey, by link or invitation."""
    with transaction.atomic():
        row.signed_in_at = clock.now()
        row.save(update_fields=["signed_in_at"])
        record(actor, Happening("contact_signed_in", {"contact": row.pk, "name": row.name, "how": how}))


def sign_out_everywhere(actor: Actor, contact: int) -> Contact:
    """Every session of the contact ends at its next request; links that were mailed end, too."""
    with transaction.atomic():
        row = _locked(actor, contact)
        can_change_sign_in(actor, row).demand()
        Contact.objects.filter(pk=contact).update(sessions_round=F("sessions_round") + 1)
        row.refresh_from_db()
        end_links([contact])
        record(actor, Happening("contact_signed_out_everywhere", {"contact": row.pk, "name": row.name}))
        return row


def _locked(actor: Actor, contact: int) -> Contact:
    list(Contact.objects.select_for_update().filter(pk=contact).values_list("pk"))
    row = visible_contacts(actor).filter(pk=contact).first()
    if row is None:
        raise NotFound
    return row
