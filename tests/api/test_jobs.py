"""Jobs: adding, reading, listing, changing."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.jobs.models import Job

from .caller import Caller
from .conftest import put

BOOKS = """
pipeline: Bookkeeping
client_statuses: [{name: In progress, turn: firm, description: We are at work.}]
stages:
  - stage: Sort
    on_entry:
      - client_status: {show: In progress}
      - key: sorting
        task: {title: Sort the post}
  - {stage: Close}
statuses:
  - {status: Bank is silent}
"""


@pytest.fixture
def books(api: Caller, tax: Any) -> dict[str, Any]:
    return put(api, BOOKS)


@pytest.fixture
def account(ada: Any) -> str:
    return f"acc_{ada.pk}"


def adding(account: str, **more: Any) -> dict[str, Any]:
    return {"accounts": [account], "pipeline": "Bookkeeping", **more}


# Adding


def test_a_job_is_added_read_and_listed(api: Caller, add_job: Any) -> None:
    job = add_job(name="Return of [ACCOUNT_NAME]", priority="high", due="2026-04-15", budget_minutes=90)
    assert job["name"] == "Return of Ada Okafor"
    assert (job["stage"]["name"], job["status"], job["priority"]) == ("Documents", "Active", "high")
    assert job["client_status"]["status"]["name"] == "Waiting for documents"
    assert [item["title"] for item in job["blockers"]] == ["Collect the papers of Ada Okafor"]
    read = api.get(f"/jobs/{job['id']}")
    assert read.headers["ETag"] == '"1"'
    assert read["why"]["waits_for"] == ["Collect the papers of Ada Okafor (Olga Owner)"]
    assert {**job, "why": read["why"]} == read.json
    assert api.all("/jobs") == [job]


def test_one_job_for_each_account_that_can_have_one(
    api: Caller, books: Any, account: str, make_account: Any
) -> None:
    other = make_account("Bauer GmbH")
    added = api.post(
        "/jobs", {"accounts": [account, f"acc_{other.pk}", "acc_999", "nonsense"], "pipeline": books["id"]}
    )
    assert added.status == 201
    assert [job["account"]["name"] for job in added["jobs"]] == ["Ada Okafor", "Bauer GmbH"]
    assert [each["account"]["id"] for each in added["refused"]] == ["acc_999", "nonsense"]
    assert all(each["reasons"] == ["There is no such account."] for each in added["refused"])
    assert added["action"].startswith("act_")


def test_an_account_may_be_named_where_the_name_is_its_alone(
    api: Caller, books: Any, ada: Any, make_account: Any
) -> None:
    assert api.post("/jobs", adding("Ada Okafor")).status == 201
    make_account("Ada Okafor")
    assert api.post("/jobs", adding("Ada Okafor")).status == 409


def test_where_no_account_can_have_the_job_it_is_refused(api: Caller, tax: Any, make_account: Any) -> None:
    silent = make_account("Silent Ltd")
    answer = api.post(
        "/jobs", {"accounts": [f"acc_{silent.pk}"], "pipeline": "Tax return", "stage": "Preparation"}
    )
    assert answer.status == 409
    assert "Silent Ltd" in answer["refused"][0]["account"]["name"]
    assert answer["reasons"] == answer["refused"][0]["reasons"]
    assert not Job.objects.exists()


def test_a_template_is_applied_and_what_is_typed_wins(api: Caller, books: Any, account: str) -> None:
    body = {"name": "Books of [ACCOUNT_NAME]", "priority": "urgent", "stage": "Close", "pipeline": "Bookkeeping",
            "client_status": {"show": "Finished"}}  # fmt: skip
    api.post("/templates", {"kind": "job", "name": "Monthly", "body": body})
    added = api.post("/jobs", {"accounts": [account], "template": "monthly", "priority": "low"})
    [job] = added["jobs"]
    assert (job["name"], job["priority"], job["stage"]["name"]) == ("Books of Ada Okafor", "low", "Close")
    assert job["client_status"]["status"]["name"] == "Finished"


def test_a_template_that_was_deleted_is_unknown(api: Caller, books: Any, account: str) -> None:
    made = api.post("/templates", {"kind": "job", "name": "Monthly", "body": {}})
    api.delete(f"/templates/{made['id']}")
    for named in ("Monthly", made["id"]):
        answer = api.post("/jobs", adding(account, template=named))
        assert (answer.status, list(answer.errors)) == (422, ["template"])


def test_a_template_of_another_kind_is_none_for_jobs(api: Caller, books: Any, account: str) -> None:
    made = api.post("/templates", {"kind": "task", "name": "Standard", "body": {"title": "Do it"}})
    assert list(api.post("/jobs", adding(account, template=made["id"])).errors) == ["template"]


def test_without_a_pipeline_it_is_asked_for(api: Caller, books: Any, account: str) -> None:
    assert api.post("/jobs", {"accounts": [account]}).errors == {"pipeline": "is needed"}


@pytest.mark.parametrize(
    ("apply", "told"), [(True, "In progress"), (None, "In progress"), (False, "Finished")]
)
def test_the_question_whether_the_automation_speaks(
    api: Caller, books: Any, account: str, apply: Any, told: str
) -> None:  # C7
    api.post(
        "/templates", {"kind": "job", "name": "Monthly", "body": {"client_status": {"show": "Finished"}}}
    )
    [job] = api.post("/jobs", adding(account, template="Monthly", apply_client_status_automation=apply))[
        "jobs"
    ]
    assert job["client_status"]["status"]["name"] == told


def test_what_a_person_says_to_the_client_wins_over_the_automation(
    api: Caller, books: Any, account: str
) -> None:  # C6
    said = {"shown": True, "status": "on hold", "description": "Later."}
    [job] = api.post("/jobs", adding(account, client_status=said))["jobs"]
    told = job["client_status"]
    assert (told["status"]["name"], told["description"], told["overridden"]) == ("On hold", "Later.", True)
    [hidden] = api.post("/jobs", adding(account, client_status={"shown": False}))["jobs"]
    assert hidden["client_status"]["shown"] is False


def test_assignees_are_members_and_roles(api: Caller, books: Any, account: str, employee: Any) -> None:
    [job] = api.post(
        "/jobs", adding(account, assignees=["MIA@example.test", "role:Preparer", "role:reviewer"])
    )["jobs"]
    assert [person["email"] for person in job["assignees"]] == ["mia@example.test", "owner@example.test"]


def test_unknown_people_are_told_at_once_with_a_guess(
    api: Caller, books: Any, account: str, employee: Any
) -> None:
    answer = api.post("/jobs", adding(account, assignees=["mia@exampel.test", "role:preparrer", "mem_999"]))
    assert answer.status == 422
    assert answer.errors["assignees[0]"].endswith("did you mean “mia@example.test”?")
    assert answer.errors["assignees[1]"].endswith("did you mean “preparer”?")
    assert "assignees[2]" in answer.errors


def test_assigning_others_takes_the_right(
    books: Any, account: str, as_member: Any, make_member: Any
) -> None:  # X1
    member = make_member(rights=["view all accounts"])
    caller = as_member(member)
    assert caller.post("/jobs", adding(account, assignees=[member.email])).status == 201
    for others in (["owner@example.test"], ["role:preparer"]):
        assert caller.post("/jobs", adding(account, assignees=others)).status == 403


def test_an_automation_is_left_out_by_its_key(api: Caller, books: Any, account: str) -> None:
    [job] = api.post("/jobs", adding(account, skip=["sorting"]))["jobs"]
    assert job["items"] == []


def test_a_key_that_no_automation_of_the_stage_has_is_refused(api: Caller, books: Any, account: str) -> None:
    answer = api.post("/jobs", adding(account, skip=["sortign"]))
    assert answer.errors["skip[0]"].endswith("did you mean “sorting”?")
    assert api.post("/jobs", adding(account, stage="Close", skip=["sorting"])).status == 422


def test_the_plan_of_adding_is_shown_and_then_confirmed(
    api: Caller, books: Any, account: str
) -> None:  # F1, M4
    plan = api.post("/jobs", adding(account), params={"preview": "true"})
    assert plan.status == 200
    [planned] = plan["plan"]["jobs"]
    assert (planned["job"], planned["client_sees"]["status"]) == (None, "In progress")
    assert not Job.objects.exists()
    assert (
        api.post("/jobs", adding(account, expect="another")).json["plan"]["digest"] == plan["plan"]["digest"]
    )
    assert api.post("/jobs", adding(account, expect=plan["plan"]["digest"])).status == 201


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"stage": "Sorty"}, "stage"),
        ({"stage": "Documents"}, "stage"),
        ({"pipeline": "Bookkeping"}, "pipeline"),
        ({"accounts": []}, "accounts"),
        ({"accounts": "acc_1"}, "accounts"),
        ({"accounts": ["acc_1"] * 1001}, "accounts"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"description": "x" * 20_001}, "description"),
        ({"priority": "huge"}, "priority"),
        ({"due": "15.4.2026"}, "due"),
        ({"due": "2026-02-30"}, "due"),
        ({"due": "1066-10-14"}, "due"),
        ({"due": "9999-12-31"}, "due"),
        ({"due": 20260415}, "due"),
        ({"due": "2026-04-15T00:00:00"}, "due"),
        ({"budget_minutes": 2**70}, "budget_minutes"),
        ({"budget_minutes": -1}, "budget_minutes"),
        ({"budget_minutes": 1.5}, "budget_minutes"),
        ({"budget_minutes": "90"}, "budget_minutes"),
        ({"budget_minutes": True}, "budget_minutes"),
        ({"client_status": {}}, "client_status"),
        ({"client_status": {"status": "Waiting for document"}}, "client_status.status"),
        ({"client_status": {"shown": "yes"}}, "client_status.shown"),
        ({"client_status": {"color": "red"}}, "client_status.color"),
        ({"apply_client_status_automation": "no"}, "apply_client_status_automation"),
        ({"skip": "sorting"}, "skip"),
        ({"stages": []}, "stages"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(
    api: Caller, books: Any, account: str, body: Any, where: str
) -> None:
    answer = api.post("/jobs", {**adding(account), **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert not Job.objects.exists()


def test_a_stage_is_guessed_at(api: Caller, books: Any, account: str) -> None:
    answer = api.post("/jobs", adding(account, stage="Clos"))
    assert answer.errors == {"stage": "“Clos” is no stage of “Bookkeeping”; did you mean “Close”?"}


# Changing


def test_fields_people_and_what_the_client_reads_are_changed_at_once(
    api: Caller, add_job: Any, employee: Any
) -> None:
    job = add_job(due="2026-04-15")
    body = {
        "name": "Return", "due": None, "deadline": "2026-10-15", "budget_minutes": 30, "description": "Mind the gap",
        "assignees": ["mia@example.test"], "client_status": {"status": "On hold", "description": "Soon."},
    }  # fmt: skip
    answer = api.patch(f"/jobs/{job['id']}", body)
    assert answer.status == 200
    assert (answer["due"], answer["deadline"], answer["budget_minutes"]) == (None, "2026-10-15", 30)
    assert [person["name"] for person in answer["assignees"]] == ["Mia Chen"]
    assert answer["client_status"]["description"] == "Soon."
    assert (answer["version"], answer.headers["ETag"]) == (2, '"2"')


def test_what_is_so_already_is_no_change(api: Caller, add_job: Any) -> None:
    job = add_job()
    assert api.patch(f"/jobs/{job['id']}", {"priority": "medium"})["version"] == 1
    assert api.patch(f"/jobs/{job['id']}", {})["version"] == 1


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"1"', 200),
        ("*", 200),
        ('"1", "9"', 200),
        ('"9"', 412),
        ('W/"1"', 412),
        ('"abc"', 412),
        ("1", 400),
        ('"1', 400),
        ("", 400),
    ],
)
def test_a_change_may_name_the_version_it_is_meant_for(
    api: Caller, add_job: Any, header: str, status: int
) -> None:  # M13
    job = add_job()
    assert api.patch(f"/jobs/{job['id']}", {"priority": "low"}, if_match=header).status == status


def test_a_stale_version_changes_nothing(api: Caller, add_job: Any) -> None:
    job = add_job()
    api.patch(f"/jobs/{job['id']}", {"priority": "low"})
    answer = api.patch(f"/jobs/{job['id']}", {"priority": "urgent"}, if_match='"1"')
    assert (answer.status, answer["type"]) == (412, "urn:clearstage:problem:stale")
    assert api.get(f"/jobs/{job['id']}")["priority"] == "low"


def test_an_archived_job_is_restored_before_it_is_changed(api: Caller, add_job: Any) -> None:
    job = add_job()
    api.post(f"/jobs/{job['id']}/status", {"status": "Archived"})
    answer = api.patch(f"/jobs/{job['id']}", {"priority": "low"})
    assert answer.status == 409
    assert "restore it" in answer["reasons"][0]


def test_nothing_is_shown_to_the_client_without_a_status(api: Caller, books: Any, account: str) -> None:
    [job] = api.post("/jobs", adding(account, stage="Close"))["jobs"]
    assert api.patch(f"/jobs/{job['id']}", {"client_status": {"shown": True}}).status == 409


@pytest.mark.parametrize(
    "body", [{"name": None}, {"stage": "Preparation"}, {"assignees": ["role:preparer"]}, {"priority": None}]
)
def test_a_change_without_sense_is_refused(api: Caller, add_job: Any, body: Any) -> None:
    job = add_job()
    assert api.patch(f"/jobs/{job['id']}", body).status == 422
    assert Job.objects.get().version == 1
