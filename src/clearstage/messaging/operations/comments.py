"""Comments on jobs and notes on accounts, between members; items above have theirs written here too."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account
from clearstage.events.record import Happening, record
from clearstage.jobs.models import Job
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import NotFound

from ..models import Comment
from ..policies import can_comment
from .mentions import Mentions, mentions_in, tell_mentioned

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Commented:
    """A comment, and the names that it mentions in vain: they may not see it and are told nothing (X2)."""

    comment: Comment
    unheard: list[str]


def comment_on_job(actor: Actor, job: int, text: str) -> Commented:
    """Seen by whoever of the firm sees the job, whatever its status."""
    words = checked_comment(actor, text)
    with transaction.atomic():
        row = Job.objects.visible_to(actor).filter(pk=job).first()
        if row is None:
            raise NotFound
        said = Comment(account_id=row.account_id, job=row, text=words)
        mentions = keep_comment(actor, said, [row.pk])
        happening = Happening("job_commented", {"comment": said.pk}, job=row.pk, account=row.account_id)
        [event] = record(actor, happening)
        tell_mentioned(actor, event, mentions, words, row.account_id)
        return Commented(said, mentions.unheard)


def note_on_account(actor: Actor, account: int, text: str) -> Commented:
    """Seen by whoever of the firm sees the account."""
    words = checked_comment(actor, text)
    with transaction.atomic():
        if not Account.objects.visible_to(actor).filter(pk=account).exists():
            raise NotFound
        said = Comment(account_id=account, text=words)
        mentions = keep_comment(actor, said, [])
        [event] = record(actor, Happening("account_noted", {"note": said.pk}, account=account))
        tell_mentioned(actor, event, mentions, words, account)
        return Commented(said, mentions.unheard)


def checked_comment(actor: Actor, text: str) -> str:
    """The words as they are kept; raises `Forbidden` for whoever is no member, `Invalid` for what cannot be kept."""
    can_comment(actor).demand()
    checks = Checks()
    checks.storable({"text": text})
    words = checks.text("text", text, LONGEST)
    if not words:
        checks.wrong("text", _t("a comment needs some words"))
    checks.demand()
    return words


def keep_comment(actor: Actor, said: Comment, jobs: list[int]) -> Mentions:
    """Write it down; the caller holds the transaction, records what happened and tells those who are mentioned."""
    mentions = mentions_in(said.text, said.account_id, jobs)
    said.member_id, said.at, said.mentions = actor.member_id or 0, clock.now(), mentions.names
    said.save(force_insert=True)
    return mentions
