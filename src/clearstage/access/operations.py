"""Asking for access to something closed, granting it and declining it (X2)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.clients.operations.access import grant_access
from clearstage.engine.sentences import Sentence, _, say, to_json
from clearstage.events.record import Happening, record
from clearstage.firm.queries import actor_for, members_list
from clearstage.jobs.models import Job
from clearstage.jobs.operations.pipelines import open_pipeline
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound, Refused
from clearstage.kernel.rows import insert_rows
from clearstage.messaging.operations.inbox import Notice, deal_with, put_in_inboxes

from .models import AccessRequest
from .policies import can_answer_requests, can_request_access
from .queries import NOUNS, Thing, in_words, missing_for, visible_thing

PERIOD = timedelta(days=1)
MOST_IN_A_PERIOD = 20
_ASKED = ("member", "noun", "number", "at", "granted")


def request_access(actor: Actor, noun: str, number: int) -> None:
    """Ask those who may open it for access to a job, pipeline or account; asking again before the answer does nothing.

    Nonsense is kept and counted like the rest, so that nothing the asker gets to see tells them apart (X4). Raises
    `Refused` after twenty different requests within a day.
    """
    can_request_access(actor).demand()
    if noun not in NOUNS:
        raise NotFound
    with transaction.atomic():
        lately = AccessRequest.objects.filter(member=actor.member_id, at__gt=clock.now() - PERIOD).count()
        answerers = _answerers(noun, number)
        if visible_thing(actor, noun, number) is not None:
            return
        asked = AccessRequest.objects.filter(member=actor.member_id, noun=noun, number=number)
        if asked.filter(answered_at=None).exists():
            return
        if lately >= MOST_IN_A_PERIOD:
            raise Refused([_t("You have asked for a lot today. Please ask a colleague directly.")])
        row = (actor.member_id, noun, number, clock.now(), False)
        if insert_rows(AccessRequest, _ASKED, [row], ignore_conflicts=True) and answerers:
            _tell(actor, asked.get(answered_at=None), answerers)


def _answerers(noun: str, number: int) -> dict[int, Thing]:
    """Who may answer, by member: each has to see himself what is asked for."""
    found = {}
    for member in members_list(inactive=False):
        actor = actor_for(member)
        if can_answer_requests(actor) and (thing := visible_thing(actor, noun, number)) is not None:
            found[member.pk] = thing
    return found


def _tell(actor: Actor, request: AccessRequest, answerers: dict[int, Thing]) -> None:
    thing = next(iter(answerers.values()))
    data = {"request": request.pk, "what": to_json(in_words(thing))}
    [event] = record(actor, _happening("access_requested", thing, data))
    AccessRequest.objects.filter(pk=request.pk).update(event=event)
    text = say(
        _("{member} asks for access to {what}. Granting it opens {missing}."),
        member=actor.name,
        what=in_words(thing),
        missing=[in_words(gate) for gate in missing_for(request.member, thing)],
    )
    job = thing.pk if isinstance(thing, Job) else None
    put_in_inboxes([Notice(member, "access_request", text, job, event) for member in answerers])


def grant_access_request(actor: Actor, request: int) -> list[Sentence]:
    """Open exactly what is missing, the account, the pipeline or both, and tell the asker; answers what was opened.

    Granting it again changes nothing. Raises `NotFound` where the actor does not see the thing himself, `Forbidden`
    without the right, `Refused` where it was declined meanwhile or the asker works here no more.
    """
    with transaction.atomic():
        row, thing = _locked(actor, request)
        if _answered(row, granted=True):
            return []
        if not row.member.is_active:
            raise Refused([_t("“{person}” is no active member").format(person=row.member.name)])
        missing = missing_for(row.member, thing)
        for gate in missing:
            opening = grant_access if isinstance(gate, Account) else open_pipeline
            opening(actor, gate.pk, row.member_id)
        text = say(_("{member} has given you access to {what}."), member=actor.name, what=in_words(thing))
        _answer(actor, row, thing, text, granted=True)
        return [in_words(gate) for gate in missing]


def decline_access_request(actor: Actor, request: int) -> None:
    """Leave it closed and tell the asker, without naming to him what he may not see (X4)."""
    with transaction.atomic():
        row, thing = _locked(actor, request)
        if not _answered(row, granted=False):
            text = _("{member} has declined your request for access to {noun} no. {number}.")
            said = say(text, member=actor.name, noun=say(_WORDS[row.noun]), number=row.number)
            _answer(actor, row, thing, said, granted=False)


_WORDS = {"job": _("job"), "pipeline": _("pipeline"), "account": _("account")}


def _locked(actor: Actor, request: int) -> tuple[AccessRequest, Thing]:
    list(AccessRequest.objects.select_for_update().filter(pk=request).values_list("pk"))
    row = AccessRequest.objects.filter(pk=request).select_related("member").first()
    thing = visible_thing(actor, row.noun, row.number) if row else None
    if row is None or thing is None:
        raise NotFound
    can_answer_requests(actor).demand()
    return row, thing


def _answered(row: AccessRequest, *, granted: bool) -> bool:
    """Whether somebody has given this answer already; the other answer is a refusal."""
    if row.answered_at is not None and row.granted != granted:
        raise Refused([_t("Somebody else has answered this request in the meantime.")])
    return row.answered_at is not None


def _answer(actor: Actor, row: AccessRequest, thing: Thing, text: Sentence, *, granted: bool) -> None:
    AccessRequest.objects.filter(pk=row.pk).update(answered_at=clock.now(), granted=granted)
    data = {"member": row.member_id, "name": row.member.name, "what": to_json(in_words(thing))}
    kind = "access_request_granted" if granted else "access_request_declined"
    happening = _happening(kind, thing, data)
    happening.cause = row.event
    [event] = record(actor, happening)
    deal_with("access_request", row.event)
    job = thing.pk if granted and isinstance(thing, Job) else None
    put_in_inboxes([Notice(row.member_id, "notice", text, job, event)])


def _happening(kind: str, thing: Thing, data: dict[str, object]) -> Happening:
    if isinstance(thing, Job):
        return Happening(kind, data, job=thing.pk, account=thing.account_id)
    return Happening(kind, data, account=thing.pk if isinstance(thing, Account) else None)
