"""*Try* (F5): an imaginary client walks through a pipeline, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.jobs.models import Job
from clearstage.jobs.trying import try_pipeline
from clearstage.kernel.errors import Invalid, NotFound

ORDER = ["Documents", "Foreign income", "Preparation", "Finished"]


def walk(actor: Any, pipeline: Any, *tags: str, **more: Any) -> Any:
    return try_pipeline(actor, pipeline.pk, tags=tags, answers=more.pop("answers", {}), **more)


def stop(walked: Any, name: str) -> Any:
    return next(each for each in walked["stages"] if each["stage"] == name)


def test_each_stage_is_told_in_order_and_skipped_ones_with_the_reason(
    tax: Any, owner_actor: Any
) -> None:  # A5
    walked = walk(owner_actor, tax)
    assert [each["stage"] for each in walked["stages"]] == ORDER
    assert [each["entered"] for each in walked["stages"]] == [True, False, True, True]
    assert stop(walked, "Foreign income")["reason"] == "needs the tag foreign"
    assert walked["end"] == {"stage": "Finished", "reached": True, "says": "The walk ends in “Finished”."}


def test_the_tags_of_the_client_decide_where_the_walk_goes(tax: Any, owner_actor: Any) -> None:
    foreign = stop(walk(owner_actor, tax, "Foreign "), "Foreign income")
    assert foreign["entered"]
    assert foreign["waits_for"] == ["Collect foreign statements"]


def test_a_stop_tells_what_runs_what_is_waited_for_what_the_client_reads_and_gets(
    tax: Any, owner_actor: Any
) -> None:
    preparation = stop(walk(owner_actor, tax), "Preparation")
    assert [each["kind"] for each in preparation["automations"]] == [
        "client_status",
        "task",
        "tags",
        "email",
        "assignees",
    ]
    assert preparation["automations"][1]["says"].startswith(
        "Creates the task “Prepare the return” for the preparer"
    )
    assert preparation["waits_for"] == ["Prepare the return"]
    assert preparation["client_sees"] == {
        "job_name": "Tax return",
        "status": "In progress",
        "description": "Our team is at work.",
        "turn": "firm",
    }
    assert preparation["messages"] == [{"to": "Imaginary contact", "subject": "We have started, Imaginary"}]


def test_it_tells_where_the_job_goes_on_by_itself_and_where_somebody_moves_it(
    make_pipeline: Any, owner_actor: Any
) -> None:  # L4, L5
    pipeline = make_pipeline("""
pipeline: Hops
stages:
  - stage: Waits
    automove: true
    on_entry: [task: {title: Something}]
  - stage: Waits for nothing
    automove: true
  - stage: Manual
    on_entry: [task: {title: Something else}]
  - stage: End
""")
    walked = walk(owner_actor, pipeline)
    assert [each["goes_on"] for each in walked["stages"]] == ["by itself", "by hand", "by hand", None]


def test_what_an_earlier_stage_changes_decides_about_a_later_one(
    make_pipeline: Any, owner_actor: Any
) -> None:  # A6
    pipeline = make_pipeline("""
pipeline: Tags
stages:
  - stage: Ask
    automove: true
    on_entry:
      - tags: {add: [k1]}
      - task: {title: Ask}
  - stage: Wait for it
    when: {tags: {all: [k1]}}
    automove: true
    on_entry: [tags: {remove: [k1]}]
  - stage: Not again
    when: {tags: {all: [k1]}}
  - stage: End
""")
    assert [each["entered"] for each in walk(owner_actor, pipeline)["stages"]] == [True, True, False, True]


def test_answers_kind_and_priority_are_those_of_the_imaginary_client(
    make_pipeline: Any, owner_actor: Any
) -> None:
    pipeline = make_pipeline("""
pipeline: Conditions
stages:
  - stage: Ask
    automove: true
    on_entry: [task: {title: Ask}]
  - stage: Abroad
    when: {answer: {question: "Income from abroad?", is: "yes"}}
    automove: true
    on_entry: [task: {title: Ask abroad}]
  - stage: Company
    when: {account_kind: company, priority: [high, urgent]}
  - stage: End
""")
    answers = {"Income from abroad?": "yes"}
    walked = walk(owner_actor, pipeline, answers=answers, account_kind="company", priority="urgent")
    assert [each["entered"] for each in walked["stages"]] == [True, True, True, True]
    assert [each["entered"] for each in walk(owner_actor, pipeline)["stages"]] == [True, False, False, True]


def test_a_stage_that_cannot_be_entered_ends_the_walk_with_the_reason(
    make_pipeline: Any, owner_actor: Any
) -> None:
    pipeline = make_pipeline("""
pipeline: Broken
stages:
  - stage: Start
  - stage: Review
    on_entry: [task: {template: Gone}]
  - stage: End
""")
    walked = walk(owner_actor, pipeline)
    assert [(each["stage"], each["entered"]) for each in walked["stages"]] == [
        ("Start", True),
        ("Review", False),
    ]
    assert stop(walked, "Review")["reason"] == "there is no task template “Gone” any more"
    assert not walked["end"]["reached"]


def test_jobs_that_are_made_on_the_way_are_told_with_their_messages(
    make_pipeline: Any, owner_actor: Any
) -> None:
    make_pipeline("""
pipeline: Extension
stages:
  - stage: File it
    on_entry: [email: {subject: "About [PIPELINE_NAME]", text: Hello}]
""")
    pipeline = make_pipeline("""
pipeline: Return
stages:
  - stage: Start
    on_entry: [create_job: {pipeline: Extension}]
""")
    start = walk(owner_actor, pipeline)["stages"][0]
    assert start["jobs"] == [{"name": "Extension", "pipeline": "Extension"}]
    assert start["messages"] == [{"to": "Imaginary contact", "subject": "About Extension"}]


def test_nothing_is_written(tax: Any, owner_actor: Any) -> None:
    events = Event.objects.count()
    with CaptureQueriesContext(connection) as queries:
        walk(owner_actor, tax)
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert (Account.objects.count(), Job.objects.count(), Event.objects.count()) == (0, 0, events)


def test_a_pipeline_that_is_not_available_to_somebody_is_not_there_to_try(  # X2, X4
    make_pipeline: Any, owner: Any, employee_actor: Any
) -> None:
    pipeline = make_pipeline(f"pipeline: Ours\navailable_to: [{owner.email}]\nstages: [{{stage: Only}}]")
    with pytest.raises(NotFound):
        walk(employee_actor, pipeline)


def test_nonsense_is_refused(tax: Any, owner_actor: Any) -> None:
    with pytest.raises(Invalid) as refused:
        walk(owner_actor, tax, account_kind="dog", priority="whenever")
    assert [where for where, _message in refused.value.errors] == ["account_kind", "priority"]
