"""*Check* (F4): what is wrong, or will surprise somebody, in a pipeline document; told beside the place it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _t

from clearstage.engine.conditions import Condition, parse

from .document import AutomationDocument, PipelineDocument, StageDocument, StatusDocument
from .kinds import kind_named, later_kinds
from .known import Known
from .possible import always_one_of, never_holds
from .reading import Path, Places, path_in_words

Severity = Literal["error", "warning"]
BLOCKING = frozenset({"condition-on-first-or-last"})
# Of the kinds to come, those whose items will hold a stage.


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a path into the document (`stages[0].automove`); line and column are those of the text, if any."""

    severity: Severity
    code: str
    where: str
    line: int | None
    column: int | None
    message: str
    remedy: str

    @property
    def blocks(self) -> bool:
        """Breaks a rule of the book: such a pipeline is not saved. Anything else can be mended elsewhere, or later."""
        return self.code in BLOCKING

    def as_values(self) -> dict[str, Any]:
        return {**asdict(self), "blocks": self.blocks}


@dataclass
class Checking:
    """One check: the document, what it may name, and what was found so far."""

    document: PipelineDocument
    known: Known
    places: Places
    found: list[tuple[Path, Finding]] = field(default_factory=list)

    def error(self, code: str, path: Path, message: str, remedy: str) -> None:
        self._add("error", code, path, message, remedy)

    def warn(self, code: str, path: Path, message: str, remedy: str) -> None:
        self._add("warning", code, path, message, remedy)

    def _add(self, severity: Severity, code: str, path: Path, message: str, remedy: str) -> None:
        line, column = self.places.mark(path)
        self.found.append((path, Finding(severity, code, path_in_words(path), line, column, message, remedy)))


def check(
    document: PipelineDocument, known: Known | None = None, places: Places | None = None
) -> list[Finding]:
    """All findings, in the order of the text. Without `known`, only what the document itself can tell."""
    from .check_creations import check_creations
    from .check_names import check_names
    from .check_translations import check_translations

    checking = Checking(document, known or Known.nothing(), places or Places())
    _check_stages(checking)
    _check_conditions(checking)
    _check_client_statuses(checking)
    for position, status in enumerate(document.statuses):
        _check_status(checking, ("statuses", position), status)
    check_names(checking)
    check_creations(checking)
    check_translations(checking)
    found = sorted(checking.found, key=lambda each: checking.places.order(each[0]))
    return [finding for _path, finding in found]


def _condition(when: dict[str, Any] | None) -> Condition | None:
    return parse(when) if when is not None else None


def _holding(automations: Sequence[AutomationDocument]) -> list[AutomationDocument]:
    """The automations whose items a job waits for."""
    return [each for each in automations if each.enabled and _holds(each.kind)]


def _holds(kind: str) -> bool:
    found = kind_named(kind)
    return found.holds if found else kind in later_kinds() and kind != "folders"


def _always(automations: Sequence[AutomationDocument]) -> bool:
    """At least one of them runs, whatever the job."""
    conditions = [_condition(each.when) for each in automations]
    if any(condition is None for condition in conditions):
        return True
    return bool(conditions) and always_one_of([each for each in conditions if each is not None])


def _check_stages(checking: Checking) -> None:
    stages = checking.document.stages
    for position, stage in enumerate(stages):
        path: Path = ("stages", position)
        first_or_last = position in (0, len(stages) - 1)
        if stage.when is not None and first_or_last:
            checking.error(
                "condition-on-first-or-last",
                (*path, "when"),
                _t("“{stage}” is the first or the last stage, and those take no condition.").format(
                    stage=stage.stage
                ),
                _t("Take the condition away, or put a stage before or after it."),
            )
        elif stage.when is not None:
            _check_reached(checking, position, stage, path)
        if not stage.automove:
            continue
        if position == len(stages) - 1:
            checking.error(
                "automove-on-last-stage",
                (*path, "automove"),
                _t("“{stage}” is the last stage: there is nowhere to go on to.").format(stage=stage.stage),
                _t("Take automove away; when this is saved it is turned off."),
            )
        elif not checking.document.options.pass_through:
            _check_held(checking, stage, (*path, "automove"))


def _check_held(checking: Checking, stage: StageDocument, path: Path) -> None:
    """L5: a stage with automove that waits for nothing keeps the job."""
    holding = _holding(stage.on_entry)
    if not holding:
        message = _t(
            "“{stage}” goes on by itself when what it waits for is done, but it makes nothing to wait for."
        )
        remedy = _t("Add a task, take automove away, or turn on the option pass_through.")
    elif not _always(holding):
        message = _t(
            "“{stage}” makes something to wait for only under a condition; where it does not hold, the job stays."
        )
        remedy = _t("Add something without a condition, or turn on the option pass_through.")
    else:
        return
    checking.warn("automove-without-blocker", path, message.format(stage=stage.stage), remedy)


def _check_reached(checking: Checking, position: int, stage: StageDocument, path: Path) -> None:
    condition = _condition(stage.when)
    if condition is not None and never_holds(condition):
        checking.error(
            "unreachable-stage",
            (*path, "when"),
            _t("The condition of “{stage}” contradicts itself: no job ever gets there by itself.").format(
                stage=stage.stage
            ),
            _t("Change the condition, or remove the stage."),
        )
        return
    for before in reversed(checking.document.stages[:position]):
        if before.automove:
            return
        if before.when is None:
            break
    checking.warn(
        "condition-never-asked",
        (*path, "when"),
        _t("No job gets to “{stage}” by itself, so its condition is never asked.").format(stage=stage.stage),
        _t("Turn on automove in the stage before it, or take the condition away."),
    )


def _check_conditions(checking: Checking) -> None:
    for path, automation in checking.document.automations():
        condition = _condition(automation.when)
        if condition is not None and never_holds(condition):
            checking.error(
                "condition-never-holds",
                (*path, "when"),
                _t("This condition contradicts itself: the automation never runs."),
                _t("Change the condition, or remove the automation."),
            )


def _setting_client_status(automations: Sequence[AutomationDocument]) -> list[AutomationDocument]:
    return [each for each in automations if each.enabled and each.kind == "client_status"]


def _check_client_statuses(checking: Checking) -> None:
    """C5: what the client reads, stage by stage, and where he would still read what has passed."""
    shown: tuple[str, str] | None = None  # the status, and the stage that set it
    stages = checking.document.stages
    for position, stage in enumerate(stages):
        setting = _setting_client_status(stage.on_entry)
        if shown and not _always(setting):
            message = (
                _t("“{stage}” says nothing to the client, who goes on reading “{status}” from “{earlier}”.")
                if not setting
                else _t(
                    "“{stage}” tells the client something only under a condition; else “{status}” of “{earlier}” stays."
                )
            )
            checking.warn(
                "client-status-left-standing",
                ("stages", position),
                message.format(stage=stage.stage, status=shown[0], earlier=shown[1]),
                _t("Add a client_status that is true in this stage, or one that hides the job."),
            )
        for each in setting:
            if each.when is None or each.settings.get("show"):
                shown = (each.settings["show"], stage.stage) if each.settings.get("show") else None
    if shown and (turn := _turn_of(checking, shown[0])) in ("client", "firm"):
        whose = _t("the client's") if turn == "client" else _t("the firm's")
        message = _t("In the last stage the client reads “{status}”, which says that it is {whose} turn.")
        checking.warn(
            "last-stage-still-in-progress",
            ("stages", len(stages) - 1),
            message.format(status=shown[0], whose=whose),
            _t("Show a status there that is nobody's turn, such as “Finished”."),
        )


def _turn_of(checking: Checking, name: str) -> str | None:
    """The firm's own list is what counts; a document's entry only where the firm has none."""
    if status := checking.known.client_statuses.get(name.casefold()):
        return status.turn
    entries = checking.document.client_statuses
    return next((each.turn for each in entries if each.name.casefold() == name.casefold()), None)


def _check_status(checking: Checking, path: Path, status: StatusDocument) -> None:
    holding = _holding(status.on_entry)
    if not _always(holding):
        message = (
            _t(
                "“{status}” makes something to wait for only under a condition; else it stays until someone changes it."
            )
            if holding
            else _t("“{status}” makes nothing to wait for: it stays until someone changes it.")
        )
        checking.warn(
            "status-without-return",
            path,
            message.format(status=status.status),
            _t(
                "Add a task that is finished when the reason is gone, or leave it and change the status by hand."
            ),
        )
    if status.restore_client_status and not _setting_client_status(status.on_entry):
        checking.warn(
            "restore-without-change",
            (*path, "restore_client_status"),
            _t("“{status}” would restore a client-facing status that it does not change.").format(
                status=status.status
            ),
            _t("Add a client_status automation, or take restore_client_status away."),
        )
