"""The list of jobs across pipelines (B5)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearstage.jobs.models import Job, Pipeline
from clearstage.jobs.operations.editing import edit_job

from .board_forms import HTMX
from .test_board import many_jobs

pytestmark = pytest.mark.django_db


def listed(web: Client, **ask: Any) -> list[int]:
    return rows(web.get(reverse("jobs"), ask).content.decode())


def rows(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr class="job-row[^"]*" data-job="(\d+)"', html)]


def test_what_is_to_be_done_comes_first_the_soonest_due_before_the_others(
    web: Client, make_job: Any, owner_actor: Any
) -> None:
    undated, later, sooner, done = (make_job() for _ in range(4))
    edit_job(owner_actor, later.pk, {"due": date(2032, 1, 1)})
    edit_job(owner_actor, sooner.pk, {"due": date(2031, 1, 1)})
    edit_job(owner_actor, done.pk, {"due": date(2020, 1, 1)})
    web.post(reverse("status"), {"jobs": done.pk, "to": "completed", "at_once": "1"}, headers=HTMX)
    assert listed(web) == [sooner.pk, later.pk, undated.pk, done.pk]


def test_pages_follow_one_another_without_gap_or_repetition(
    web: Client, make_job: Any, owner_actor: Any
) -> None:
    dated = make_job()
    edit_job(owner_actor, dated.pk, {"due": date(2031, 1, 1)})
    dated.refresh_from_db()
    many_jobs(dated, 69)
    many_jobs(make_job(), 69)
    html = web.get(reverse("jobs")).content.decode()
    seen = rows(html)
    while more := re.search(r'hx-get="(/jobs/\?after=[^"]+)"', html):
        html = web.get(more[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        seen += rows(html)
    assert len(seen) == len(set(seen)) == 140
    assert web.get(reverse("jobs"), {"after": "nonsense"}).status_code == 200


def test_it_asks_as_much_for_3_jobs_as_for_300(web: Client, make_job: Any) -> None:
    job = make_job()
    counted = []
    for number in (2, 297):
        many_jobs(job, number)
        with CaptureQueriesContext(connection) as queries:
            web.get(reverse("jobs"))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 15


def test_filters(
    web: Client, make_job: Any, make_account: Any, tax: Pipeline, owner: Any, owner_actor: Any
) -> None:
    mine, other = make_job(), make_job(make_account("Zed"))
    edit_job(owner_actor, mine.pk, {"due": date(2020, 1, 1)}, assignees=[owner.pk])
    for ask in ({"assignee": "me"}, {"assignee": owner.pk}, {"due": "overdue"}, {"q": "okaf"}):
        assert listed(web, **ask) == [mine.pk], ask
    assert set(listed(web, pipeline=tax.pk)) == {mine.pk, other.pk}
    assert listed(web, pipeline=999) == []
    assert listed(web, status="Needs extension") == []


def test_archived_jobs_have_a_tab_of_their_own(web: Client, make_job: Any) -> None:  # S2
    job, kept = make_job(), make_job()
    web.post(reverse("status"), {"jobs": job.pk, "to": "archived", "at_once": "1"}, headers=HTMX)
    assert (listed(web), listed(web, archived="1")) == ([kept.pk], [job.pk])
    assert ">Restore</button>" in web.get(reverse("jobs"), {"archived": "1"}).content.decode().replace(
        "</svg>", "</svg>"
    ).replace("\n", "")


def test_only_what_may_be_seen_is_listed(signed_in: Any, employee: Any, make_job: Any) -> None:  # X4
    make_job()
    assert listed(signed_in(employee)) == []


def test_without_jobs_the_page_says_what_one_is(web: Client, tax: Pipeline) -> None:
    assert "No jobs yet" in web.get(reverse("jobs")).content.decode()
    assert "Nothing is archived" in web.get(reverse("jobs"), {"archived": "1"}).content.decode()
    assert "No job is like that" in web.get(reverse("jobs"), {"q": "zzz"}).content.decode()
    assert not Job.objects.exists()
