"""Saving pipelines: identity, jobs of what is removed, revisions, who may, and the way back out as a document."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest

from clearstage.clients.models import Tag
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import SetStatus
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import (
    Automation,
    ClientStatus,
    CustomStatus,
    Job,
    LinkedItem,
    Pipeline,
    PipelineRevision,
    Stage,
)
from clearstage.jobs.operations.moving import set_job_status
from clearstage.jobs.operations.pipelines import (
    Saved,
    add_custom_status,
    export_document,
)
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale

from .conftest import SMALL, TAX, Save


@pytest.fixture
def waiting(make_job: Any, owner_actor: Any) -> Job:
    """A job in the custom status, with the client-facing status of before to come back."""
    job: Job = make_job()
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, CustomStatus.objects.get().pk))
    return job


def everything() -> Any:
    """Every row of every pipeline, to see that nothing changed."""
    models = (Pipeline, Stage, CustomStatus, Automation, PipelineRevision, ClientStatus, Tag, Job)
    return [list(model.objects.order_by("pk").values()) for model in models], Event.objects.count()


# Making and changing


def test_a_new_pipeline_has_its_stages_statuses_and_automations_as_revision_one(save: Save) -> None:
    saved = save(TAX)
    assert (saved.created, saved.revision) == (True, 1)
    assert saved.changes == [
        "The pipeline was made with 4 stages and 1 status.",
        "New in the firm's client-facing statuses: “Waiting for documents”, “In progress”, “On hold”, “Finished”.",
        "New in the firm's tags: “foreign”, “returning”.",
    ]
    row = Pipeline.objects.get(pk=saved.pipeline_id)
    assert [stage.name for stage in row.stages.all()] == [
        "Documents",
        "Foreign income",
        "Preparation",
        "Finished",
    ]
    keys = Automation.objects.filter(stage__name="Preparation").values_list("key", flat=True)
    assert list(keys) == ["client_status-1", "task-2", "tags-3", "email-4", "assignees-5"]
    revision = row.revisions.get()
    assert (revision.number, revision.author, revision.changes) == (1, "Olga Owner", saved.changes)
    assert revision.document == export_document(row.pk)


def test_every_save_is_one_event_that_can_be_told(save: Save) -> None:  # A9, X6
    saved = save(SMALL)
    event = Event.objects.get(kind="pipeline_saved")
    assert (event.revision, event.actor_name) == (1, "Olga Owner")
    assert event.data == {"pipeline": "Small", "id": saved.pipeline_id, "changes": saved.changes}
    assert "Small" in str(in_words(event.kind, event.data))


def test_saving_the_same_again_changes_nothing_and_makes_no_revision(save: Save) -> None:
    save(TAX)
    before = everything()
    again = save(TAX)
    assert (again.changes, again.revision, again.created) == ([], 1, False)
    assert everything() == before


def test_a_change_keeps_every_row_that_stays_and_gives_the_saved_state_a_new_stamp(save: Save) -> None:
    first = save(SMALL)
    row = Pipeline.objects.get(pk=first.pipeline_id)
    rows = {each.key: each.pk for each in Automation.objects.all()}
    stages = {stage.name: stage.pk for stage in row.stages.all()}
    saved = save(
        SMALL.replace("5 days", "10 days").replace("  - stage: Closed", "  - stage: Sign\n  - stage: CLOSED")
    )
    assert saved.changes == [
        "Automation “Create task: Do it” in “Open” changed: due 5 days → 10 days.",
        "Stage “Sign” was added after “Review”.",
        "Stage “Closed” is now “CLOSED”.",
    ]
    after = Pipeline.objects.get(pk=first.pipeline_id)
    assert (after.revision, after.stamp != row.stamp) == (2, True)
    assert {each.key: each.pk for each in Automation.objects.all()} == rows
    assert {stage.name: stage.pk for stage in after.stages.exclude(name="Sign")} == {
        "Open": stages["Open"],
        "Review": stages["Review"],
        "CLOSED": stages["Closed"],
    }


def test_every_kind_of_change_is_told_in_words(save: Save) -> None:
    save(TAX)
    changed = {
        "options: {pass_through: false}": "options: {pass_through: true}\ncard_fields: [due]\ndescription: New",
        "    when: {tags: {all: [foreign]}}\n    automove: true\n": "    color: red\n    time_limit: 2 weeks\n",
        "      - email:": "      - enabled: false\n        email:",
        '      - assignees: {add: ["role:preparer"]}\n': "",
        "restore_client_status: true": "description: Why",
    }
    text = TAX
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    assert save(text).changes == [
        "The description was changed.",
        "Card fields: [client_status, assignees, priority, due, tags] → [due].",
        "Pass through where there is nothing to wait for: no → yes.",
        "Stage “Foreign income”: color gray → red.",
        "Stage “Foreign income”: condition {tags: {all: [foreign]}} → none.",
        "Stage “Foreign income”: automove yes → no.",
        "Stage “Foreign income”: time limit none → 14 days.",
        "Automation “Send e-mail: We have started, [CONTACT_FIRST_NAME]” in “Preparation” changed: switched off.",
        "Automation “Update job assignees” was removed from “Preparation”.",
        "Status “Needs extension”: description none → Why.",
        "Status “Needs extension”: restore the client-facing status on return yes → no.",
    ]
    assert Stage.objects.get(name="Foreign income").condition is None


def test_automations_that_move_are_told_as_moved_not_as_changed(save: Save) -> None:
    save(SMALL)
    text = SMALL.replace("      - task: {title: Do it, due: 5 days}\n", "").replace(
        "{title: Check it}", "{title: Check it}\n      - task: {title: Do it, due: 5 days}"
    )
    assert save(text).changes == ["The order of the automations in “Open” changed."]
    assert list(Automation.objects.values_list("key", "settings")) == [
        ("task-1", {"title": "Check it"}),
        ("task-2", {"title": "Do it", "due": "5 days"}),
    ]


def test_stages_that_change_places_are_told_in_their_new_order(save: Save) -> None:
    save(SMALL)
    text = SMALL.replace("  - stage: Review\n  - stage: Closed", "  - stage: Closed\n  - stage: Review")
    assert save(text).changes == ["The order of the stages is now: Open, Closed, Review."]


def test_automove_on_the_last_stage_is_turned_off_and_said_so(save: Save) -> None:  # L3
    saved = save(SMALL.replace("  - stage: Closed", "  - stage: Closed\n    automove: true"))
    assert [each.code for each in saved.findings] == ["automove-on-last-stage"]
    assert not Stage.objects.get(name="Closed").automove


def test_a_condition_on_the_first_or_last_stage_is_refused(save: Save) -> None:  # A4
    before = everything()
    with pytest.raises(Refused, match="take no condition"):
        save(SMALL.replace("  - stage: Closed", "  - stage: Closed\n    when: {assigned: true}"))
    assert everything() == before


def test_what_can_be_mended_elsewhere_is_saved_with_its_finding(save: Save) -> None:
    saved = save(SMALL.replace("title: Check it", "template: Gone"))
    assert [(each.severity, each.code) for each in saved.findings] == [("error", "unknown-template")]
    assert Automation.objects.filter(settings={"template": "Gone"}).exists()


def test_an_existing_client_facing_status_is_left_as_it_is(save: Save) -> None:
    ClientStatus.objects.create(name="In Progress", turn="firm", description="Ours", position=7)
    saved = save(TAX)
    assert ClientStatus.objects.get(name="In Progress").description == "Ours"
    assert "client-status-differs" in {each.code for each in saved.findings}
    positions = ClientStatus.objects.values_list("name", "position")
    assert list(positions)[1:] == [("Waiting for documents", 8), ("On hold", 9), ("Finished", 10)]


def test_statuses_have_no_order_so_another_order_is_no_change(save: Save) -> None:  # S4
    save(SMALL + "statuses: [{status: a}, {status: b}]")
    assert save(SMALL + "statuses: [{status: b}, {status: a}]").changes == []


# What is removed


def test_renaming_keeps_jobs_and_what_they_wait_for(save: Save, waiting: Job) -> None:  # A1, S14
    text = TAX.replace("  - stage: Documents", "  - stage: Papers\n    was: documents").replace(
        "  - status: Needs extension", "  - status: Extension\n    was: [Needs extension]"
    )
    before = Job.objects.values().get(), list(LinkedItem.objects.order_by("pk").values())
    assert save(text).changes == [
        "Stage “Documents” is now “Papers”.",
        "Status “Needs extension” is now “Extension”.",
    ]
    assert (Job.objects.values().get(), list(LinkedItem.objects.order_by("pk").values())) == before
    assert save(text).changes == []


def test_renamings_in_a_chain_keep_every_stage_and_do_nothing_the_second_time(save: Save) -> None:
    text = "pipeline: Chain\nstages: [{{stage: {}}}, {{stage: {}}}, {{stage: Z}}]"
    save(text.format("A", "B"))
    rows = list(Stage.objects.order_by("position").values_list("pk", flat=True))
    chain = text.format("B, was: A", "C, was: B")
    assert save(chain).changes == ["Stage “A” is now “B”.", "Stage “B” is now “C”."]
    assert list(Stage.objects.order_by("position").values_list("pk", "name")) == list(
        zip(rows, "BCZ", strict=True)
    )
    assert save(chain).changes == []


def test_a_new_stage_may_take_the_name_of_one_that_is_renamed(save: Save) -> None:
    save("pipeline: P\nstages: [{stage: A}, {stage: Z}]")
    row = Stage.objects.get(name="A")
    changes = save("pipeline: P\nstages: [{stage: A}, {stage: B, was: A}, {stage: Z}]").changes
    assert changes == ["Stage “A” was added at the beginning.", "Stage “A” is now “B”."]
    assert Stage.objects.get(name="B").pk == row.pk


def test_a_stage_with_jobs_is_not_removed_unless_another_takes_them_over(
    save: Save, make_job: Any
) -> None:  # A1
    make_job()
    Job.objects.update(status=JobStatus.ARCHIVED)
    before = everything()
    start = TAX.index("  - stage: Documents")
    without = TAX[:start] + TAX[TAX.index("  - stage: Preparation") :]
    with pytest.raises(Refused) as refused:
        save(without)
    assert refused.value.problems == [
        "“Documents” cannot be removed while 1 job is in it (archived ones count). "
        "Write “was: Documents” in the stage that takes them over."
    ]
    assert refused.value.extra["held"][0]["stage"] == "Documents"
    assert everything() == before


def test_jobs_of_a_removed_stage_go_on_without_automations(save: Save, make_job: Any) -> None:  # A1
    job = make_job()
    links, events = LinkedItem.objects.count(), Event.objects.count()
    start = TAX.index("  - stage: Documents")
    without = TAX[:start] + TAX[TAX.index("  - stage: Preparation") :].replace(
        "  - stage: Preparation", "  - stage: Preparation\n    was: [Documents, Foreign income]"
    )
    saved = save(without)
    assert "Stage “Documents” was removed. Its 1 job went to “Preparation”." in saved.changes
    assert "Stage “Foreign income” was removed." in saved.changes
    after = Job.objects.get(pk=job.pk)
    assert (after.stage.name, after.version, after.visits) == ("Preparation", job.version + 1, job.visits + 1)
    assert (after.visit, after.entered_stage_at > job.entered_stage_at) == (after.visits, True)
    assert (LinkedItem.objects.count(), Event.objects.count()) == (links, events + 1)
    told = Event.objects.get(kind="pipeline_saved", revision=2).data["moved"]
    assert told == [{"stage": "Documents", "to": "Preparation", "jobs": [job.pk]}]


def test_jobs_of_a_removed_status_become_active_and_read_to_the_client_as_before(
    save: Save, waiting: Job
) -> None:  # S14, S15
    saved = save(TAX[: TAX.index("statuses:\n  - status")])
    assert saved.changes == ["Status “Needs extension” was removed. Its 1 job became Active."]
    after = Job.objects.select_related("client_status").get(pk=waiting.pk)
    assert (after.status, after.custom_status_id, after.saved_block) == (JobStatus.ACTIVE, None, None)
    assert after.client_status is not None
    assert after.client_status.name == "Waiting for documents"


def test_jobs_of_a_removed_status_go_to_the_one_that_takes_them_over(save: Save, waiting: Job) -> None:  # S14
    save(TAX + "  - status: On hold\n")
    saved = save(
        TAX[: TAX.index("statuses:\n  - status")] + "statuses: [{status: On hold, was: Needs extension}]"
    )
    assert saved.changes == ["Status “Needs extension” was removed. Its 1 job went to “On hold”."]
    after = Job.objects.get(pk=waiting.pk)
    assert (after.status, after.custom_status) == (JobStatus.CUSTOM, CustomStatus.objects.get())
    assert after.status_visit == after.visits


def test_removing_an_automation_leaves_what_it_made(save: Save, make_job: Any) -> None:  # A10
    make_job()
    save("".join(line for line in TAX.splitlines(keepends=True) if "Collect the papers" not in line))
    assert LinkedItem.objects.filter(finished_at=None).count() == 1


# Two at once, looking first, and who may


def test_a_preview_tells_the_same_and_writes_nothing(save: Save) -> None:
    before = everything()
    preview = save(TAX, preview=True)
    assert (preview.pipeline_id, preview.revision, preview.created) == (None, 0, True)
    assert everything() == before
    assert save(TAX).changes == preview.changes


def test_whoever_saves_second_is_told(save: Save) -> None:  # M13
    save(SMALL, expected_revision=0)
    changed = SMALL.replace("Do it", "Do that")
    save(changed, expected_revision=1)
    before = everything()
    for seen in (0, 1, 3):
        with pytest.raises(Stale):
            save(SMALL, expected_revision=seen)
    assert everything() == before


@pytest.mark.parametrize("seen", [0, 1])
def test_of_several_who_save_at_the_same_moment_one_does(
    save: Save, owner_actor: Any, seen: int, in_another_thread: Callable[..., Future[Saved]]
) -> None:  # M13
    if seen:
        in_another_thread(save, SMALL).result(timeout=30)
    texts = [SMALL.replace("Do it", f"Do it in way {way}") for way in range(4)]
    futures = [in_another_thread(partial(save, text, expected_revision=seen)) for text in texts]
    failed = [future.exception(timeout=30) for future in futures]
    assert sorted(type(each).__name__ for each in failed) == ["NoneType", "Stale", "Stale", "Stale"]
    assert in_another_thread(lambda: list(PipelineRevision.objects.values_list("number"))).result(
        timeout=30
    ) == [(number,) for number in range(1, seen + 2)]


def test_it_takes_the_right_to_manage_pipelines(save: Save, employee: Any, actor_for: Any) -> None:  # X1
    with pytest.raises(Forbidden):
        save(SMALL, actor_for(employee))
    assert not Pipeline.objects.exists()
    employee.rights = ["pipelines"]
    assert save(SMALL, actor_for(employee)).created


def test_a_pipeline_is_available_to_the_members_that_are_named(
    save: Save, employee: Any, owner: Any
) -> None:  # X2
    save(f"available_to: [{employee.email.upper()}, {owner.email}]\n{SMALL}")
    row = Pipeline.objects.get()
    assert (row.for_everyone, set(row.available_to.all())) == (False, {employee, owner})
    assert export_document(row.pk)["available_to"] == sorted([employee.email, owner.email])
    assert save(SMALL).changes == [f"Available to: [{employee.email}, {owner.email}] → everyone."]
    assert not row.available_to.exists()


def test_a_member_that_is_not_there_is_refused_with_the_place(save: Save) -> None:
    with pytest.raises(Invalid) as invalid:
        save("available_to: [who@example.test]" + SMALL)
    assert invalid.value.errors == [
        ("line 1, column 16: available_to[0]", "there is no member who@example.test")
    ]


def test_a_pipeline_that_is_not_available_cannot_be_replaced(
    save: Save, employee: Any, owner: Any, actor_for: Any
) -> None:
    save(f"available_to: [{owner.email}]{SMALL}")
    employee.rights = ["pipelines"]
    with pytest.raises(Refused, match="not available to you"):
        save(SMALL, actor_for(employee))
    with pytest.raises(NotFound):
        add_custom_status(actor_for(employee), Pipeline.objects.get().pk, {"status": "Mine"})


# A status from the card


def test_a_status_is_made_from_the_card_with_its_automations(save: Save, owner_actor: Any) -> None:  # S5
    pipeline = save(SMALL).pipeline_id
    assert pipeline is not None
    status = {
        "status": " Waiting for bank ",
        "color": "red",
        "on_entry": [{"task": {"title": "Call the bank"}}],
    }
    made = CustomStatus.objects.get(pk=add_custom_status(owner_actor, pipeline, status))
    assert (made.name, made.color, made.automations.get().key) == ("Waiting for bank", "red", "task-1")
    assert PipelineRevision.objects.get(number=2).changes == ["Status “Waiting for bank” was added."]
    with pytest.raises(Invalid, match="is there twice"):
        add_custom_status(owner_actor, pipeline, {"status": "waiting for bank"})
