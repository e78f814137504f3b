"""What happened to jobs, and to what jobs are made with, in words (F3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from clearstage.engine.sentences import Sentence, _, from_json, say
from clearstage.events.changes import told_change, told_changes
from clearstage.events.record import tells

Data = dict[str, Any]
_JOB = {
    "name": _("name"),
    "description": _("description"),
    "priority": _("priority"),
    "start": _("start"),
    "due": _("due date"),
    "deadline": _("statutory deadline"),
    "budget_minutes": _("budget in minutes"),
    "assignees": _("assignees"),
}
_CLIENT_STATUS = {
    "name": _("name"),
    "description": _("description"),
    "color": _("colour"),
    "turn": _("whose turn it is"),
    "translations": _("translations"),
}
_UNDONE = {
    "job_added": _("Took back adding the job"),
    "job_moved": _("Took back the move"),
    "job_status_changed": _("Took back the change of status"),
}


# Jobs


@tells("job_added")
def _job_added(data: Data) -> Sentence:
    first = say(
        _("Added to “{stage}” of “{pipeline}”"), stage=_first_stage(data), pipeline=data["to"]["pipeline"]
    )
    return _one_after_the_other([first, *_following(data)])


@tells("job_moved")
@tells("job_status_changed")
def _job_went_on(data: Data) -> Sentence:
    """The steps in their order: what a person did, then what followed by itself and why."""
    said, origin = [], dict(data["from"])
    for step in data["steps"]:
        said.append(_STEPS[step["what"]](step, origin, data))
        if step["what"] == "stage":
            origin |= {"stage": step["name"], "pipeline": data["to"]["pipeline"]}
    if finished := len(data.get("finished", [])):
        said.append(say(_("Open items finished with it: {count}"), count=finished))
    if unlinked := len(data.get("unlinked", [])):
        said.append(say(_("Open items taken off with it: {count}"), count=unlinked))
    return _one_after_the_other(said)


def _first_stage(data: Data) -> str:
    return next(
        (str(step["name"]) for step in data["steps"] if step["what"] == "stage"), str(data["to"]["stage"])
    )


def _following(data: Data) -> list[Sentence]:
    entered = [position for position, step in enumerate(data["steps"]) if step["what"] == "stage"]
    later = data["steps"][entered[0] + 1 :] if entered else []
    return [_STEPS[step["what"]](step, {}, data) for step in later]


def _one_after_the_other(said: list[Sentence]) -> Sentence:
    whole = said[0] if said else say(_("Changed nothing that shows"))
    for each in said[1:]:
        whole = say(_("{first}. {then}"), first=whole, then=each)
    return whole


def _stage_entered(step: Data, origin: Data, data: Data) -> Sentence:
    if step.get("automatic"):
        return _with_why(say(_("Moved by itself to “{stage}”"), stage=step["name"]), step)
    if origin["pipeline"] != data["to"]["pipeline"]:
        return say(
            _("Moved from “{from_stage}” of “{from_pipeline}” to “{stage}” of “{pipeline}”"),
            from_stage=origin["stage"],
            from_pipeline=origin["pipeline"],
            stage=step["name"],
            pipeline=data["to"]["pipeline"],
        )
    return say(_("Moved from “{from_stage}” to “{stage}”"), from_stage=origin["stage"], stage=step["name"])


def _status_given(step: Data, origin: Data, data: Data) -> Sentence:
    return say(_("Given the status “{status}”"), status=step["name"])


def _made_active(step: Data, origin: Data, data: Data) -> Sentence:
    if step.get("automatic"):
        return _with_why(say(_("Active again by itself")), step)
    if origin.get("status") == "Archived":
        return say(_("Restored from the archive to “{stage}”"), stage=origin["stage"])
    return say(_("Set to Active"))


def _completed(step: Data, origin: Data, data: Data) -> Sentence:
    return say(_("Completed"))


def _archived(step: Data, origin: Data, data: Data) -> Sentence:
    return say(_("Archived"))


_STEPS: dict[str, Callable[[Data, Data, Data], Sentence]] = {
    "stage": _stage_entered,
    "status": _status_given,
    "active": _made_active,
    "completed": _completed,
    "archived": _archived,
}


def _with_why(what: Sentence, step: Data) -> Sentence:
    return say(_("{what}: {why}"), what=what, why=from_json(step["why"])) if step.get("why") else what


@tells("job_edited")
def _job_edited(data: Data) -> Sentence:
    changes = dict(data["changes"])
    block = changes.pop("client_status", None)
    said = told_changes(changes, _JOB)
    if block:
        before, after = block
        said += _block_changed(before, after, data.get("client_sees", {}).get("status"))
    return say(_("Changed {changes}"), changes=said)


def _block_changed(before: list[Any], after: list[Any], status: str | None) -> list[Sentence]:
    """Blocks are [shown, status, description, job name]; the status's own name comes with some events only."""
    said = []
    if before[0] != after[0]:
        said.append(say(_("shown to the client")) if after[0] else say(_("hidden from the client")))
    if before[1] != after[1] and status:
        said.append(say(_("client-facing status: “{status}”"), status=status))
    elif before[1] != after[1]:
        said.append(say(_("the client-facing status")))
    if before[2] != after[2]:
        said.append(say(_("the description for the client")))
    if before[3] != after[3]:
        said.append(told_change(say(_("job name for the client")), before[3], after[3]))
    return said


@tells("automation_failed")
def _automation_failed(data: Data) -> Sentence:
    reasons = from_json(data["reasons"])
    if "status" in data:
        return say(_("Could not be set to “{status}”: {reasons}"), status=data["status"], reasons=reasons)
    return say(_("Could not go on to “{stage}”: {reasons}"), stage=data["stage"], reasons=reasons)


@tells("action_undone")
def _action_undone(data: Data) -> Sentence:
    what = say(_UNDONE.get(data["what"], _("Took back what was done")))
    if not data.get("could_not"):
        return what
    return say(_("{what}, except: {kept}"), what=what, kept=data["could_not"])


@tells("item_linked")
def _item_linked(data: Data) -> Sentence:
    return say(_("Linked “{title}” to the job"), title=data["title"])


@tells("item_unlinked")
def _item_unlinked(data: Data) -> Sentence:
    if data.get("title"):
        return say(_("Took “{title}” off the job"), title=data["title"])
    return say(_("Took an item off the job ({kind})"), kind=data["kind"])


# The firm's list of client-facing statuses


@tells("client_status_created")
def _client_status_created(data: Data) -> Sentence:
    return say(_("Added the client-facing status “{status}”"), status=data["name"])


@tells("client_status_edited")
def _client_status_edited(data: Data) -> Sentence:
    changes = told_changes(data["changes"], _CLIENT_STATUS)
    return say(
        _("Changed the client-facing status “{status}”: {changes}"), status=data["name"], changes=changes
    )


@tells("client_status_deleted")
def _client_status_deleted(data: Data) -> Sentence:
    if not data.get("instead"):
        return say(_("Deleted the client-facing status “{status}”"), status=data["name"])
    return say(
        _("Deleted the client-facing status “{status}”; “{instead}” takes its place (jobs: {count})"),
        status=data["name"],
        instead=data["instead"],
        count=data["jobs"],
    )


@tells("client_statuses_reordered")
def _client_statuses_reordered(data: Data) -> Sentence:
    return say(_("Put the client-facing statuses into another order: {names}"), names=data["names"])


# Templates


@tells("template_created")
def _template_created(data: Data) -> Sentence:
    return say(_("Made the {kind} template “{name}”"), kind=data["kind"], name=data["name"])


@tells("template_edited")
def _template_edited(data: Data) -> Sentence:
    changes = data["changes"]
    said = told_changes({"name": changes["name"]}, _JOB) if "name" in changes else []
    said += [say(_("{field}"), field=field.replace("_", " ")) for field in changes.get("fields", [])]
    if languages := changes.get("translations"):
        said.append(say(_("translations ({languages})"), languages=languages))
    text = _("Changed the {kind} template “{name}”: {changes}")
    return say(text, kind=data["kind"], name=data["name"], changes=said)


@tells("template_deleted")
def _template_deleted(data: Data) -> Sentence:
    return say(_("Deleted the {kind} template “{name}”"), kind=data["kind"], name=data["name"])
