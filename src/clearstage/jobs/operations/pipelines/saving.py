"""Saving a pipeline: a document makes it, or makes it over. What stays keeps its identity; nothing is fired (A9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Tag
from clearstage.engine.conditions import tag_key, tags_named
from clearstage.engine.sentences import Sentence, _, say
from clearstage.events.record import Happening, record, tells
from clearstage.firm.models import Member
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale

from ...check import Finding, check
from ...document import PipelineDocument, StageDocument, StatusDocument, read_document
from ...known import Known, known_names
from ...models import ClientStatus, CustomStatus, Pipeline, Stage
from ...pipeline_policies import can_save_pipelines
from ...reading import Places
from ...status_names import statuses_renamed
from ...writing import document_values
from .changes import differences
from .exporting import export_document, values_of
from .leaving import Leaving, leaving, send_on
from .matching import Matched, match
from .naming import add_revisions, names_in, rename_stages_elsewhere
from .rows import write_automations, write_pipeline, write_stages, write_statuses


@dataclass(frozen=True)
class Saved:
    """What came of it, or would: `changes` in sentences, none where the document says what is there already.

    A preview has the present revision, and no pipeline yet where it would be made.
    """

    pipeline_id: int | None
    revision: int
    findings: list[Finding]
    changes: list[str]
    created: bool


@dataclass
class _Draft:
    """The document beside what is saved: everything that saving it means."""

    document: PipelineDocument
    row: Pipeline | None
    members: list[Member]
    stages: Matched[Stage, StageDocument]
    statuses: Matched[CustomStatus, StatusDocument]
    left: list[Leaving]
    client_statuses: list[ClientStatus]
    tags: list[str]
    changes: list[str] = field(default_factory=list)


def save_pipeline(
    actor: Actor,
    document: PipelineDocument,
    places: Places | None = None,
    *,
    preview: bool = False,
    expected_revision: int | None = None,
) -> Saved:
    """Make the pipeline of that name, or replace it. Raises `Forbidden`, `Invalid`, `Refused` or `Stale`.

    `expected_revision` is the one the person saw (0 for none yet); without it the last one to save wins.
    """
    can_save_pipelines(actor).demand()
    if preview:
        findings, draft = _drafted(actor, document, places or Places(), expected_revision, lock=False)
        row = draft.row
        return Saved(
            row.pk if row else None, row.revision if row else 0, findings, draft.changes, row is None
        )
    try:
        with transaction.atomic():
            findings, draft = _drafted(actor, document, places or Places(), expected_revision, lock=True)
            row, created = draft.row, draft.row is None
            if draft.changes or row is None:
                row = _write(actor, draft)
            return Saved(row.pk, row.revision, findings, draft.changes, created)
    except IntegrityError:
        raise Stale(
            _t("Something in this pipeline was changed at the same moment. Nothing was saved.")
        ) from None


def add_custom_status(actor: Actor, pipeline_id: int, status: Mapping[str, Any]) -> int:
    """Make a status from the job card (S5), given as in a document; answers its row number."""
    row = Pipeline.objects.visible_to(actor).filter(pk=pipeline_id).first()
    if row is None:
        raise NotFound
    values = export_document(pipeline_id)
    document, places = read_document({**values, "statuses": [*values.get("statuses", []), status]})
    save_pipeline(actor, document, places, expected_revision=row.revision)
    return CustomStatus.objects.get(pipeline=row, name=document.statuses[-1].status).pk


def _drafted(
    actor: Actor, document: PipelineDocument, places: Places, expected: int | None, *, lock: bool
) -> tuple[list[Finding], _Draft]:
    row = _present(actor, document.pipeline, lock=lock)
    if expected is not None and expected != (row.revision if row else 0):
        raise Stale(_t("Somebody else has saved this pipeline in the meantime. Nothing was saved."))
    known = known_names()
    findings = check(document, known, places)
    blocking = [f"{each.message} {each.remedy}" for each in findings if each.blocks]
    if blocking:
        raise Refused(blocking, findings=findings)
    draft = _beside(document, row, places, known)
    draft.changes = list(_changes(draft))
    return findings, draft


def _present(actor: Actor, name: str, *, lock: bool) -> Pipeline | None:
    names = Pipeline.objects.order_by().values_list("pk", "name")
    pk = next((pk for pk, each in names if each.casefold() == name.casefold()), None)
    if pk is None:
        return None
    if not Pipeline.objects.visible_to(actor).filter(pk=pk).exists():
        raise Refused(
            [_t("The name “{name}” is taken by a pipeline that is not available to you.").format(name=name)]
        )
    rows = Pipeline.objects.select_for_update() if lock else Pipeline.objects.all()
    return rows.get(pk=pk)


def _beside(document: PipelineDocument, row: Pipeline | None, places: Places, known: Known) -> _Draft:
    stages = match(list(row.stages.order_by("position")) if row else [], document.stages)
    statuses = match(list(row.statuses.order_by("pk")) if row else [], document.statuses)
    left, problems = leaving(stages, statuses)
    if problems:
        held = [
            each.as_values() for each in left if each.jobs and each.to is None and isinstance(each.row, Stage)
        ]
        raise Refused(problems, held=held)
    missing = [each for each in document.client_statuses if each.name.casefold() not in known.client_statuses]
    return _Draft(
        document=document,
        row=row,
        members=_members(document, places),
        stages=stages,
        statuses=statuses,
        left=left,
        client_statuses=[
            ClientStatus(
                name=each.name,
                turn=each.turn,
                description=each.description,
                color=each.color,
                translations=each.texts(),
            )
            for each in missing
        ],
        tags=_new_tags(document, known),
    )


def _members(document: PipelineDocument, places: Places) -> list[Member]:
    if document.for_everyone:
        return []
    by_email = {member.email.casefold(): member for member in Member.objects.order_by("email")}
    wanted = list(document.available_to)
    unknown = [(n, email) for n, email in enumerate(wanted) if email.casefold() not in by_email]
    if unknown:
        message = _t("there is no member {email}")
        raise Invalid(
            [(places.where(("available_to", n)), message.format(email=email)) for n, email in unknown]
        )
    return [by_email[folded] for folded in sorted(email.casefold() for email in wanted)]


def _new_tags(document: PipelineDocument, known: Known) -> list[str]:
    """Tags that conditions ask for or automations put on, as first written."""
    named = [name for _path, when in document.conditions() for name in sorted(tags_named(when))]
    for _path, automation in document.automations():
        named += [
            name
            for field_name, noun, name in names_in(automation.kind, automation.settings)
            if noun == "tag" and field_name != "remove"
        ]
    by_key = {tag_key(name): name.strip() for name in reversed(named)}
    return sorted(name for key, name in by_key.items() if key not in known.tags)


def _changes(draft: _Draft) -> list[str]:
    before = values_of(draft.row) if draft.row else None
    after = document_values(draft.document)
    if not draft.document.for_everyone:
        after["available_to"] = [member.email for member in draft.members]
    was = {"stages": draft.stages.earlier_names(), "statuses": draft.statuses.earlier_names()}
    changes = list(differences(before, after, was))
    changes += [each.in_words() for each in draft.left]
    if before is not None and not changes and _unordered(before) != _unordered(after):
        changes.append(_t("The pipeline was changed."))
    if draft.client_statuses:
        names = ", ".join(f"“{each.name}”" for each in draft.client_statuses)
        changes.append(_t("New in the firm's client-facing statuses: {names}.").format(names=names))
    if draft.tags:
        names = ", ".join(f"“{name}”" for name in draft.tags)
        changes.append(_t("New in the firm's tags: {names}.").format(names=names))
    return changes


def _unordered(values: dict[str, Any]) -> dict[str, Any]:
    """Statuses have no order (S4)."""
    return {**values, "statuses": sorted(values.get("statuses", []), key=lambda each: str(each["status"]))}


def _write(actor: Actor, draft: _Draft) -> Pipeline:
    _make_names(draft)
    row = write_pipeline(draft.row, draft.document, draft.members)
    renamed, statuses_followed = draft.stages.renamed(), draft.statuses.followed()
    stages = write_stages(row, draft.stages)
    statuses = write_statuses(row, draft.statuses)
    send_on(draft.left, stages, statuses)
    write_automations(draft.document, stages, statuses)
    followed = rename_stages_elsewhere(row, renamed, actor) if renamed else []
    statuses_renamed(row.pk, statuses_followed)
    add_revisions({row.pk}, draft.changes, actor)
    row.refresh_from_db(fields=["revision", "stamp"])
    told: dict[str, Any] = {"pipeline": row.name, "id": row.pk, "changes": draft.changes}
    if followed:
        told["followed"] = followed
    if moved := [each.as_values() for each in draft.left if each.jobs]:
        told["moved"] = moved
    record(actor, Happening("pipeline_saved", told, revision=row.revision))
    return row


def _make_names(draft: _Draft) -> None:
    """What the document names and the firm does not have yet."""
    last = ClientStatus.objects.order_by("-position").values_list("position", flat=True).first() or 0
    for number, status in enumerate(draft.client_statuses, 1):
        status.position = last + number
    ClientStatus.objects.bulk_create(draft.client_statuses)
    Tag.objects.bulk_create([Tag(name=name) for name in draft.tags], ignore_conflicts=True)


@tells("pipeline_saved")
def _pipeline_saved(data: dict[str, Any]) -> Sentence:
    return say(
        _("saved the pipeline “{pipeline}”: {changes}"), pipeline=data["pipeline"], changes=data["changes"]
    )
