"""C1, C2, C11: the firm's list of what clients are told, and the jobs that follow it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import Automation, ClientStatus, Job, PipelineRevision, Template
from clearstage.jobs.operations.client_statuses import (
    create_client_status,
    delete_client_status,
    edit_client_status,
    reorder_client_statuses,
)
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import set_job_status
from clearstage.jobs.operations.templates import create_template
from clearstage.kernel import clock
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused


def status(name):
    return ClientStatus.objects.get(name=name, deleted_at=None)


def names():
    return list(ClientStatus.objects.filter(deleted_at=None).values_list("name", flat=True))


def words(kind):
    event = Event.objects.filter(kind=kind).last()
    return str(in_words(event.kind, event.data))


def archive(actor, job):
    set_job_status(actor, job.pk, SetStatus(JobStatus.ARCHIVED))


@pytest.fixture
def spare(owner_actor):
    """A status that no pipeline and no job knows."""
    return create_client_status(owner_actor, "With the agency", "We wait for the agency.", "agency", "blue")


def test_a_new_status_stands_at_the_end_of_the_list(tax, spare):
    assert names()[-1] == "With the agency"
    assert (spare.turn, spare.color) == ("agency", "blue")
    assert words("client_status_created") == "Added the client-facing status “With the agency”"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "wITH tHE aGENCY"},
        {"name": "New", "turn": "everybody"},
        {"name": "New", "color": "ultraviolet"},
        {"name": "New", "description": "x" * 2001},
        {"name": "New\x00"},
    ],
)
def test_a_status_that_cannot_be_understood_is_not_made(owner_actor, spare, wrong):
    with pytest.raises(Invalid):
        create_client_status(owner_actor, **wrong)
    assert names() == ["With the agency"]
    assert Event.objects.count() == 1


def test_a_renamed_status_is_followed_by_pipelines_and_templates(owner_actor, tax):
    template = create_template(owner_actor, "job", "Simple", {"client_status": {"show": "in progress"}})
    create_template(owner_actor, "email", "Hello", {"subject": "In progress", "text": "In progress"})
    edit_client_status(owner_actor, status("In progress").pk, {"name": "In preparation"})
    shown = Automation.objects.filter(kind="client_status").values_list("settings__show", flat=True)
    assert "In preparation" in shown
    assert "In progress" not in shown
    template.refresh_from_db()
    assert template.body == {"client_status": {"show": "In preparation"}}
    assert Template.objects.get(kind="email").body["subject"] == "In progress"
    assert PipelineRevision.objects.last().author == "Olga Owner"
    assert words("client_status_edited") == (
        "Changed the client-facing status “In preparation”: name: “In progress” → “In preparation”"
    )


def test_a_new_description_reaches_jobs_by_itself_and_changes_none(owner_actor, make_job):
    job = make_job()
    edit_client_status(owner_actor, status("Waiting for documents").pk, {"description": "New words."})
    again = Job.objects.select_related("client_status").get(pk=job.pk)
    assert (again.version, again.client_description) == (job.version, None)
    assert again.client_status.description == "New words."


def test_what_is_so_already_is_no_change(owner_actor, spare):
    edit_client_status(owner_actor, spare.pk, {"name": "With the agency", "turn": "agency"})
    with pytest.raises(Invalid):
        edit_client_status(owner_actor, spare.pk, {"position": 3})
    assert Event.objects.count() == 1


def test_a_status_may_change_its_case_but_not_take_anothers_name(owner_actor, tax, spare):
    assert edit_client_status(owner_actor, spare.pk, {"name": "WITH the agency"}).name == "WITH the agency"
    with pytest.raises(Invalid):
        edit_client_status(owner_actor, spare.pk, {"name": "FINISHED"})


def test_a_status_that_jobs_have_is_not_deleted_without_replacement(owner_actor, make_job, spare):
    job = make_job()
    edit_job(owner_actor, job.pk, {}, block={"status": spare.pk, "shown": False})
    before = Event.objects.count()
    with pytest.raises(Refused, match="1 job has the status “With the agency”") as refusal:
        delete_client_status(owner_actor, spare.pk)
    assert refusal.value.extra == {"jobs": 1, "places": []}
    assert status("With the agency")
    assert Event.objects.count() == before


def test_a_status_that_pipelines_and_templates_name_is_not_deleted_without_replacement(owner_actor, tax):
    create_template(owner_actor, "job", "Simple", {"client_status": {"show": "Finished"}})
    with pytest.raises(Refused) as refusal:
        delete_client_status(owner_actor, status("Finished").pk)
    assert refusal.value.extra["places"] == ["Tax return · Finished", "job template “Simple”"]


def test_the_replacement_takes_its_place_in_jobs_pipelines_and_templates(owner_actor, make_job, tax):
    job, overridden = make_job(), make_job()
    edit_job(owner_actor, overridden.pk, {}, block={"description": "Written by hand."})
    create_template(owner_actor, "job", "Simple", {"client_status": {"show": "Waiting for documents"}})
    old, new = status("Waiting for documents"), status("On hold")
    later = clock.now() + timedelta(hours=1)
    with clock.at(later):
        delete_client_status(owner_actor, old.pk, new.pk)
    for row, description, version in ((job, None, 2), (overridden, "Written by hand.", 3)):
        row.refresh_from_db()
        assert (row.client_status_id, row.client_description, row.version) == (new.pk, description, version)
        assert row.client_since == later
    assert "Waiting for documents" not in str(list(Automation.objects.values_list("settings", flat=True)))
    assert Template.objects.get().body == {"client_status": {"show": "On hold"}}
    old.refresh_from_db()
    assert old.deleted_at == later
    assert words("client_status_deleted").endswith("“On hold” takes its place (jobs: 2)")
    events = Event.objects.filter(kind="job_edited", cause__isnull=False)
    assert {event.job for event in events} == {job.pk, overridden.pk}
    assert words("job_edited") == "Changed client-facing status: “On hold”"


def test_archived_jobs_keep_the_status_and_its_text(owner_actor, make_job, spare):
    job = make_job()
    edit_job(owner_actor, job.pk, {}, block={"status": spare.pk})
    archive(owner_actor, job)
    delete_client_status(owner_actor, spare.pk)
    again = Job.objects.select_related("client_status").get(pk=job.pk)
    assert again.client_status.description == "We wait for the agency."
    assert "With the agency" not in names()


def test_a_block_that_waits_to_be_restored_is_switched_too(owner_actor, make_job, tax, spare):
    job = make_job()
    edit_job(owner_actor, job.pk, {}, block={"status": spare.pk})
    extension = SetStatus(JobStatus.CUSTOM, tax.statuses.get().pk)
    set_job_status(owner_actor, job.pk, extension)
    with pytest.raises(Refused):
        delete_client_status(owner_actor, spare.pk)
    finished = status("Finished")
    delete_client_status(owner_actor, spare.pk, finished.pk)
    job.refresh_from_db()
    assert job.client_status == status("On hold")
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ACTIVE))
    job.refresh_from_db()
    assert job.client_status == finished


def test_a_status_is_only_replaced_by_another_of_the_list(owner_actor, make_job, spare):
    make_job()
    waiting = status("Waiting for documents")
    delete_client_status(owner_actor, spare.pk)
    for wrong in (waiting.pk, spare.pk, 4711):
        with pytest.raises(Invalid):
            delete_client_status(owner_actor, waiting.pk, wrong)
    with pytest.raises(NotFound):
        delete_client_status(owner_actor, spare.pk)


def test_the_name_of_a_deleted_status_is_free_again(owner_actor, spare):
    delete_client_status(owner_actor, spare.pk)
    assert create_client_status(owner_actor, "With the agency").pk != spare.pk


def test_the_list_is_put_into_another_order(owner_actor, tax, spare):
    order = [spare.pk, status("Finished").pk]
    reorder_client_statuses(owner_actor, order)
    assert names()[:3] == ["With the agency", "Finished", "Waiting for documents"]
    reorder_client_statuses(owner_actor, order)
    assert Event.objects.filter(kind="client_statuses_reordered").count() == 1
    for wrong in ([4711], [spare.pk, spare.pk]):
        with pytest.raises(Invalid):
            reorder_client_statuses(owner_actor, wrong)


def test_changing_the_list_takes_the_right(employee_actor, make_member, actor_for, tax):
    allowed = actor_for(make_member(rights=["templates"]))
    mine = create_client_status(allowed, "Mine")
    before = Event.objects.count()
    for attempt in (
        lambda: create_client_status(employee_actor, "Another"),
        lambda: edit_client_status(employee_actor, mine.pk, {"name": "x"}),
        lambda: delete_client_status(employee_actor, mine.pk),
        lambda: reorder_client_statuses(employee_actor, [mine.pk]),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert Event.objects.count() == before
