"""Mailing a new client-facing status to the contacts, where the firm wants that (C12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from clearstage.engine.sentences import Sentence, _, say
from clearstage.jobs.client_news import ClientNews
from clearstage.outbox.models import Delivery

from .models import GatheredNotice
from .operations.client_notices import ClientNotice, take_back_notices, tell_clients


class StatusMails:
    """One e-mail for each job, run and contact."""

    def tell(self, news: Sequence[ClientNews], hold_until: datetime) -> None:
        tell_clients([_notice(each) for each in news], hold_until=hold_until)

    def take_back(self, action: int, events: Collection[int]) -> list[Sentence]:
        keys = {
            key
            for model in (Delivery, GatheredNotice)
            for key in model._default_manager.filter(
                action=action, event__in=events, key__startswith="client_status:"
            ).values_list("key", flat=True)
        }
        return take_back_notices(sorted(keys)) if keys else []


def _notice(news: ClientNews) -> ClientNotice:
    sees = news.sees
    news_in_short = (
        _("“{job}” is now: {status}. It is your turn.")
        if sees.turn == "client"
        else _("“{job}” is now: {status}.")
    )
    text = say(news_in_short, job=sees.job_name, status=sees.status)
    if sees.description:
        text = say(_("{news}\n\n{description}"), news=text, description=sees.description)
    return ClientNotice(
        f"client_status:{news.event}",
        news.account,
        say(_("{job}: {status}"), job=sees.job_name, status=sees.status),
        text,
        job=news.job,
        event=news.event,
        action=news.action,
        until_done=False,
        of_status=True,
    )
