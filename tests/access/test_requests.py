"""Requests for access (X2): who is told, what is opened, and what nobody learns (X4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.access.models import AccessRequest
from clearstage.access.operations import (
    MOST_IN_A_PERIOD,
    decline_access_request,
    grant_access_request,
    request_access,
)
from clearstage.clients.models import Account, AccountAccess
from clearstage.engine.sentences import from_json, render
from clearstage.events.models import Event
from clearstage.firm.models import Member
from clearstage.firm.operations.members import edit_member
from clearstage.jobs.models import Job, Pipeline, PipelineRevision
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.messaging.models import InboxEntry
from tests.jobs.conftest import ada, make_job, make_pipeline, tax

__all__ = ["ada", "make_job", "make_pipeline", "tax"]

pytestmark = pytest.mark.django_db
NONSENSE = 2**62


@pytest.fixture
def closed_job(make_job: Any, tax: Pipeline) -> Job:
    """Behind both gates for an employee without rights."""
    job: Job = make_job()
    Pipeline.objects.filter(pk=tax.pk).update(for_everyone=False)
    return job


@pytest.fixture
def assigning(make_member: Any, ada: Account, tax: Pipeline) -> Member:
    """An employee who may assign teammates and sees the closed job himself."""
    member: Member = make_member("abe@example.test", "Abe Assigner", rights=["assign teammates"])
    AccountAccess.objects.create(account=ada, member=member)
    tax.available_to.add(member)
    return member


def entries(member: Member, kind: str) -> list[InboxEntry]:
    return list(InboxEntry.objects.filter(member=member, kind=kind).order_by("pk"))


def words(entry: InboxEntry) -> str:
    return render(from_json(entry.text))


def asked(actor: Actor, noun: str, number: int) -> AccessRequest:
    request_access(actor, noun, number)
    return AccessRequest.objects.get(member=actor.id, noun=noun, number=number, answered_at=None)


def test_a_request_is_told_to_the_owner_and_to_those_who_may_assign_and_see_it(
    closed_job: Job,
    owner: Member,
    admin: Member,
    assigning: Member,
    employee_actor: Actor,
    make_member: Any,
) -> None:
    blind = make_member("bea@example.test", "Bea Blind", rights=["assign teammates"])
    seeing = make_member("sam@example.test", "Sam Seer", rights=["view all accounts"])
    closed_job.pipeline.available_to.add(seeing)
    request_access(employee_actor, "job", closed_job.pk)
    told = set(InboxEntry.objects.filter(kind="access_request").values_list("member", flat=True))
    assert told == {owner.pk, admin.pk, assigning.pk}
    assert blind.pk not in told
    [entry] = entries(owner, "access_request")
    assert words(entry) == (
        f"Mia Chen asks for access to the job “{closed_job.name}” of Ada Okafor. "
        "Granting it opens the account “Ada Okafor”, the pipeline “Tax return”."
    )


def test_asking_again_before_the_answer_does_nothing(
    closed_job: Job, owner: Member, employee_actor: Actor
) -> None:
    for _time in range(3):
        request_access(employee_actor, "job", closed_job.pk)
    assert AccessRequest.objects.count() == 1
    assert len(entries(owner, "access_request")) == 1
    assert Event.objects.filter(kind="access_requested").count() == 1


def test_nonsense_is_kept_like_the_rest_and_told_to_nobody(
    owner: Member, employee_actor: Actor
) -> None:  # X4
    for noun in ("job", "pipeline", "account"):
        request_access(employee_actor, noun, NONSENSE)
    assert AccessRequest.objects.filter(event=None, answered_at=None).count() == 3
    assert not InboxEntry.objects.exists()
    assert not Event.objects.filter(kind__startswith="access_").exists()


def test_nonsense_costs_as_many_looks_as_what_is_closed(closed_job: Job, employee_actor: Actor) -> None:  # X4
    def looks(number: int) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            request_access(employee_actor, "job", number)
        statements = [re.sub(r" WHERE .*|_x[0-9]+", "", each["sql"]) for each in seen.captured_queries]
        return statements[: next(n for n, each in enumerate(statements) if "INSERT" in each)]

    assert looks(closed_job.pk) == looks(NONSENSE)


def test_what_is_seen_already_is_not_asked_for(
    closed_job: Job, assigning: Member, actor_for: Callable[[Member], Actor]
) -> None:
    request_access(actor_for(assigning), "job", closed_job.pk)
    assert not AccessRequest.objects.exists()


def test_twenty_different_requests_a_day_are_enough_whether_they_exist_or_not(
    closed_job: Job, owner: Member, employee_actor: Actor
) -> None:
    for number in range(MOST_IN_A_PERIOD):
        request_access(employee_actor, "job", NONSENSE + number)
    request_access(employee_actor, "job", NONSENSE)  # asked already
    for number in (closed_job.pk, NONSENSE - 1):
        with pytest.raises(Refused, match="asked for a lot"):
            request_access(employee_actor, "job", number)
    assert not entries(owner, "access_request")


def test_owner_and_admins_and_unknown_nouns_are_refused(
    admin_actor: Actor, employee_actor: Actor, closed_job: Job
) -> None:
    with pytest.raises(Forbidden):
        request_access(admin_actor, "job", NONSENSE)
    with pytest.raises(NotFound):
        request_access(employee_actor, "task", 1)
    assert not AccessRequest.objects.exists()


# Granting


def test_granting_opens_both_gates_and_tells_the_asker(
    closed_job: Job,
    owner: Member,
    owner_actor: Actor,
    employee: Member,
    employee_actor: Actor,
    assigning: Member,
) -> None:
    revision = Pipeline.objects.get(pk=closed_job.pipeline_id).revision
    request = asked(employee_actor, "job", closed_job.pk)
    opened = grant_access_request(owner_actor, request.pk)
    assert [str(each) for each in opened] == ["the account “Ada Okafor”", "the pipeline “Tax return”"]
    assert Job.objects.visible_to(employee_actor).filter(pk=closed_job.pk).exists()
    [notice] = entries(employee, "notice")
    assert words(notice) == f"Olga Owner has given you access to the job “{closed_job.name}” of Ada Okafor."
    assert notice.job_id == closed_job.pk
    # Nobody else has to do it any more.
    assert not InboxEntry.objects.filter(kind="access_request", done_at=None).exists()
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))[-4:]
    assert kinds == ["access_requested", "access_granted", "pipeline_saved", "access_request_granted"]
    latest = PipelineRevision.objects.get(pipeline=closed_job.pipeline_id, number=revision + 1)
    assert (latest.author, latest.changes) == ("Olga Owner", ["Opened to Mia Chen."])
    assert employee.email in latest.document["available_to"]


def test_granting_opens_exactly_what_is_missing(
    closed_job: Job, owner_actor: Actor, employee: Member, employee_actor: Actor
) -> None:
    closed_job.pipeline.available_to.add(employee)
    request = asked(employee_actor, "job", closed_job.pk)
    assert [str(each) for each in grant_access_request(owner_actor, request.pk)] == [
        "the account “Ada Okafor”"
    ]
    assert Event.objects.filter(kind="pipeline_saved").count() == 1  # when it was made


@pytest.mark.parametrize("noun", ["account", "pipeline"])
def test_a_single_gate_is_opened_and_the_other_stays_closed(
    closed_job: Job, owner_actor: Actor, employee_actor: Actor, noun: str
) -> None:
    number = closed_job.account_id if noun == "account" else closed_job.pipeline_id
    grant_access_request(owner_actor, asked(employee_actor, noun, number).pk)
    model = Account if noun == "account" else Pipeline
    assert model.objects.visible_to(employee_actor).filter(pk=number).exists()
    assert not Job.objects.visible_to(employee_actor).exists()


def test_an_assigning_employee_may_grant_what_he_sees_and_nothing_else(
    closed_job: Job,
    assigning: Member,
    employee_actor: Actor,
    actor_for: Callable[[Member], Actor],
    make_member: Any,
) -> None:
    request = asked(employee_actor, "job", closed_job.pk)
    blind = make_member("bea@example.test", "Bea Blind", rights=["assign teammates"])
    with pytest.raises(NotFound):
        grant_access_request(actor_for(blind), request.pk)
    powerless = make_member("sam@example.test", "Sam Seer", rights=["view all accounts"])
    closed_job.pipeline.available_to.add(powerless)
    for answer in (grant_access_request, decline_access_request):
        with pytest.raises(Forbidden):
            answer(actor_for(powerless), request.pk)
    with pytest.raises(NotFound):
        grant_access_request(employee_actor, request.pk)
    assert not Job.objects.visible_to(employee_actor).exists()
    grant_access_request(actor_for(assigning), request.pk)
    assert Job.objects.visible_to(employee_actor).exists()


def test_granting_twice_changes_nothing_and_declining_then_is_refused(
    closed_job: Job, owner_actor: Actor, admin_actor: Actor, employee: Member, employee_actor: Actor
) -> None:
    request = asked(employee_actor, "job", closed_job.pk)
    grant_access_request(owner_actor, request.pk)
    events = Event.objects.count()
    assert grant_access_request(admin_actor, request.pk) == []
    with pytest.raises(Refused, match="Somebody else"):
        decline_access_request(admin_actor, request.pk)
    assert Event.objects.count() == events
    assert len(entries(employee, "notice")) == 1


def test_nobody_who_has_left_is_let_in(
    closed_job: Job, owner_actor: Actor, employee: Member, employee_actor: Actor
) -> None:
    request = asked(employee_actor, "job", closed_job.pk)
    edit_member(owner_actor, employee.pk, {"is_active": False})
    with pytest.raises(Refused, match="no active member"):
        grant_access_request(owner_actor, request.pk)
    assert not AccountAccess.objects.exists()


# Declining


def test_declining_opens_nothing_and_names_nothing(
    closed_job: Job, owner_actor: Actor, employee: Member, employee_actor: Actor
) -> None:  # X4
    decline_access_request(owner_actor, asked(employee_actor, "job", closed_job.pk).pk)
    [notice] = entries(employee, "notice")
    assert words(notice) == f"Olga Owner has declined your request for access to job no. {closed_job.pk}."
    assert notice.job_id is None
    assert not AccountAccess.objects.exists()
    [event] = Event.objects.filter(kind="access_request_declined")
    assert event.cause == Event.objects.get(kind="access_requested").pk


def test_after_an_answer_one_may_ask_again(
    closed_job: Job, owner: Member, owner_actor: Actor, employee_actor: Actor
) -> None:
    decline_access_request(owner_actor, asked(employee_actor, "job", closed_job.pk).pk)
    grant_access_request(owner_actor, asked(employee_actor, "job", closed_job.pk).pk)
    assert len(entries(owner, "access_request")) == 2
