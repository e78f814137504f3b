"""A pipeline gets another name: what names it follows, jobs keep theirs, and it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import Automation, Job, Pipeline, PipelineRevision, Template
from clearstage.jobs.operations.pipelines import rename_pipeline
from clearstage.kernel import clock
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Stale

pytestmark = pytest.mark.django_db
MAKER = "pipeline: Maker\nstages: [{stage: Only, on_entry: [create_job: {pipeline: tax RETURN}]}]"


def everything() -> list[Any]:
    tables = (Pipeline, PipelineRevision, Automation, Template, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_automations_and_templates_follow_and_jobs_keep_their_names(
    make_job: Any, make_pipeline: Any, tax: Pipeline, owner_actor: Any
) -> None:
    job, maker = make_job(), make_pipeline(MAKER)
    Template.objects.create(kind="job", name="T", body={"pipeline": "Tax return"}, created_at=clock.now())
    row = rename_pipeline(owner_actor, tax.pk, " Individual return ")
    assert (row.name, row.revision, row.stamp != tax.stamp) == ("Individual return", 2, True)
    assert Automation.objects.get(kind="create_job").settings["pipeline"] == "Individual return"
    assert Template.objects.get().body["pipeline"] == "Individual return"
    assert Job.objects.get().name == job.name
    revision = PipelineRevision.objects.get(pipeline=tax, number=2)
    assert revision.document["pipeline"] == "Individual return"
    assert revision.changes == ["“Tax return” is now called “Individual return”."]
    event = Event.objects.get(kind="pipeline_renamed")
    assert (event.data["followed"], event.revision) == ([maker.pk], 2)
    assert str(in_words(event.kind, event.data)) == "renamed the pipeline “Tax return” to “Individual return”"


def test_a_pipeline_that_makes_jobs_of_its_own_has_one_revision_more(
    make_pipeline: Any, owner_actor: Any
) -> None:
    row = make_pipeline(
        "pipeline: A\nstages: [{stage: X}, {stage: Y, on_entry: [create_job: {pipeline: A}]}]"
    )
    assert rename_pipeline(owner_actor, row.pk, "B").revision == 2
    assert Automation.objects.get().settings["pipeline"] == "B"


def test_only_its_case_may_change_and_the_same_name_is_no_change(tax: Pipeline, owner_actor: Any) -> None:
    assert rename_pipeline(owner_actor, tax.pk, "TAX return").revision == 2
    before = everything()
    assert rename_pipeline(owner_actor, tax.pk, "TAX return").revision == 2
    assert everything() == before


def test_a_refused_name_changes_nothing(
    tax: Pipeline, make_pipeline: Any, owner_actor: Any, employee: Any, actor_for: Any
) -> None:
    make_pipeline(MAKER)
    before = everything()
    for name in ("", " ", "maker", "x" * 121, "a\nb", "a\0b", "\ud800"):
        with pytest.raises(Invalid):
            rename_pipeline(owner_actor, tax.pk, name)
    with pytest.raises(Stale):
        rename_pipeline(owner_actor, tax.pk, "Other", expected_revision=7)
    with pytest.raises(Forbidden):
        rename_pipeline(actor_for(employee), tax.pk, "Other")
    assert everything() == before
    Pipeline.objects.update(for_everyone=False)
    with pytest.raises(NotFound):
        rename_pipeline(actor_for(employee), tax.pk, "Other")
