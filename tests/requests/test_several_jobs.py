"""A request that hangs on two jobs of its account, and a move that is undone."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.chats.operations.beginning import NewChat, begin_on_job
from clearstage.clients.models import Account
from clearstage.engine.planner import UNLINK, Move
from clearstage.jobs.models import Job, LinkedItem
from clearstage.jobs.operations.links import link_existing_item
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.undo import undo
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused
from clearstage.requests.models import ClientRequest

from .conftest import add_job

pytestmark = pytest.mark.django_db


def jobs_of(item: ClientRequest) -> list[int]:
    links = LinkedItem.objects.filter(kind="request", item=item.pk)
    return sorted(links.values_list("job", flat=True))


def test_undo_puts_back_what_the_move_took_off_though_it_hangs_on_another_job(
    job: Job, papers: Any, ada: Account, owner_actor: Actor
) -> None:  # L1, M9
    request, other = ClientRequest.objects.get(), add_job(owner_actor, ada, papers)
    link_existing_item(owner_actor, other.pk, "request", request.pk)
    link = LinkedItem.objects.get(job=job, kind="request")
    preparation = papers.stages.get(name="Preparation").pk
    moved = move_job(owner_actor, job.pk, Move(papers.pk, preparation, unfinished={link.pk: UNLINK}))
    assert jobs_of(request) == [other.pk]
    assert moved.action is not None
    assert undo(owner_actor, moved.action) == []
    assert jobs_of(request) == [job.pk, other.pk]


def test_undo_keeps_what_somebody_has_hung_on_another_job(
    job: Job, papers: Any, ada: Account, owner_actor: Actor
) -> None:  # L1, M9
    other = add_job(owner_actor, ada, papers)
    move_job(owner_actor, job.pk, Move(papers.pk, papers.stages.get(name="Finished").pk))
    action = move_job(owner_actor, job.pk, Move(papers.pk, papers.stages.get(name="Documents").pk)).action
    newest = ClientRequest.objects.latest("pk")
    link_existing_item(owner_actor, other.pk, "request", newest.pk)
    assert action is not None
    [told] = undo(owner_actor, action)
    assert "was kept" in str(told)
    assert other.pk in jobs_of(newest)


def test_a_chat_by_hand_is_refused_where_there_is_nobody_to_ask(
    job: Job, ada: Account, owner_actor: Actor
) -> None:  # A11, M11
    ada.contact_links.update(login=False, notify=False)
    with pytest.raises(Refused, match="no contact who could be asked"):
        begin_on_job(owner_actor, job.pk, NewChat("Hello", "Are you there?"))
    assert not LinkedItem.objects.filter(kind="chat").exists()
