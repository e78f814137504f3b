"""Whom of the firm it concerns what a client did (P3, X2)."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.sentences import say
from clearstage.events.models import Event
from clearstage.firm.models import Member
from clearstage.firm.queries import actor_for
from clearstage.jobs.models import Job, JobAssignee, Pipeline
from clearstage.kernel.actor import the_firm
from clearstage.kernel.errors import Forbidden, NotFound
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.following import follow_account, unfollow_account
from clearstage.messaging.operations.tell_firm import tell_firm

pytestmark = pytest.mark.django_db
SAID = say("Ada Okafor submitted “1040 for 2025”")


def told(event: int = 1) -> set[str]:
    return set(InboxEntry.objects.filter(event=event).values_list("member__name", flat=True))


@pytest.fixture
def mia(employee: Member, ada: Account) -> Member:
    """An employee to whom the account is open."""
    ada.access.create(member=employee)
    return employee


def assign(job: Job, *members: Member) -> None:
    JobAssignee.objects.all().delete()
    JobAssignee.objects.bulk_create([JobAssignee(job=job, member=member) for member in members])


def test_the_assigned_and_those_who_follow_are_told(
    make_job: Any, mia: Member, admin: Member, owner: Member
) -> None:
    job = make_job()
    assign(job, mia)
    follow_account(actor_for(admin), job.account_id)
    tell_firm(the_firm(), 1, SAID, job.account_id, [job.pk])
    assert told() == {"Mia Chen", "Adam Admin"}
    entry = InboxEntry.objects.get(member=mia)
    assert (entry.job, entry.account, entry.kind) == (job, job.account, "client_activity")


def test_nobody_is_told_what_he_did_himself(make_job: Any, mia: Member, admin: Member) -> None:
    job = make_job()
    assign(job, mia, admin)
    tell_firm(actor_for(mia), 1, SAID, job.account_id, [job.pk])
    assert told() == {"Adam Admin"}


def test_once_for_each_event(make_job: Any, mia: Member) -> None:
    job = make_job()
    assign(job, mia)
    for event in (1, 1, 2):
        tell_firm(the_firm(), event, SAID, job.account_id, [job.pk])
    assert InboxEntry.objects.filter(member=mia).count() == 2


@pytest.mark.parametrize("gate", ["account", "pipeline", "inactive"])
def test_whoever_may_not_see_it_is_not_told(
    make_job: Any, mia: Member, ada: Account, owner: Member, gate: str
) -> None:  # X2, X4
    job = make_job()
    assign(job, mia)
    if gate == "account":
        ada.access.all().delete()
    elif gate == "pipeline":
        Pipeline.objects.update(for_everyone=False)
    else:
        Member.objects.filter(pk=mia.pk).update(is_active=False)
    tell_firm(the_firm(), 1, SAID, job.account_id, [job.pk])
    assert told() == {"Olga Owner"}  # the account's preparer, since nobody else is there
    visible = Job.objects.visible_to(actor_for(mia)).exists()
    assert visible is (gate == "inactive")


def test_without_anybody_concerned_the_holders_of_roles_are_told_else_nobody(
    make_job: Any, ada: Account, owner: Member
) -> None:
    job = make_job()
    JobAssignee.objects.all().delete()
    tell_firm(the_firm(), 1, SAID, ada.pk, [job.pk])
    ada.role_holders.all().delete()
    tell_firm(the_firm(), 2, SAID, ada.pk, [job.pk])
    assert (told(1), told(2)) == ({"Olga Owner"}, set())


def test_an_assigned_member_who_did_it_himself_leaves_the_holders_of_roles_in_peace(
    make_job: Any, mia: Member
) -> None:
    job = make_job()
    assign(job, mia)
    tell_firm(actor_for(mia), 1, SAID, job.account_id, [job.pk])
    assert told() == set()


def test_what_is_about_no_job_goes_to_those_who_follow(ada: Account, mia: Member) -> None:
    follow_account(actor_for(mia), ada.pk)
    tell_firm(the_firm(), 1, SAID, ada.pk)
    assert told() == {"Mia Chen"}
    assert InboxEntry.objects.get().job is None


def test_of_several_jobs_the_entry_names_one_that_the_member_sees(
    make_job: Any, make_pipeline: Any, mia: Member, owner: Member
) -> None:
    from tests.jobs.conftest import SMALL

    hidden, seen = make_job(), make_job()
    other = make_pipeline(SMALL)
    Pipeline.objects.exclude(pk=other.pk).update(for_everyone=False)
    Job.objects.filter(pk=seen.pk).update(pipeline=other, stage=other.stages.first())
    JobAssignee.objects.all().delete()
    JobAssignee.objects.create(job=hidden, member=mia)
    tell_firm(the_firm(), 1, SAID, hidden.account_id, [hidden.pk, seen.pk])
    assert InboxEntry.objects.get(member=mia).job == seen


def test_the_number_of_queries_does_not_grow(
    make_job: Any, make_member: Any, django_assert_num_queries: Any
) -> None:
    jobs = [make_job() for _ in range(3)]
    for count, some in ((1, jobs[:1]), (6, jobs)):
        JobAssignee.objects.all().delete()
        for n in range(count):
            member = make_member(f"m{count}-{n}@example.test", f"M {n}", rights=["view all accounts"])
            JobAssignee.objects.create(job=some[0], member=member)
        with django_assert_num_queries(2):
            tell_firm(the_firm(), count, SAID, some[0].account_id, [job.pk for job in some])
        assert len(told(count)) == count


# Following


def test_following_is_recorded_once_and_ends(ada: Account, mia: Member) -> None:  # X6
    actor = actor_for(mia)
    for _ in range(2):
        follow_account(actor, ada.pk)
    for _ in range(2):
        unfollow_account(actor, ada.pk)
    tell_firm(the_firm(), 1, SAID, ada.pk)
    assert list(Event.objects.filter(account=ada.pk).values_list("kind", flat=True)) == [
        "account_followed",
        "account_unfollowed",
    ]
    assert "Mia Chen" not in told()


def test_only_what_one_sees_can_be_followed_and_only_by_members(ada: Account, employee: Member) -> None:
    with pytest.raises(NotFound):
        follow_account(actor_for(employee), ada.pk)
    with pytest.raises(Forbidden):
        follow_account(the_firm(), ada.pk)
