"""Pipelines as documents, out and in again (F7), and names in them that follow what is renamed."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage import library
from clearstage.events.models import Event
from clearstage.jobs.models import Automation, ClientStatus, Pipeline, PipelineRevision, Stage, Template
from clearstage.jobs.operations.pipelines import export_document, rename_in_documents, used_in
from clearstage.jobs.writing import to_yaml

from .conftest import SMALL, TAX, Save

# The way back out


@pytest.mark.parametrize("name", list(library.documents()))
def test_applying_the_export_of_a_library_pipeline_changes_nothing(save: Save, name: str) -> None:  # F7
    saved = save(library.documents()[name])
    assert saved.pipeline_id is not None
    exported = to_yaml(export_document(saved.pipeline_id))
    again = save(exported)
    assert (again.changes, again.revision) == ([], 1)
    assert "client-status-differs" not in {each.code for each in again.findings}
    assert save(library.documents()[name]).changes == []


def test_an_export_keeps_given_keys_and_leaves_out_made_ones(save: Save) -> None:
    saved = save(SMALL.replace("{title: Check it}", "{title: Check it}\n        key: check"))
    assert saved.pipeline_id is not None
    on_entry = export_document(saved.pipeline_id)["stages"][0]["on_entry"]
    assert on_entry == [
        {"task": {"title": "Do it", "due": "5 days"}},
        {"task": {"title": "Check it"}, "key": "check"},
    ]


def test_an_export_brings_the_client_facing_statuses_it_uses_and_no_others(save: Save) -> None:
    saved = save(TAX)
    ClientStatus.objects.create(name="Unused")
    assert saved.pipeline_id is not None
    names = [each["name"] for each in export_document(saved.pipeline_id)["client_statuses"]]
    assert names == ["Waiting for documents", "In progress", "On hold", "Finished"]


# Names that change


def test_documents_follow_a_renamed_tag_in_settings_and_conditions(save: Save, owner_actor: Any) -> None:
    save(TAX)
    other = save(SMALL)
    assert used_in(owner_actor, "tag", "Foreign") == ["Tax return · Foreign income"]
    tax = Pipeline.objects.get(name="Tax return")
    assert rename_in_documents("tag", "foreign", "abroad", actor=owner_actor) == [tax.pk]
    assert Stage.objects.get(name="Foreign income").condition == {"tags": {"all": ["abroad"]}}
    after = Pipeline.objects.get(name="Tax return")
    assert (after.revision, after.stamp != tax.stamp) == (2, True)
    revision = after.revisions.get(number=2)
    assert (revision.changes, revision.author) == (["“foreign” is now called “abroad”."], "Olga Owner")
    assert revision.document["stages"][1]["when"] == {"tags": {"all": ["abroad"]}}
    assert Pipeline.objects.get(pk=other.pipeline_id).revision == 1


def test_a_tag_that_takes_the_place_of_another_is_not_both_added_and_removed(save: Save) -> None:
    save(SMALL.replace("task: {title: Do it, due: 5 days}", "tags: {add: [a], remove: [b, c]}"))
    rename_in_documents("tag", "b", "a")
    assert Automation.objects.get(kind="tags").settings == {"add": ["a"], "remove": ["c"]}
    rename_in_documents("tag", "c", "a")
    assert Automation.objects.get(kind="tags").settings == {"add": ["a"]}


@pytest.mark.parametrize(
    ("noun", "old", "new", "automation", "after"),
    [
        (
            "client_status",
            "in progress",
            "At work",
            "client_status: {show: In progress}",
            {"show": "At work"},
        ),
        ("template:task", "Review", "Check", "task: {template: Review}", {"template": "Check"}),
        ("template:email", "Review", "Check", "task: {template: Review}", {"template": "Review"}),
        ("pipeline", "Other", "Another", "create_job: {pipeline: other}", {"pipeline": "Another"}),
        (
            "person",
            "mia@example.test",
            "cyd@example.test",
            "task: {title: mia@example.test, assignees: [Mia@example.test, cyd@example.test, x@example.test]}",
            {"title": "mia@example.test", "assignees": ["cyd@example.test", "x@example.test"]},
        ),
        (
            "person",
            "role:boss",
            "role:partner",
            'email: {subject: a, text: b, sender: "role:boss"}',
            {"subject": "a", "text": "b", "sender": "role:partner"},
        ),
    ],
)
def test_documents_follow_whatever_is_renamed(
    save: Save, owner_actor: Any, noun: str, old: str, new: str, automation: str, after: Any
) -> None:
    save(f"pipeline: Small\nstages: [{{stage: Only, on_entry: [{{{automation}}}]}}]")
    before, named = Automation.objects.get().settings, used_in(owner_actor, noun, old)
    touched = rename_in_documents(noun, old, new)
    assert Automation.objects.get().settings == after
    assert (named, len(touched)) == ((["Small · Only"], 1) if after != before else ([], 0))


def test_other_pipelines_and_templates_follow_a_renamed_stage(save: Save) -> None:
    save(SMALL)
    save("pipeline: Maker\nstages: [{stage: Only, on_entry: [create_job: {pipeline: small, stage: Review}]}]")
    Template.objects.create(
        kind="job",
        name="T",
        body={"pipeline": "Small", "stage": "review"},
        created_at=PipelineRevision.objects.first().at,
    )
    save(SMALL.replace("  - stage: Review", "  - stage: Look again\n    was: Review"))
    assert Automation.objects.get(kind="create_job").settings == {"pipeline": "small", "stage": "Look again"}
    assert Template.objects.get().body["stage"] == "Look again"
    maker = Pipeline.objects.get(name="Maker")
    assert maker.revision == 2
    assert Event.objects.filter(kind="pipeline_saved").order_by("pk").last().data["followed"] == [maker.pk]
