"""The order of the cards (B1): in the address, kept for each board, and exact however far one reads on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearstage.clients.models import Account
from clearstage.jobs.models import Job, Pipeline
from clearstage.kernel import clock

from .board_forms import HTMX
from .test_board import MOST_QUERIES, board_of, cards, many_jobs

pytestmark = pytest.mark.django_db
RANK = {"urgent": 0, "high": 1, "medium": 2, "low": 3}
IN_ORDER = {
    "time": lambda job: (-job.entered_stage_at.timestamp(), -job.pk),
    "due": lambda job: (job.due or date.max, -job.pk),
    "account": lambda job: (job.account.name.lower(), -job.pk),
    "priority": lambda job: (RANK[job.priority], -job.pk),
}


@pytest.fixture
def all_sorts(make_job: Any, make_account: Any) -> list[Job]:
    """120 jobs of one stage, in everything alike and unlike each other."""
    many_jobs(make_job(), 119)
    accounts = [make_account(name) for name in ("beta", "Alpha", "~gamma~1")]
    jobs = list(Job.objects.order_by("pk"))
    for number, job in enumerate(jobs):
        job.account = accounts[number * 7 % 3]
        job.priority = list(RANK)[number * 5 % 4]
        job.due = date(2026, 1, 1) + timedelta(days=number % 11) if number % 4 else None
        job.entered_stage_at = clock.now() - timedelta(hours=number * 13 % 17)
    Job.objects.bulk_update(jobs, ["account", "priority", "due", "entered_stage_at"])
    return list(Job.objects.select_related("account"))


@pytest.mark.parametrize("sort", IN_ORDER)
def test_cards_come_in_the_order_chosen_to_the_last_one(
    web: Client, all_sorts: list[Job], tax: Pipeline, sort: str
) -> None:
    html = web.get(board_of(tax, sort=sort)).content.decode()
    seen = cards(html)
    assert len(seen) == 50
    while more := re.search(r'hx-get="(/pipelines/\d+/stages/\d+/cards/\?after=[^"]+)"', html):
        html = web.get(more[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        seen += cards(html)
    assert seen == [job.pk for job in sorted(all_sorts, key=IN_ORDER[sort])]


@pytest.mark.parametrize("sort", IN_ORDER)
def test_no_order_asks_more_of_the_database(web: Client, make_job: Any, tax: Pipeline, sort: str) -> None:
    make_job()
    web.get(board_of(tax, sort=sort))
    with CaptureQueriesContext(connection) as queries:
        web.get(board_of(tax, sort=sort))
    assert len(queries) <= MOST_QUERIES


def test_the_order_is_kept_for_each_board(
    web: Client, make_job: Any, tax: Pipeline, make_pipeline: Any
) -> None:
    first, second = make_job(), make_job()
    Job.objects.filter(pk=first.pk).update(priority="urgent")
    other = make_pipeline("pipeline: Other\nstages: [{stage: Open}]")
    assert cards(web.get(board_of(tax)).content.decode()) == [second.pk, first.pk]
    for ask in ({"sort": "priority"}, {}, {"sort": "nonsense"}):
        html = web.get(board_of(tax, **ask)).content.decode()
        assert cards(html) == [first.pk, second.pk], ask
        assert "sort=priority" in html, "what is fetched later comes in the same order"
    assert 'value="time" selected' in web.get(board_of(other)).content.decode()
    web.get(board_of(tax, sort="time"))
    assert cards(web.get(board_of(tax)).content.decode()) == [second.pk, first.pk]


def test_an_order_is_no_filter(web: Client, tax: Pipeline) -> None:
    """So an empty board still says what to do."""
    assert 'id="board-empty"' in web.get(board_of(tax, sort="due")).content.decode()


@pytest.mark.parametrize(
    ("sort", "after"),
    [
        ("due", "2026-02-30~5"), ("due", "~5"), ("account", "a\0b~5"), ("account", "Ada~x"), ("priority", "9~5"),
        ("priority", "high~5"), ("account", f"Ada~{2**70}"), ("time", "2026-01-01T00:00:00~5"), ("account", "Ada~-1"),
    ],
)  # fmt: skip
def test_a_place_that_no_order_has_is_not_found(web: Client, tax: Pipeline, sort: str, after: str) -> None:
    address = reverse("board-cards", args=[tax.pk, tax.stages.first().pk])
    assert web.get(address, {"sort": sort, "after": after}).status_code == 404


def test_who_reads_the_board_without_pages_gets_the_same_order(
    make_job: Any, tax: Pipeline, owner_actor: Any
) -> None:
    from clearstage.jobs.board import BoardFilter, board

    jobs = [make_job() for _ in range(3)]
    Account.objects.update(name="Ada")
    Job.objects.filter(pk=jobs[1].pk).update(due=date(2026, 1, 1))
    found = board(owner_actor, tax.pk, BoardFilter(sort="due")).columns[0].cards
    assert [card.job.pk for card in found] == [jobs[1].pk, jobs[2].pk, jobs[0].pk]
