"""Events and deliveries: who sees which, and in what order."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.http import urlencode

from clearstage.clients.models import AccountAccess
from clearstage.kernel import clock
from clearstage.outbox.models import Delivery

from .caller import Caller


def test_a_jobs_history_is_told_with_why(api: Caller, add_job: Any) -> None:  # F3
    job = add_job()
    api.post(f"/tasks/{job['items'][0]['id']}/complete")
    added, completed, moved = api.all(f"/jobs/{job['id']}/events", limit=1)
    assert [each["kind"] for each in (added, completed, moved)] == [
        "job_added",
        "task_completed",
        "job_moved",
    ]
    assert (added["actor"], added["via"], added["revision"]) == ("Olga Owner", "api", 1)
    assert (moved["cause"], moved["on_behalf"]) == (completed["id"], "Olga Owner")
    assert moved["why"] == ["everything that “Documents” waited for is done"]
    assert [run["runs"] for run in moved["automations"]] == [True] * 5


def test_events_since_one_or_a_moment(api: Caller, add_job: Any) -> None:
    add_job()
    latest = api.all("/events")[-1]["id"]
    moment = clock.now().isoformat()
    job = add_job()
    for since in (latest, moment, moment.replace("+00:00", "Z")):
        assert [each["job"] for each in api.all("/events", since=since)] == [job["id"]]
    path = f"/events?{urlencode({'since': moment})}".replace("%2B", "+")
    assert [each["job"] for each in api.send("GET", path)["results"]] == [job["id"]]


@pytest.mark.parametrize(
    "since", ["yesterday", "2026-04-15", "2026-04-15T08:00:00", "job_1", "evt_x", "0001-01-01T00:00:00+14:00"]
)
def test_since_without_sense_is_refused(api: Caller, since: str) -> None:
    assert list(api.get("/events", since=since).errors) == ["since"]


def test_members_see_what_happened_to_what_they_see(
    api: Caller,
    add_job: Any,
    employee_api: Caller,
    employee: Any,
    ada: Any,
    make_account: Any,
    as_member: Any,
    admin: Any,
) -> None:  # X4
    job = add_job()
    add_job(make_account("Bauer"))
    api.patch(f"/accounts/acc_{ada.pk}", {"number": "K-7"})
    assert employee_api.all("/events") == []
    AccountAccess.objects.create(account=ada, member=employee)
    seen = employee_api.all("/events")
    assert {(each["kind"], each["job"]) for each in seen} == {
        ("job_added", job["id"]),
        ("account_edited", None),
    }
    everything = {each["kind"] for each in as_member(admin).all("/events")}
    assert everything >= {"job_added", "pipeline_saved", "token_created"}


def test_deliveries_of_a_job(
    api: Caller, add_job: Any, employee_api: Caller, employee: Any, ada: Any
) -> None:  # M9
    job = add_job()
    moved = api.post(f"/jobs/{job['id']}/move", {"stage": "Preparation"})
    [held] = api.all("/deliveries", job=job["id"])
    assert (held["to"], held["kind"], held["state"], held["job"]) == (
        "ada@client.test",
        "email",
        "held",
        job["id"],
    )
    assert api.all("/deliveries") == [held]
    assert employee_api.all("/deliveries") == []
    assert list(employee_api.get("/deliveries", job=job["id"]).errors) == ["job"]
    AccountAccess.objects.create(account=ada, member=employee)
    assert employee_api.all("/deliveries") == [held]
    Delivery.objects.update(not_before=clock.now())
    assert api.all("/deliveries")[0]["state"] == "due"
    api.post(f"/actions/{moved['action']}/undo")
    assert api.all("/deliveries")[0]["state"] == "undone"
