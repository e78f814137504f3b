"""Moving, statuses, plans, undo: one job and many."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import AccountAccess
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun, Job
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task

from .caller import Caller
from .conftest import put

BOOKS = """
pipeline: Bookkeeping
stages: [{stage: Sort}, {stage: Close}]
statuses:
  - {status: On ice}
  - {status: Needs extension}
"""


CHAIN = """
pipeline: Chain
options: {pass_through: true}
stages:
  - {stage: Begin}
  - {stage: "On", automove: true, on_entry: [{tags: {add: [foreign]}}]}
  - {stage: "Off", on_entry: [{tags: {clear: true, add: [vip]}}]}
"""


@pytest.fixture
def books(api: Caller, tax: Any) -> dict[str, Any]:
    return put(api, BOOKS)


def standing(api: Caller, job: dict[str, Any]) -> tuple[str, str]:
    read = api.get(f"/jobs/{job['id']}")
    return read["stage"]["name"], read["status"]


def everything() -> tuple[Any, ...]:
    counts = tuple(model.objects.count() for model in (Event, Task, Delivery, CommandRun))  # type: ignore[attr-defined]
    return counts, list(Job.objects.order_by("pk").values_list("stage", "status", "version"))


# One job


def test_a_job_is_moved_and_what_happened_is_told(api: Caller, add_job: Any) -> None:
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "preparation"})
    assert answer.status == 200
    assert (answer["job"]["stage"]["name"], answer["job"]["version"]) == ("Preparation", 2)
    assert answer.headers["ETag"] == '"2"'
    assert answer["job"]["tags"] == ["returning"]
    assert [item["title"] for item in answer["job"]["blockers"]] == ["Prepare the return"]
    assert [run["kind"] for run in answer["plan"]["jobs"][0]["automations"]] == [
        "client_status", "task", "tags", "email", "assignees"
    ]  # fmt: skip
    assert answer["action"].startswith("act_")


def test_the_answer_shows_the_job_as_reading_it_does(api: Caller, add_job: Any, employee: Any) -> None:
    job = add_job(assignees=["mia@example.test"])
    for body in ({"stage": "Preparation"}, {"stage": "Foreign income"}):
        moved = api.post(f"/jobs/{job['id']}/move", body)
        read = api.get(f"/jobs/{job['id']}").json
        assert {**moved["job"], "why": read["why"]} == read
    given = api.post(f"/jobs/{job['id']}/status", {"status": "Needs extension"})
    read = api.get(f"/jobs/{job['id']}").json
    assert {**given["job"], "why": read["why"]} == read


def test_a_move_costs_at_most_thirty_queries(api: Caller, add_job: Any) -> None:
    """With its token, its key and its answer; what opens and closes transactions, and locks rows, is not counted."""
    job = add_job()
    with CaptureQueriesContext(connection) as captured:
        answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"}, idempotency_key="k")
    assert answer.status == 200
    counted = [
        each["sql"]
        for each in captured
        if not any(word in each["sql"] for word in ("SAVEPOINT", "FOR UPDATE"))
    ]
    assert len(counted) <= 30


def test_stages_are_named_by_id_or_name(api: Caller, add_job: Any, tax: Any) -> None:
    job = add_job()
    for stage in tax["stages"]:
        answer = api.post(f"/jobs/{job['id']}/move", {"stage": stage["id"]})
        assert answer["job"]["stage"]["name"] == stage["name"]


def test_a_stage_that_is_none_is_told_with_a_guess(api: Caller, add_job: Any, books: Any) -> None:
    job = add_job()
    before = everything()
    for stage in ("Preparatoin", "Close", books["stages"][0]["id"]):
        answer = api.post(f"/jobs/{job['id']}/move", {"stage": stage})
        assert (answer.status, list(answer.errors)) == (422, ["stage"])
    guess = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparatoin"}).errors["stage"]
    assert guess == "“Preparatoin” is no stage of “Tax return”; did you mean “Preparation”?"
    assert everything() == before


def test_to_another_pipeline(api: Caller, add_job: Any, books: Any) -> None:  # M8
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/move", {"pipeline": "bookkeeping", "stage": "sort"})
    assert (answer["job"]["pipeline"]["name"], answer["job"]["stage"]["name"]) == ("Bookkeeping", "Sort")


def test_a_pipeline_that_is_not_available_is_unknown(
    api: Caller, add_job: Any, books: Any, employee_api: Caller, employee: Any, ada: Any
) -> None:
    AccountAccess.objects.create(account=ada, member=employee)
    job = add_job()
    put(api, BOOKS.replace("stages:", "available_to: [owner@example.test]\nstages:"))
    for named in (books["id"], "Bookkeeping", "Nonsense", "pip_999"):
        answer = employee_api.post(f"/jobs/{job['id']}/move", {"pipeline": named, "stage": "Sort"})
        assert (answer.status, answer.errors) == (422, {"pipeline": f"“{named}” is no pipeline"})


def test_a_tag_put_on_and_taken_off_in_one_run_is_off(api: Caller, add_job: Any, ada: Any) -> None:  # A3, M9
    put(api, CHAIN)
    job = add_job(pipeline="Chain")
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "On"})
    assert (moved["job"]["stage"]["name"], moved["job"]["tags"]) == ("Off", ["vip"])
    account = f"/accounts/acc_{ada.pk}"
    assert api.get(account)["tags"] == ["vip"]
    api.post(f"/actions/{moved['action']}/undo")
    assert api.get(account)["tags"] == []


def test_moving_to_where_it_is_does_nothing(api: Caller, add_job: Any) -> None:  # M7
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Documents"})
    assert (answer.status, answer["action"], answer["job"]["version"]) == (200, None, 1)


def test_choices_of_the_dialog(api: Caller, add_job: Any) -> None:  # M2, C6
    job = add_job()
    said = {"status": "On hold", "description": "Please wait."}
    answer = api.post(
        f"/jobs/{job['id']}/move", {"stage": "Preparation", "skip": ["email-4"], "client_status": said}
    )
    assert not Delivery.objects.exists()
    told = answer["job"]["client_status"]
    assert (told["status"]["name"], told["description"]) == ("On hold", "Please wait.")
    assert api.post(f"/jobs/{job['id']}/move", {"stage": "Finished", "skip": ["email-4"]}).status == 422


def test_what_is_still_open_is_kept_finished_or_unlinked(api: Caller, add_job: Any) -> None:  # M3
    job = add_job()
    [papers] = job["items"]
    calls = [
        api.post(f"/jobs/{job['id']}/items", {"kind": "task", "title": title}).json
        for title in ("Call", "Write")
    ]
    chosen = {papers["id"]: "finish", calls[0]["id"]: "unlink", calls[1]["id"]: "keep"}
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished", "unfinished": chosen})
    states = {item["title"]: item["state"] for item in answer["job"]["items"]}
    assert states == {"Collect the papers of Ada Okafor": "completed", "Write": "open"}
    unlinked = api.get(f"/items/{calls[0]['id']}")
    assert (unlinked["jobs"], unlinked["state"]) == ([], "open")


@pytest.mark.parametrize(
    "chosen", [{"tsk_999": "keep"}, {"nonsense": "keep"}, {"job_1": "keep"}, {"{item}": "drop"}]
)
def test_an_item_that_is_not_open_there_is_refused(api: Caller, add_job: Any, chosen: dict[str, str]) -> None:
    job = add_job()
    chosen = {name.format(item=job["items"][0]["id"]): choice for name, choice in chosen.items()}
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished", "unfinished": chosen})
    assert answer.status == 422
    assert standing(api, job) == ("Documents", "Active")


def test_a_refused_move_says_why_and_leaves_no_trace(
    api: Caller, add_job: Any, make_account: Any
) -> None:  # A11
    job = add_job(make_account("Silent Ltd"))
    before = everything()
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"})
    assert (answer.status, len(answer["reasons"])) == (409, 1)
    assert answer.errors == {"": answer["reasons"][0]}
    assert everything() == before


def test_what_takes_a_right_is_forbidden_without_it(
    api: Caller, add_job: Any, employee_api: Caller, employee: Any, ada: Any
) -> None:  # X3
    AccountAccess.objects.create(account=ada, member=employee)
    job = add_job()
    answer = employee_api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"})
    assert (answer.status, "manage tags" in answer["detail"]) == (403, True)
    assert (
        employee_api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation", "skip": ["tags-3"]}).status
        == 200
    )


def test_archived_jobs_are_restored_first(api: Caller, add_job: Any) -> None:  # S3
    job = add_job()
    api.post(f"/jobs/{job['id']}/status", {"status": "Archived"})
    for path, body in (("move", {"stage": "Finished"}), ("status", {"status": "Completed"}),
                       ("status", {"status": "Needs extension"})):  # fmt: skip
        answer = api.post(f"/jobs/{job['id']}/{path}", body)
        assert (answer.status, "restore it" in answer["reasons"][0]) == (409, True)
    assert api.post(f"/jobs/{job['id']}/status", {"status": "active"})["job"]["status"] == "Active"


def test_a_version_may_be_demanded(api: Caller, add_job: Any) -> None:  # M13
    job = add_job()
    api.patch(f"/jobs/{job['id']}", {"priority": "low"})
    before = everything()
    for path, body in (("move", {"stage": "Finished"}), ("status", {"status": "Completed"})):
        assert api.post(f"/jobs/{job['id']}/{path}", body, if_match='"1"').status == 412
        assert api.post(f"/jobs/{job['id']}/{path}", body, if_match="2").status == 400
    assert everything() == before
    assert api.post(f"/jobs/{job['id']}/move", {"stage": "Finished"}, if_match='"2"').status == 200


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("move", {}, "stage"),
        ("move", {"stage": None}, "stage"),
        ("move", {"stage": ""}, "stage"),
        ("move", {"stage": 5}, "stage"),
        ("move", {"stage": 2**70}, "stage"),
        ("move", {"stage": "Finished", "status": "Active"}, "status"),
        ("move", {"stage": "Finished", "unfinished": []}, "unfinished"),
        ("move", {"stage": "Finished", "expect": {}}, "expect"),
        ("move", {"stage": "Finished", "jobs": []}, "jobs"),
        ("status", {"status": "Done"}, "status"),
        ("status", {"status": "Needs extenson"}, "status"),
        ("status", {"status": "Active", "skip": ["task-2"]}, "skip[0]"),
        ("status", {"status": ["Active"]}, "status"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(
    api: Caller, add_job: Any, path: str, body: Any, where: str
) -> None:
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/{path}", body)
    assert (answer.status, list(answer.errors)) == (422, [where])


# Statuses


def test_a_custom_status_is_given_by_name_or_id(api: Caller, add_job: Any, tax: Any) -> None:
    job = add_job()
    [status] = tax["statuses"]
    for named in ("needs EXTENSION", status["id"]):
        answer = api.post(f"/jobs/{job['id']}/status", {"status": named, "skip": ["task-2"]})
        assert answer["job"]["status"] == "Needs extension"
        assert answer["job"]["client_status"]["status"]["name"] == "On hold"
        back = api.post(f"/jobs/{job['id']}/status", {"status": "Active"})
        assert back["job"]["client_status"]["status"]["name"] == "Waiting for documents"


def test_while_it_is_in_a_custom_status_a_job_waits_for_that_ones_items(
    api: Caller, add_job: Any
) -> None:  # S7, S8
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/status", {"status": "Needs extension"})
    assert [item["title"] for item in answer["job"]["blockers"]] == ["File form 4868"]


def test_a_status_of_another_pipeline_is_unknown(api: Caller, add_job: Any, books: Any) -> None:
    job = add_job()
    assert list(api.post(f"/jobs/{job['id']}/status", {"status": "On ice"}).errors) == ["status"]


# Plans


def test_a_plan_does_nothing_and_is_what_is_done(api: Caller, add_job: Any) -> None:  # F1, M4
    job = add_job()
    for path, body in (("move", {"stage": "Preparation"}), ("status", {"status": "Needs extension"})):
        before = everything()
        plan = api.post(f"/jobs/{job['id']}/{path}", body, params={"preview": "true"})
        assert (plan.status, list(plan.json)) == (200, ["plan"])
        assert everything() == before
        done = api.post(f"/jobs/{job['id']}/{path}", {**body, "expect": plan["plan"]["digest"]})
        assert done["plan"]["jobs"] == plan["plan"]["jobs"]


def test_the_plan_of_what_is_refused_says_so(api: Caller, add_job: Any, make_account: Any) -> None:
    job = add_job(make_account("Silent Ltd"))
    plan = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"}, params={"preview": "true"})
    assert (plan.status, plan["plan"]["jobs"]) == (200, [])
    assert plan["plan"]["refused"][0]["job"] == job["id"]


def test_what_is_no_longer_what_was_shown_is_not_done(api: Caller, add_job: Any, ada: Any) -> None:  # M4
    job = add_job()
    body = {"stage": "Finished"}
    digest = api.post(f"/jobs/{job['id']}/move", body, params={"preview": "true"})["plan"]["digest"]
    status = api.all("/client-statuses")[-1]
    api.patch(f"/client-statuses/{status['id']}", {"description": "It is done."})
    before = everything()
    answer = api.post(f"/jobs/{job['id']}/move", {**body, "expect": digest})
    assert (answer.status, answer["type"]) == (409, "urn:clearstage:problem:plan-changed")
    assert answer["plan"]["jobs"][0]["client_sees"]["description"] == "It is done."
    assert everything() == before
    assert api.post(f"/jobs/{job['id']}/move", {**body, "expect": answer["plan"]["digest"]}).status == 200


@pytest.mark.parametrize("value", ["yes", "1", "TRUE", ""])
def test_preview_is_true_or_false(api: Caller, add_job: Any, value: str) -> None:
    job = add_job()
    answer = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished"}, params={"preview": value})
    assert (answer.status, standing(api, job)) == (422, ("Documents", "Active"))
