"""Commands on many jobs, and undo."""

from __future__ import annotations

from typing import Any

import pytest

from .caller import Caller
from .test_commands import books, standing

__all__ = ["books"]


# Many


def test_those_that_can_go_go(api: Caller, add_job: Any, make_account: Any) -> None:  # A12
    good, silent = add_job(), add_job(make_account("Silent Ltd"))
    body = {"jobs": [good["id"], silent["id"], "job_999", "nonsense"], "stage": "Preparation"}
    answer = api.post("/jobs/move", body)
    assert (answer.status, answer["moved"]) == (200, [good["id"]])
    assert [each["job"] for each in answer["refused"]] == [silent["id"], "job_999", "nonsense"]
    assert answer["refused"][0]["account"]["name"] == "Silent Ltd"
    assert all(each["reasons"] for each in answer["refused"])
    assert api.post(f"/actions/{answer['action']}/undo").status == 200
    assert standing(api, good) == ("Documents", "Active")


def test_of_different_pipelines_no_stage_can_be_chosen(api: Caller, add_job: Any, books: Any) -> None:  # M5
    jobs = [add_job()["id"], add_job(pipeline="Bookkeeping")["id"]]
    answer = api.post("/jobs/move", {"jobs": jobs, "stage": "Close"})
    assert (answer.status, "different pipelines" in answer["reasons"][0]) == (409, True)
    both = api.post("/jobs/move", {"jobs": jobs, "stage": "Close", "pipeline": "Bookkeeping"})
    assert (both["moved"], both["refused"]) == (jobs, [])


def test_none_of_them_there_is_no_mistake_of_the_stage(api: Caller, tax: Any) -> None:
    for path, body in (("move", {"stage": "Finished"}), ("status", {"status": "Archived"})):
        answer = api.post(f"/jobs/{path}", {"jobs": ["job_999"], **body})
        assert (answer.status, answer["refused"][0]["job"], answer["action"]) == (200, "job_999", None)
        plan = api.post(f"/jobs/{path}", {"jobs": ["job_999"], **body}, params={"preview": "true"})
        assert plan["plan"]["refused"][0]["job"] == "job_999"


def test_a_plan_for_many_may_be_confirmed_as_a_whole_or_one_by_one(api: Caller, add_job: Any) -> None:
    jobs = [add_job()["id"], add_job()["id"]]
    body = {"jobs": jobs, "stage": "Finished"}
    plan = api.post("/jobs/move", body, params={"preview": "true"})["plan"]
    assert api.post("/jobs/move", {**body, "expect": "other"}).status == 409
    single = {planned["job"]: planned["digest"] for planned in plan["jobs"]}
    answer = api.post("/jobs/move", {**body, "expect": {jobs[0]: single[jobs[0]], jobs[1]: "other"}})
    assert (answer["moved"], [each["job"] for each in answer["refused"]]) == ([jobs[0]], [jobs[1]])
    assert answer["refused"][0]["plan"]["digest"] == single[jobs[1]]
    again = api.post("/jobs/move", body, params={"preview": "true"})["plan"]
    assert api.post("/jobs/move", {**body, "expect": again["digest"]})["moved"] == jobs


def test_items_of_several_jobs_are_decided_on_in_one_mapping(api: Caller, add_job: Any) -> None:  # M3, M5
    jobs = [add_job(), add_job()]
    chosen = {jobs[0]["items"][0]["id"]: "finish", jobs[1]["items"][0]["id"]: "unlink"}
    answer = api.post(
        "/jobs/move", {"jobs": [job["id"] for job in jobs], "stage": "Finished", "unfinished": chosen}
    )
    assert len(answer["moved"]) == 2
    assert api.get(f"/items/{jobs[0]['items'][0]['id']}")["state"] == "completed"
    assert api.get(f"/items/{jobs[1]['items'][0]['id']}")["jobs"] == []


def test_a_custom_status_is_looked_for_in_each_jobs_pipeline(api: Caller, add_job: Any, books: Any) -> None:
    tax_job, books_job = add_job(), add_job(pipeline="Bookkeeping")
    jobs = [tax_job["id"], books_job["id"]]
    both = api.post("/jobs/status", {"jobs": jobs, "status": "needs extension"})
    assert (both["changed"], both["refused"]) == (jobs, [])
    assert len({each["action"] for each in api.all("/events") if each["kind"] == "job_status_changed"}) == 1
    one = api.post("/jobs/status", {"jobs": jobs, "status": "On ice"})
    assert (one["changed"], [each["job"] for each in one["refused"]]) == ([books_job["id"]], [tax_job["id"]])
    assert list(api.post("/jobs/status", {"jobs": jobs, "status": "On fire"}).errors) == ["status"]


def test_many_are_archived_and_restored(api: Caller, add_job: Any) -> None:  # S3
    jobs = [add_job()["id"], add_job()["id"]]
    for status in ("Archived", "Active"):
        answer = api.post("/jobs/status", {"jobs": jobs, "status": status})
        assert answer["changed"] == jobs
        assert {api.get(f"/jobs/{job}")["status"] for job in jobs} == {status}


@pytest.mark.parametrize("jobs", [[], ["job_1"] * 1001, "job_1", None, [1], ["x" * 61]])
def test_a_list_of_jobs_without_sense_is_refused(api: Caller, tax: Any, jobs: Any) -> None:
    for path, body in (("move", {"stage": "Finished"}), ("status", {"status": "Archived"})):
        assert api.post(f"/jobs/{path}", {"jobs": jobs, **body}).status == 422


@pytest.mark.parametrize("expect", [5, [], {"job_1": 5}, {"job_1": ""}, "", "x" * 65])
def test_what_is_expected_is_a_digest_or_digests(api: Caller, add_job: Any, expect: Any) -> None:
    body = {"jobs": [add_job()["id"]], "stage": "Finished", "expect": expect}
    assert list(api.post("/jobs/move", body).errors) == ["expect"]


def test_many_have_no_one_version(api: Caller, add_job: Any) -> None:
    body = {"jobs": [add_job()["id"]], "stage": "Finished"}
    assert api.post("/jobs/move", body, if_match='"1"').status == 400


def test_a_job_named_twice_is_moved_once(api: Caller, add_job: Any) -> None:
    job = add_job()
    assert api.post("/jobs/move", {"jobs": [job["id"]] * 2, "stage": "Finished"})["moved"] == [job["id"]]


# Undo


def test_undo_puts_back_and_says_what_it_cannot(api: Caller, add_job: Any) -> None:  # M9
    job = add_job()
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"})
    task = next(item for item in moved["job"]["items"] if item["title"] == "Prepare the return")
    api.patch(f"/tasks/{task['id']}", {"description": "I have begun."})
    undone = api.post(f"/actions/{moved['action']}/undo", {})
    assert (undone.status, undone["undone"], len(undone["could_not"])) == (200, True, 1)
    assert standing(api, job) == ("Documents", "Active")
    again = api.post(f"/actions/{moved['action']}/undo")
    assert (again.status, again["reasons"]) == (409, ["This has been undone already."])


@pytest.mark.parametrize(
    "action", ["act_999", "nonsense", "act_0", "act_-1", "act_1e3", "act_٣", "act_9223372036854775808"]
)
def test_an_action_that_is_none_is_404(api: Caller, tax: Any, action: str) -> None:
    assert api.post(f"/actions/{action}/undo").status == 404


def test_what_was_unlinked_hangs_there_again_after_undo(api: Caller, add_job: Any) -> None:
    job = add_job()
    item = job["items"][0]["id"]
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished", "unfinished": {item: "unlink"}})
    api.post(f"/actions/{moved['action']}/undo")
    assert api.get(f"/items/{item}")["jobs"] == [job["id"]]
    assert [each["id"] for each in api.get(f"/jobs/{job['id']}")["blockers"]] == [item]


def test_what_was_linked_elsewhere_meanwhile_stays_there(
    api: Caller, add_job: Any
) -> None:  # L1: one job at most
    job, other = add_job(), add_job()
    item = job["items"][0]["id"]
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "Finished", "unfinished": {item: "unlink"}})
    api.post(f"/jobs/{other['id']}/links", {"item": item})
    api.post(f"/actions/{moved['action']}/undo")
    assert api.get(f"/items/{item}")["jobs"] == [other["id"]]
