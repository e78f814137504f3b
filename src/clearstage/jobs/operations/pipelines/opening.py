"""Making a pipeline available to one more member, without editing it (X2)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.firm.models import Member
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound

from ...models import Pipeline
from ...pipeline_policies import can_open_pipelines
from .naming import add_revisions


def open_pipeline(actor: Actor, pipeline: int, member: int) -> None:
    """Open a pipeline to a member, as a new revision. Doing it again changes nothing."""
    with transaction.atomic():
        list(Pipeline.objects.select_for_update().filter(pk=pipeline).values_list("pk"))
        row = Pipeline.objects.visible_to(actor).filter(pk=pipeline).first()
        person = Member.objects.filter(pk=member).first()
        if row is None or person is None:
            raise NotFound
        can_open_pipelines(actor).demand()
        if not person.is_active:
            raise Invalid([("member", _t("“{person}” is no active member").format(person=person.name))])
        if row.for_everyone or row.available_to.filter(pk=person.pk).exists():
            return
        row.available_to.add(person)
        changes = [_t("Opened to {member}.").format(member=person.name)]
        add_revisions({row.pk}, changes, actor)
        row.refresh_from_db(fields=["revision"])
        told = {"pipeline": row.name, "id": row.pk, "changes": changes}
        record(actor, Happening("pipeline_saved", told, revision=row.revision))
