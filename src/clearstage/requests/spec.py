"""What a request is made from, however it comes about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from clearstage.asking.automation import due_of
from clearstage.asking.making import AskSpec
from clearstage.engine import dates
from clearstage.engine.dates import When
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import _, say

from .finishing import FinishRule
from .templates import RequestSettings, RequestTemplate

LONGEST_TITLE = 300
EVERYTHING = FinishRule()


@dataclass(frozen=True, slots=True)
class EntrySpec:
    """One thing to be asked for. The day is left out of what a plan is known by; `due_as` is in (M4)."""

    title: str
    help: str = ""
    kind: str = "either"
    required: bool = True
    critical: bool = False
    due: date | None = field(default=None, repr=False)
    due_as: When | None = None


@dataclass(frozen=True, slots=True)
class RequestContent:
    """The `content` of an `AskSpec`."""

    entries: tuple[EntrySpec, ...]
    intro: str = ""
    rule: FinishRule = EVERYTHING


def content_of(
    body: RequestTemplate, fill: Callable[[str], str], day: Callable[[When | None], date | None]
) -> RequestContent:
    """The list of a template, its shortcodes filled once and for all (T4), its dates counted from today."""
    entries = []
    for each in body.entries:
        when = dates.parse_when(each.due) if each.due else None
        title, help_text = fill(each.title)[:LONGEST_TITLE], fill(each.help or "")
        entries.append(EntrySpec(title, help_text, each.kind, each.required, each.critical, day(when), when))
    return RequestContent(
        tuple(entries), fill(body.intro or ""), FinishRule(body.review, body.finish.rest_percent)
    )


def body_of(settings: RequestSettings, job: PlannedJob) -> RequestTemplate:
    """What is asked for: of the template, with what is laid over it, or as written. Raises `Cannot` (A11)."""
    if settings.template is None:
        return settings.body()
    body = job.facts.template("request", settings.template)
    if body is None:
        raise Cannot(say(_("there is no template “{name}” any more"), name=settings.template))
    laid_over = {name: each for name, each in settings.stored().items() if name != "template"}
    return RequestTemplate.model_validate({**body, **laid_over})


def spec_of(settings: RequestSettings, job: PlannedJob) -> AskSpec:
    """What a request for this job is made from; raises `Cannot`."""
    body = body_of(settings, job)
    title = job.fill(body.title)[:LONGEST_TITLE]
    content = content_of(body, job.fill, job.day)
    return AskSpec(title, content, reminders=body.reminders, **due_of(body.due, job))
