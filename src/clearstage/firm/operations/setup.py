"""Setting the installation up: the firm and its owner, once."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.kernel import clock
from clearstage.kernel.actor import OWNER
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Refused

from ..models import Firm, Role
from ..queries import actor_for
from .members import new_member
from .settings import checked_timezone

ROLES = ("preparer", "reviewer", "partner", "admin", "bookkeeper", "payroll")


def create_firm(
    name: str, owner_email: str, owner_name: str = "", password: str | None = None, timezone: str = "UTC"
) -> Firm:
    """The firm with its owner and the usual roles; `Refused` where there is one already."""
    checks = Checks()
    checks.storable({"name": name, "timezone": timezone})
    name, timezone = checks.line("name", name), checked_timezone(checks, timezone)
    checks.demand()
    with transaction.atomic():
        firm, new = Firm.objects.get_or_create(
            pk=Firm.ONLY, defaults={"name": name, "timezone": timezone, "created_at": clock.now()}
        )
        if not new:
            raise Refused([_t("This installation is set up already; it is “{firm}”.").format(firm=firm.name)])
        owner = new_member(owner_email, owner_name or owner_email.partition("@")[0], OWNER, (), password)
        owner.save()
        Role.objects.bulk_create([Role(name=role, position=position) for position, role in enumerate(ROLES)])
        told = {"name": name, "owner": owner.name, "timezone": timezone}
        record(actor_for(owner, via="setup"), Happening("firm_created", told))
        return firm
