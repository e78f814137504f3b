"""The firm's list of client-facing statuses (C1, C2, C11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from clearstage.events.record import Happening, record
from clearstage.firm.queries import hold_the_lists
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused

from ..apply import block_values
from ..gather import lock_jobs
from ..models import COLOR_CHOICES, ClientStatus, Job
from ..names import follow_rename, places_naming
from ..policies import can_manage_templates
from ..translations import changed_languages, checked_status_texts
from .editing import block_of

FIELDS = ("name", "description", "color", "turn", "translations")
_COLORS = tuple(color for color, _label in COLOR_CHOICES)
_TURNS = tuple(turn for turn, _label in ClientStatus.TURNS)
LONGEST_DESCRIPTION = 2000


def create_client_status(
    actor: Actor,
    name: str,
    description: str = "",
    turn: str = "firm",
    color: str = "gray",
    translations: Mapping[str, Mapping[str, str]] | None = None,
) -> ClientStatus:
    """A new entry, at the end of the list; `translations` hold name and description by language (P4)."""
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        given = {"name": name, "description": description, "turn": turn, "color": color}
        fields = _checked({**given, "translations": translations or {}})
        _demand_free(fields["name"])
        last = _living().order_by("-position").values_list("position", flat=True).first()
        row = ClientStatus.objects.create(**fields, position=0 if last is None else last + 1)
        record(
            actor,
            Happening("client_status_created", {"client_status": row.pk, "name": row.name, "turn": row.turn}),
        )
        return row


def edit_client_status(actor: Actor, client_status: int, changes: Mapping[str, Any]) -> ClientStatus:
    """Change name, description, colour, whose turn it is, or all translations.

    Pipelines and templates follow a new name. Jobs read the description from here unless it was overridden (C2).
    """
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(client_status)
        checked = _checked(changes)
        changed = {name: value for name, value in checked.items() if getattr(row, name) != value}
        if not changed:
            return row
        if "name" in changed:
            _demand_free(changed["name"], row)
        told = {name: [getattr(row, name), value] for name, value in changed.items()}
        if "translations" in told:
            told["translations"] = [[], changed_languages(*told["translations"])]
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        if "name" in told:
            follow_rename(actor, "client_status", *told["name"])
        data = {"client_status": row.pk, "name": row.name, "changes": told}
        record(actor, Happening("client_status_edited", data))
        return row


def reorder_client_statuses(actor: Actor, client_statuses: Sequence[int]) -> None:
    """Put these first, in this order; the others stay behind them in the order they have."""
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        rows = {row.pk: row for row in _living()}
        if len(set(client_statuses)) != len(client_statuses) or not set(client_statuses) <= set(rows):
            raise Invalid([("client_statuses", _t("has to name statuses of the list, each once"))])
        order = [*client_statuses, *(pk for pk in rows if pk not in client_statuses)]
        if order == list(rows):
            return
        for position, pk in enumerate(order):
            rows[pk].position = position
        ClientStatus.objects.bulk_update(rows.values(), ["position"])
        record(actor, Happening("client_statuses_reordered", {"names": [rows[pk].name for pk in order]}))


def delete_client_status(actor: Actor, client_status: int, replace_by: int | None = None) -> None:
    """Take a status off the list. Jobs that have it, pipelines and templates get `replace_by` in its place.

    Refused while something uses it and no replacement is named. Archived jobs keep it and its text (C11).
    """
    can_manage_templates(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(client_status)
        instead = _replacement(row, replace_by)
        jobs = list(_using(row).values_list("pk", flat=True))
        if instead is None:
            _demand_unused(actor, row, len(jobs))
        else:
            follow_rename(actor, "client_status", row.name, instead.name)
        row.deleted_at = clock.now()
        row.save(update_fields=["deleted_at"])
        told = {"client_status": row.pk, "name": row.name, "jobs": len(jobs)}
        if instead is not None:
            told["instead"] = instead.name
        [event] = record(actor, Happening("client_status_deleted", told))
        if instead is not None and jobs:
            _switch_jobs(actor, jobs, row, instead, event)


def _living() -> QuerySet[ClientStatus]:
    return ClientStatus.objects.filter(deleted_at=None)


def _found(client_status: int) -> ClientStatus:
    row = _living().filter(pk=client_status).first()
    if row is None:
        raise NotFound
    return row


def _replacement(row: ClientStatus, number: int | None) -> ClientStatus | None:
    instead = _living().filter(pk=number).first() if number is not None else None
    if number is not None and (instead is None or instead == row):
        raise Invalid([("replace_by", _t("has to be another status of the list"))])
    return instead


def _using(row: ClientStatus) -> QuerySet[Job]:
    """Jobs that have the status, shown or not, or that would get it back with the next return to Active (S15)."""
    kept = Q(saved_block__before__1=row.pk) | Q(saved_block__after__1=row.pk)
    return Job.objects.on_the_board().filter(Q(client_status=row) | kept).order_by("pk")


def _demand_unused(actor: Actor, row: ClientStatus, jobs: int) -> None:
    places = places_naming(actor, "client_status", row.name)
    problems = []
    if jobs:
        text = ngettext(
            "{count} job has the status “{name}”.", "{count} jobs have the status “{name}”.", jobs
        )
        problems.append(text.format(count=jobs, name=row.name))
    if places:
        text = _t("The status “{name}” is used in: {places}.")
        problems.append(text.format(name=row.name, places=", ".join(places)))
    if problems:
        remedy = _t("Name the status that is to take its place.")
        raise Refused([*problems, remedy], jobs=jobs, places=places)


def _switch_jobs(actor: Actor, jobs: Sequence[int], old: ClientStatus, new: ClientStatus, cause: int) -> None:
    """The other status for these jobs; what was written for the client by hand stays."""
    lock_jobs(jobs)
    told = []
    for row in _using(old).filter(client_status=old):
        before = block_values(block_of(row))
        after = [before[0], new.pk, *before[2:]]
        data = {"changes": {"client_status": [before, after]}, "client_sees": {"status": new.name}}
        told.append(Happening("job_edited", data, job=row.pk, account=row.account_id, cause=cause))
    for row in _using(old).filter(saved_block__isnull=False):
        saved = {when: _with_status(block, old.pk, new.pk) for when, block in (row.saved_block or {}).items()}
        Job.objects.filter(pk=row.pk).update(saved_block=saved)
    switched = Job.objects.on_the_board().filter(client_status=old)
    switched.update(client_status=new, client_since=clock.now(), version=F("version") + 1)
    record(actor, *told)


def _with_status(block: Sequence[Any], old: int, new: int) -> list[Any]:
    shown, status, *rest = block
    return [shown, new if status == old else status, *rest]


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    checks = Checks()
    checks.only(given, FIELDS)
    checks.storable({name: given[name] for name in given if name in FIELDS})
    found: dict[str, Any] = {}
    if "name" in given:
        found["name"] = checks.line("name", given["name"], 100)
    if "description" in given:
        found["description"] = checks.text("description", given["description"], LONGEST_DESCRIPTION)
    if "turn" in given:
        found["turn"] = checks.one_of("turn", given["turn"], _TURNS)
    if "color" in given:
        found["color"] = checks.one_of("color", given["color"], _COLORS)
    if "translations" in given:
        found["translations"] = checked_status_texts(checks, given["translations"])
    checks.demand()
    return found


def _demand_free(name: str, but: ClientStatus | None = None) -> None:
    if any(row.name.casefold() == name.casefold() for row in _living() if row != but):
        raise Invalid([("name", _t("there is a status “{name}” already").format(name=name))])
