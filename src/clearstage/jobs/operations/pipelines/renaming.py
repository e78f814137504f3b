"""Giving a pipeline another name; whatever names it follows."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import Happening, record, tells
from clearstage.firm.queries import hold_the_lists
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Stale

from ...models import Pipeline
from ...pipeline_policies import can_save_pipelines
from ...templates import rename_in_templates
from .naming import add_revisions, rename_in_documents

LONGEST_NAME = 120


def rename_pipeline(
    actor: Actor, pipeline: int, name: str, *, expected_revision: int | None = None
) -> Pipeline:
    """Give it this name, as a new revision (A9); automations and job templates that start jobs in it follow.

    Jobs keep their names. Raises `NotFound`, `Forbidden`, `Invalid` (no name, or one that is taken), and `Stale` where
    `expected_revision` is not the present one. The name it has already is no change.
    """
    with transaction.atomic():
        hold_the_lists()
        list(Pipeline.objects.select_for_update().filter(pk=pipeline).values_list("pk"))
        row = Pipeline.objects.visible_to(actor).filter(pk=pipeline).first()
        if row is None:
            raise NotFound
        can_save_pipelines(actor).demand()
        if expected_revision is not None and expected_revision != row.revision:
            raise Stale(_t("Somebody else has saved this pipeline in the meantime. Nothing was saved."))
        wanted = _checked(name, row)
        if wanted == row.name:
            return row
        old, row.name = row.name, wanted
        row.save(update_fields=["name"])
        followed = rename_in_documents("pipeline", old, wanted, actor=actor)
        rename_in_templates("pipeline", old, wanted)
        if row.pk not in followed:
            changes = [_t("“{old}” is now called “{new}”.").format(old=old, new=wanted)]
            add_revisions({row.pk}, changes, actor)
        row.refresh_from_db(fields=["revision", "stamp"])
        told: dict[str, Any] = {"pipeline": wanted, "id": row.pk, "was": old, "followed": followed}
        record(actor, Happening("pipeline_renamed", told, revision=row.revision))
        return row


def _checked(name: str, row: Pipeline) -> str:
    checks = Checks()
    checks.storable({"name": name})
    wanted = checks.line("name", name, LONGEST_NAME)
    checks.demand()
    others = Pipeline.objects.exclude(pk=row.pk).order_by().values_list("name", flat=True)
    if any(each.casefold() == wanted.casefold() for each in others):
        raise Invalid([("name", _t("there is a pipeline “{name}” already").format(name=wanted))])
    return wanted


@tells("pipeline_renamed")
def _pipeline_renamed(data: dict[str, Any]) -> Sentence:
    return say(_("renamed the pipeline “{was}” to “{pipeline}”"), was=data["was"], pipeline=data["pipeline"])
