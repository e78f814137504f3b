"""The jobs around a request: moved by its last answer, archived, moved by hand, several of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden
from clearstage.requests.models import ClientRequest
from clearstage.requests.operations.answering import submit_entry
from clearstage.requests.operations.judging import accept_all

from .conftest import add_job
from .looking import SAID, answered, client_items, stage, states, waits

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_the_last_answer_moves_the_job_within_its_budget(
    job: Job,
    request_: ClientRequest,
    client: Actor,
    owner_actor: Actor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    ClientRequest.objects.update(review=False)
    submit_entry(client, request_.pk, 1, SAID)
    with django_assert_max_num_queries(31):
        submit_entry(client, request_.pk, 2, SAID)
    assert stage(job) == "Preparation"


def test_an_archived_job_stays_and_the_answer_is_kept(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    from clearstage.engine.facts import JobStatus
    from clearstage.engine.planner import SetStatus
    from clearstage.jobs.operations.moving import set_job_status

    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED))
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    assert (ClientRequest.objects.get().state, stage(job)) == ("finished", "Documents")


def test_a_request_that_a_move_finishes_counts_as_accepted_until_undo(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, papers: Any, ada: Account
) -> None:  # M3, M9
    from clearstage.engine.planner import Move
    from clearstage.jobs.operations.moving import move_job
    from clearstage.jobs.operations.undo import undo

    submit_entry(client, request_.pk, 1, SAID)
    link = LinkedItem.objects.get(kind="request")
    move = Move(papers.pk, papers.stages.get(name="Preparation").pk, unfinished={link.pk: "finish"})
    action = move_job(owner_actor, job.pk, move).action
    assert (ClientRequest.objects.get().state, states(request_)) == ("finished", "accepted accepted accepted")
    event = Event.objects.get(kind="request_finished")
    said = str(in_words(event.kind, event.data))
    assert said == "The request “Papers for Ada Okafor” is finished; not waited for: 3"
    assert waits(ada) == []
    assert action is not None
    assert undo(owner_actor, action) == []
    assert (ClientRequest.objects.get().state, states(request_)) == ("open", "submitted requested requested")
    assert stage(job) == "Documents"


def test_finishing_it_by_a_move_takes_the_right(
    job: Job, request_: ClientRequest, papers: Any, assistant: Callable[..., Actor]
) -> None:
    from clearstage.engine.planner import Move
    from clearstage.jobs.operations.moving import move_job

    link = LinkedItem.objects.get(kind="request")
    move = Move(papers.pk, papers.stages.get(name="Preparation").pk, unfinished={link.pk: "finish"})
    with pytest.raises(Forbidden):
        move_job(assistant(), job.pk, move)
    assert (stage(job), ClientRequest.objects.get().state) == ("Documents", "open")


def test_finishing_it_releases_every_job_it_hangs_on(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, papers: Any, ada: Account
) -> None:  # L1
    from clearstage.jobs.operations.links import link_existing_item, unlink_item

    other = add_job(owner_actor, ada, papers)
    theirs = ClientRequest.objects.exclude(pk=request_.pk).get()
    link_existing_item(owner_actor, other.pk, "request", request_.pk)
    unlink_item(owner_actor, other.pk, "request", theirs.pk)
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    assert (stage(job), stage(other)) == ("Preparation", "Preparation")


def test_the_kind_offers_views_in_a_fixed_number_of_queries(
    request_: ClientRequest, papers: Any, ada: Account, owner_actor: Actor,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _each in range(3):
        add_job(owner_actor, ada, papers)
    numbers = list(ClientRequest.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(3):
        assert len(client_items().views(numbers)) == 4
    with django_assert_max_num_queries(2):
        assert len(client_items().waiting([ada.pk])) == 4
