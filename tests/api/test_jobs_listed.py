"""Lists of jobs: narrowed, page by page, at the same cost, behind both gates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import AccountAccess
from clearstage.kernel import clock

from .caller import Caller
from .test_jobs import account, books

__all__ = ["account", "books"]


# Listing


@pytest.fixture
def listed(api: Caller, add_job: Any, books: Any, make_account: Any, employee: Any) -> dict[str, str]:
    """Jobs of several kinds, by a word for each."""
    past = (clock.now().date() - timedelta(days=3)).isoformat()
    bauer = make_account("Bauer GmbH", tags=["vip"])
    jobs = {
        "late": add_job(name="Late", due=past),
        "books": add_job(pipeline="Bookkeeping"),
        "mias": add_job(name="Mia's", assignees=["mia@example.test"]),
        "bauers": add_job(bauer, due=(date.fromisoformat(past) + timedelta(days=30)).isoformat()),
        "extended": add_job(name="Extended"),
        "done": add_job(name="Done", due=past),
        "archived": add_job(name="Archived"),
    }
    ids = {word: job["id"] for word, job in jobs.items()}
    for word, status in (("extended", "needs extension"), ("done", "completed"), ("archived", "ARCHIVED")):
        assert api.post(f"/jobs/{ids[word]}/status", {"status": status}).status == 200
    return ids


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({}, ["late", "books", "mias", "bauers", "extended", "done"]),
        ({"pipeline": "bookkeeping"}, ["books"]),
        ({"pipeline": "Tax return", "stage": "Documents", "assignee": "mia@example.test"}, ["mias"]),
        ({"stage": "sort"}, ["books"]),
        ({"status": "active"}, ["late", "books", "mias", "bauers"]),
        ({"status": "Completed"}, ["done"]),
        ({"status": "Needs Extension"}, ["extended"]),
        ({"status": "archived"}, ["archived"]),
        ({"archived": True}, ["archived"]),
        ({"tag": "VIP"}, ["bauers"]),
        ({"overdue": True}, ["late"]),
        ({"overdue": False}, ["books", "mias", "bauers", "extended", "done"]),
        ({"q": "bauer"}, ["bauers"]),
        ({"q": "mia's"}, ["mias"]),
        ({"due_before": "2199-01-01"}, ["late", "bauers", "done"]),
    ],
)
def test_the_list_is_narrowed(
    api: Caller, listed: dict[str, str], filters: dict[str, Any], words: list[str]
) -> None:
    assert [job["id"] for job in api.all("/jobs", **filters)] == [listed[word] for word in words]


def test_of_one_account(api: Caller, listed: dict[str, str], ada: Any) -> None:
    assert len(api.all("/jobs", account=f"acc_{ada.pk}")) == 5
    assert api.get("/jobs", account="acc_999").errors == {"account": "“acc_999” is no account"}


@pytest.mark.parametrize("name", ["pipeline", "stage", "status", "assignee", "tag"])
def test_a_filter_that_names_nothing_is_refused(api: Caller, listed: Any, name: str) -> None:
    assert list(api.get("/jobs", **{name: "Nothing"}).errors) == [name]


def test_pages_follow_one_another_whatever_is_added_meanwhile(api: Caller, add_job: Any) -> None:
    first = [add_job()["id"] for _ in range(5)]
    page = api.get("/jobs", limit=2)
    add_job()
    found = [job["id"] for job in page["results"]]
    while page["next"]:
        page = api.get("/jobs", limit=2, cursor=page["next"])
        found += [job["id"] for job in page["results"]]
    assert found[:5] == first
    assert len(found) == len(set(found)) == 6


def test_a_cursor_of_another_list_or_touched_up_is_none(api: Caller, add_job: Any) -> None:
    add_job()
    add_job()
    cursor = api.get("/jobs", limit=1)["next"]
    assert api.get("/tags", cursor=cursor).errors == {"cursor": "is no cursor of this list"}
    assert api.get("/jobs", cursor="X" + cursor[1:]).status == 422


def test_a_list_costs_the_same_however_long_it_is(api: Caller, add_job: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get("/jobs")
        return len(captured)

    add_job()
    one = queries()
    for _ in range(4):
        add_job()
    assert queries() == one <= 12


def test_both_gates_hold_for_lists_too(
    api: Caller, add_job: Any, employee_api: Caller, employee: Any, ada: Any
) -> None:  # X2
    job = add_job()
    assert employee_api.all("/jobs") == []
    AccountAccess.objects.create(account=ada, member=employee)
    assert [each["id"] for each in employee_api.all("/jobs")] == [job["id"]]
