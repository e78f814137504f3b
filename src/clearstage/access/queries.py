"""Reading requests for access: what they are about, what is missing, and which of them a member may answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from clearstage.clients.models import Account
from clearstage.engine.sentences import Sentence, _, say
from clearstage.firm.models import Member
from clearstage.firm.queries import actor_for
from clearstage.jobs.models import Job, Pipeline
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound

from .models import AccessRequest
from .policies import can_answer_requests

Thing = Job | Pipeline | Account
NOUNS = tuple(noun for noun, _label in AccessRequest.NOUNS)


def visible_thing(actor: Actor, noun: str, number: int) -> Thing | None:
    """The job, pipeline or account, if the actor sees it; None for nonsense and for what is closed alike (X4)."""
    return _visible(actor, noun).filter(pk=number).first()


def _visible(actor: Actor, noun: str) -> QuerySet[Job] | QuerySet[Pipeline] | QuerySet[Account]:
    if noun == "job":
        return Job.objects.visible_to(actor).select_related("account", "pipeline")
    return Pipeline.objects.visible_to(actor) if noun == "pipeline" else Account.objects.visible_to(actor)


def missing_for(member: Member, thing: Thing) -> list[Account | Pipeline]:
    """The gates that are closed to the member (X2): the account, the pipeline, both or none."""
    actor = actor_for(member)
    gates: list[Account | Pipeline] = [thing.account, thing.pipeline] if isinstance(thing, Job) else [thing]
    return [gate for gate in gates if not type(gate).objects.visible_to(actor).filter(pk=gate.pk).exists()]


def in_words(thing: Thing) -> Sentence:
    if isinstance(thing, Job):
        return say(_("the job “{job}” of {account}"), job=thing.name, account=thing.account.name)
    if isinstance(thing, Pipeline):
        return say(_("the pipeline “{pipeline}”"), pipeline=thing.name)
    return say(_("the account “{account}”"), account=thing.name)


def open_request(actor: Actor, noun: str, number: int) -> AccessRequest | None:
    """What the actor has asked already and nobody has answered yet."""
    return AccessRequest.objects.filter(
        member=actor.member_id, noun=noun, number=number, answered_at=None
    ).first()


def answerable(actor: Actor, events: Collection[int]) -> set[int]:
    """Those of the events that tell of a request which the actor may answer now: at most four queries."""
    if not events or not can_answer_requests(actor):
        return set()
    by_noun: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    asked = AccessRequest.objects.filter(event__in=events, answered_at=None)
    for event, noun, number in asked.values_list("event", "noun", "number"):
        by_noun[noun][number].append(event or 0)
    return {
        event
        for noun, numbers in by_noun.items()
        for number in _visible(actor, noun).filter(pk__in=numbers).values_list("pk", flat=True)
        for event in numbers[number]
    }


def request_told_by(event: int | None) -> AccessRequest:
    """The request that an event tells of; `NotFound` where it tells of none."""
    row = AccessRequest.objects.filter(event=event).first() if event else None
    if row is None:
        raise NotFound
    return row
