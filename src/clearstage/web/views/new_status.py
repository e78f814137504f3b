"""A new custom status from the card (S5): with its automations, given to the job, without leaving the board."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from clearstage.clients.models import COLORS
from clearstage.jobs.kinds import all_kinds
from clearstage.jobs.models import CustomStatus, Pipeline
from clearstage.jobs.operations.pipelines import add_custom_status
from clearstage.jobs.pipeline_policies import can_save_pipelines
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused

from ..access import MemberRequest, member_page, render_dialog
from .asking import asked, chosen_jobs, fresh_key, number, once, words
from .cards import rows_of
from .editor_form import Control, controls, general_problems, read, validated
from .editor_names import Names, firm_names
from .moving import at_once, came_from, status_intent
from .plans import Decided

OFTEN = ("client_status", "task", "notify", "email")
MOST = 20


@dataclass
class Row:
    """One automation in the form. `position` makes the names of its inputs."""

    position: int
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    @property
    def label(self) -> Any:
        return all_kinds()[self.kind].label

    @property
    def general(self) -> list[str]:
        return general_problems(all_kinds()[self.kind].settings_type, self.problems)

    def draw(self, names: Names) -> None:
        settings_type = all_kinds()[self.kind].settings_type
        self.controls = controls(settings_type, self.values, names, self.problems, f"a{self.position}")


@member_page
def new_status(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Save the status, then show what giving it to the jobs would do (or give it, where that is nothing)."""
    can_save_pipelines(actor).demand()
    ask = asked(request)
    rows = rows_of(actor, chosen_jobs(ask))
    pipelines = {row.pipeline_id for row in rows}
    if len(pipelines) > 1:
        raise Refused([_("These jobs are in different pipelines, and a status belongs to one.")])
    automations, problems = posted(ask), []
    if request.method == "POST" and "save" in ask:
        try:
            document = _document(ask, automations)
            made = once(
                request, actor, lambda: {"status": add_custom_status(actor, rows[0].pipeline_id, document)}
            )
            return _give(request, actor, [row.pk for row in rows], made["status"])
        except Invalid as invalid:
            problems = _beside(automations, invalid)
    names = firm_names(actor)
    for each in automations:
        each.draw(names)
    context = {
        "jobs": [row.pk for row in rows], "one": rows[0] if len(rows) == 1 else None, "rows": rows,
        "pipeline": Pipeline.objects.get(pk=rows[0].pipeline_id), "automations": automations, "problems": problems,
        "ask": ask, "color": ask.get("color") if ask.get("color") in COLORS else "orange", "colors": COLORS,
        "kinds": kinds(),
        "key": ask.get("key") or fresh_key(), "back": came_from(request), "added": "add" in ask,
    }  # fmt: skip
    return render_dialog(request, "web/board/new_status.html", context, status=422 if problems else 200)


def kinds() -> list[tuple[str, Any]]:
    """Every kind of automation there is, those used most often first."""
    return [
        (kind, each.label)
        for kind, each in sorted(all_kinds().items(), key=lambda pair: pair[0] not in OFTEN)
    ]


def posted(ask: QueryDict) -> list[Row]:
    """The automations as the form has them, after one was added or dropped by its buttons."""
    rows = []
    for value in ask.getlist("automation")[:MOST]:
        position, _colon, kind = value.partition(":")
        if kind in all_kinds() and number(position) and position != ask.get("drop"):
            row = Row(int(position), kind)
            try:
                row.values = read(all_kinds()[kind].settings_type, ask, {}, f"a{position}")
            except Invalid as invalid:
                row.problems = list(invalid.errors)
            rows.append(row)
    if (more := ask.get("more", "")) in all_kinds() and "add" in ask:
        rows.append(Row(max((row.position for row in rows), default=0) + 1, more))
    return rows


def _document(ask: QueryDict, automations: list[Row]) -> dict[str, Any]:
    """As a pipeline document says it; a mistake in an automation stands beside it."""
    wrong = False
    entries = []
    for row in automations:
        try:
            entries.append({row.kind: validated(all_kinds()[row.kind].settings_type, row.values)})
        except Invalid as invalid:
            row.problems += invalid.errors
        wrong = wrong or bool(row.problems)
    if wrong:
        raise Invalid([("", _("Something is missing in an automation."))])
    return {
        "status": words(ask, "name"),
        "color": ask.get("color", "orange"),
        "description": words(ask, "description", 20_000),
        "restore_client_status": "restore" in ask,
        "on_entry": entries,
    }


def _beside(automations: list[Row], invalid: Invalid) -> list[str]:
    """Complaints about an automation go to it; the others stand above the form."""
    rest = []
    for where, message in invalid.errors:
        at = where.partition("on_entry[")[2].partition("]")[0]
        if at.isdigit() and int(at) < len(automations):
            row = automations[int(at)]
            row.problems.append((where.rpartition(f"{row.kind}.")[2], message))
        else:
            rest.append(message)
    return rest


def _give(request: MemberRequest, actor: Actor, jobs: list[int], status: int) -> HttpResponse:
    row = CustomStatus.objects.get(pk=status)
    return at_once(request, status_intent(actor, jobs, str(row.pk), row, Decided()), step="+give")
