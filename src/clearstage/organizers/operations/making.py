"""Sending organizers: by automations for many accounts at once, or by hand; filled with the answers of last time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.asking.automation import due_of
from clearstage.asking.making import AskSpec, Making, NewAsk, as_planned, make_by_hand
from clearstage.engine.conditions import tag_key
from clearstage.engine.planned import Cannot, PlannedJob
from clearstage.engine.sentences import Sentence, _, render, say
from clearstage.jobs.kinds import Needs
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.rows import insert_rows
from clearstage.messaging.reminder_plan import ReminderPlan

from ..answers import usable
from ..content import read_content
from ..models import Answer, Organizer
from ..policies import can_manage_organizers

LAST_TIME = "last time"
"""Where an answer came from that nobody has given yet."""
_ANSWER = ("organizer", "question", "value", "prefilled", "by_name", "at", "via")
_TEXTS = ("title", "help", "text")


class Sheet(NamedTuple):
    """What is asked: the template's name, and the questions with their texts filled and their tags by number."""

    template: str
    content: Mapping[str, Any]


def organizer_spec(
    template: str,
    body: Mapping[str, Any],
    job: PlannedJob,
    *,
    title: str | None = None,
    due: str | None = None,
    reminders: ReminderPlan | None = None,
) -> AskSpec:
    """What an organizer is made from; what is given counts more than the template. Raises `Cannot`."""
    kept = body.get("reminders")
    return AskSpec(
        title=job.fill(title or body.get("title") or template)[:300],
        content=Sheet(template, _filled(body, job)),
        translations=job.translations("organizer", template),
        reminders=reminders or (ReminderPlan.model_validate(kept) if kept is not None else None),
        **due_of(due or body.get("due"), job),
    )


def _filled(body: Mapping[str, Any], job: PlannedJob) -> dict[str, Any]:
    """The texts with their shortcodes filled, once (T4)."""
    sections = [
        {
            **_texts(section, job),
            "questions": [_question(question, job) for question in section["questions"]],
        }
        for section in body["sections"]
    ]
    intro = job.fill(body.get("intro", ""))
    return {"intro": intro, "sections": sections} if intro else {"sections": sections}


def _texts(kept: Mapping[str, Any], job: PlannedJob) -> dict[str, Any]:
    return {**kept, **{name: job.fill(kept[name]) for name in _TEXTS if name in kept}}


def _question(kept: Mapping[str, Any], job: PlannedJob) -> dict[str, Any]:
    found = _texts(kept, job)
    if "options" in kept:
        found["options"] = [job.fill(each) for each in kept["options"]]
    if "shown_if" in kept:
        found["shown_if"] = {
            name: value if name == "question" else _expected(value, job)
            for name, value in kept["shown_if"].items()
        }
    if "tags" in kept:
        found["tags"] = [_rule(rule, job) for rule in kept["tags"]]
    return found


def _expected(value: Any, job: PlannedJob) -> Any:
    if isinstance(value, list):
        return [_expected(each, job) for each in value]
    return job.fill(value) if isinstance(value, str) else value


def _rule(kept: Mapping[str, Any], job: PlannedJob) -> dict[str, Any]:
    """Tags by number, so that a tag that gets another name meanwhile is still the same."""
    found: dict[str, Any] = {"when": _expected(kept["when"], job)}
    for way in ("add", "remove"):
        known = {name: job.facts.tags.get(tag_key(name)) for name in kept.get(way, ())}
        gone = [name for name, tag in known.items() if tag is None]
        if gone and way == "add":
            raise Cannot(say(_("there is no tag {names} any more"), names=gone))
        if numbers := [tag.id for tag in known.values() if tag is not None]:
            found[way] = numbers
    return found


def ask(title: str) -> Sentence:
    """What the client is told to do."""
    return say(_("Answer the questionnaire “{title}”"), title=title)


def _values(new: NewAsk) -> tuple[Any, ...]:
    sheet: Sheet = new.spec.content
    return (sheet.template[:120], sheet.content, "")


def prefill(asks: Sequence[NewAsk]) -> None:
    """Fill in what was answered in the account's last submitted organizer of the same template: four queries."""
    last = _last_submitted(asks)
    given: dict[int, dict[str, Any]] = defaultdict(dict)
    answers = Answer.objects.filter(organizer__in=[row.pk for row in last.values()])
    for organizer, question, value in answers.values_list("organizer_id", "question", "value"):
        given[organizer][question] = value
    now, rows = clock.now(), []
    for new in asks:
        before = last.get((new.account, new.spec.content.template))
        if before is not None:
            found = usable(read_content(new.spec.content.content), before.read(), given[before.pk])
            rows += [(new.id, key, value, True, "", now, LAST_TIME) for key, value in found.items()]
    insert_rows(Answer, _ANSWER, rows)


def _last_submitted(asks: Sequence[NewAsk]) -> dict[tuple[int, str], Organizer]:
    wanted = {(new.account, new.spec.content.template) for new in asks}
    rows = Organizer.objects.filter(
        account__in={account for account, _name in wanted},
        template__in={name for _account, name in wanted},
        state="submitted",
    ).order_by("finished_at", "pk")
    newest = {(account, name): pk for pk, account, name in rows.values_list("pk", "account_id", "template")}
    kept = Organizer.objects.in_bulk([pk for key, pk in newest.items() if key in wanted])
    return {key: kept[pk] for key, pk in newest.items() if pk in kept}


MAKING = Making(
    model=Organizer,
    state="sent",
    ask=ask,
    columns=("template", "content", "submitted_by"),
    values=_values,
    parts=prefill,
)


def send_organizer(
    actor: Actor,
    job: int,
    template: str,
    *,
    title: str | None = None,
    due: date | None = None,
    reminders: ReminderPlan | None = None,
    scope: str | None = None,
) -> int:
    """Send an organizer by hand; the job waits for it in its present stay (L2). Answers its number."""
    can_manage_organizers(actor).demand()
    with transaction.atomic():
        named = ("organizer", template)
        planned = as_planned(actor, job, Needs(templates=frozenset({named}), contacts=True))
        body = planned.facts.template(*named)
        if body is None:
            message = _t("there is no organizer template “{name}”").format(name=template)
            raise Invalid([("template", message)])
        try:
            spec = organizer_spec(
                template.strip(),
                body,
                planned,
                title=title,
                due=str(due) if due else None,
                reminders=reminders,
            )
        except Cannot as cannot:
            raise Refused([render(cannot.reason, _t)]) from None
        return make_by_hand(actor, MAKING, job, spec, scope=scope)


def follow_template(actor: Actor, noun: str, old: str, new: str) -> None:
    """A template has another name: what was made from it is still found as the last one of the same template."""
    if noun == "template:organizer":
        Organizer.objects.filter(template__iexact=old).update(template=new)
