"""Telling the firm what its clients did: in the inboxes of those it concerns (P3)."""

from __future__ import annotations

from collections.abc import Collection

from clearstage.engine.sentences import Sentence
from clearstage.kernel.actor import Actor

from ..queries import who_sees
from .inbox import Notice, put_in_inboxes


def tell_firm(
    actor: Actor,
    event: int,
    text: Sentence,
    account: int,
    jobs: Collection[int] = (),
    kind: str = "client_activity",
    *,
    topic: str | None = None,
    many: Sentence | None = None,
    role_holders: bool = False,
) -> None:
    """Tell the members assigned to these jobs and those who follow the account, but for the actor himself.

    Where nobody is assigned and nobody follows, the holders of the account's roles are told; with `role_holders` they
    are in any case. Only those hear of it who may see the account and, where it is about jobs, one of these (X2). Once
    for each event and member, in the transaction of what is told and in a fixed number of queries. What has a `topic`
    is one entry as long as that is unread (`Notice`).
    """
    seen = who_sees(account, jobs)
    told = [who for who in seen if who.concerned or (role_holders and who.role_holder)]
    told = told or [who for who in seen if who.role_holder]
    put_in_inboxes(
        [
            Notice(who.member, kind, text, who.job, event, account, topic, many)
            for who in told
            if who.member != actor.member_id
        ]
    )
