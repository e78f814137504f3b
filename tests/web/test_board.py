"""The board's pages: fixed in queries, honest in counts, closed to those who may not see (B1–B3, B7, X4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearstage.clients.operations.access import grant_access, revoke_access
from clearstage.engine.planner import Move
from clearstage.events.models import Event
from clearstage.firm.models import Firm
from clearstage.jobs.models import CustomStatus, Job, Pipeline
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.undo import undo

from .board_forms import HTMX

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


def board_of(pipeline: Pipeline, **ask: Any) -> str:
    return reverse("board", args=[pipeline.pk]) + (
        "?" + "&".join(f"{name}={value}" for name, value in ask.items()) if ask else ""
    )


def cards(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="card-(\d+)"', html)]


def many_jobs(job: Job, number: int) -> None:
    """Copies of a job's row, with its links' worth of nothing: only the count matters here."""
    fields = [field for field in Job._meta.concrete_fields if field.name != "id"]
    Job.objects.bulk_create(
        [Job(**{field.attname: getattr(job, field.attname) for field in fields}) for _ in range(number)]
    )


def test_the_board_asks_as_much_for_3_jobs_as_for_300(web: Client, make_job: Any, tax: Pipeline) -> None:
    first = make_job()
    make_job(stage="Preparation")
    make_job(stage="Finished")
    counted = []
    for number in (0, 297):
        many_jobs(first, number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = web.get(board_of(tax))
        assert answer.status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= MOST_QUERIES
    assert '<span class="count" data-total title="Jobs">300</span>' in answer.content.decode()


def test_columns_load_their_first_cards_and_then_more(web: Client, make_job: Any, tax: Pipeline) -> None:
    many_jobs(make_job(), 119)
    html = web.get(board_of(tax)).content.decode()
    seen = cards(html)
    assert len(seen) == 50
    while more := re.search(r'hx-get="(/pipelines/\d+/stages/\d+/cards/\?after=[^"]+)"', html):
        html = web.get(more[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        seen += cards(html)
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("after", ["nonsense", "2026-01-01~5", "~", "2026-01-01T00:00:00+00:00~x"])
def test_a_place_that_is_none_is_not_found(web: Client, tax: Pipeline, after: str) -> None:
    stage = tax.stages.first()
    assert web.get(reverse("board-cards", args=[tax.pk, stage.pk]), {"after": after}).status_code == 404


def test_what_is_closed_is_not_there(
    signed_in: Callable[..., Client], employee: Any, make_job: Any, tax: Pipeline
) -> None:  # X4
    make_job()
    browser = signed_in(employee)
    assert cards(browser.get(board_of(tax)).content.decode()) == []
    Pipeline.objects.update(for_everyone=False)
    for address in (
        board_of(tax),
        reverse("board-changes", args=[tax.pk]),
        f"/pipelines/{2**70}/",
        "/pipelines/999/",
    ):
        assert browser.get(address).status_code == 404, address
    assert tax.name not in browser.get(reverse("pipelines")).content.decode()


def test_the_list_of_pipelines_counts(web: Client, make_job: Any, tax: Pipeline, owner_actor: Any) -> None:
    late = make_job()
    edit_job(owner_actor, late.pk, {"due": date(2020, 1, 1)})
    make_job(stage="Finished")
    figures = re.findall(r"<dd>(?:<a[^>]*>)?(\d+)", web.get(reverse("pipelines")).content.decode())
    assert figures == ["2", "1", "1", str(tax.stages.count())]


def test_without_pipelines_the_page_says_what_one_is(web: Client, firm: Firm) -> None:
    html = web.get(reverse("pipelines")).content.decode()
    assert "No pipeline yet" in html


def test_the_filter_stands_in_the_address(
    web: Client, make_job: Any, make_account: Any, tax: Pipeline, owner_actor: Any, owner: Any
) -> None:
    mine, other = make_job(), make_job(make_account("Zed Other", tags=["vip"]))
    edit_job(owner_actor, mine.pk, {"due": date(2020, 1, 1)}, assignees=[owner.pk])
    for ask in ({"assignee": "me"}, {"due": "overdue"}, {"due": "7"}, {"q": "okaf"}):
        assert cards(web.get(board_of(tax, **ask)).content.decode()) == [mine.pk], ask
    assert cards(web.get(board_of(tax, tag="VIP")).content.decode()) == [other.pk]
    assert cards(web.get(board_of(tax, status="completed")).content.decode()) == []


def test_a_card_draws_what_is_switched_on_and_has_a_value(
    web: Client, make_job: Any, tax: Pipeline, owner_actor: Any
) -> None:  # B2, C8
    job = make_job()
    edit_job(owner_actor, job.pk, {"due": date(2031, 5, 6), "description": "Ask about the house"})
    shown = web.get(board_of(tax)).content.decode()
    assert "Waiting for documents" in shown
    assert "2031-05-06" in shown
    assert "Ask about the house" not in shown
    edit_job(owner_actor, job.pk, {}, block={"shown": False})
    assert "The client sees" not in web.get(board_of(tax)).content.decode()
    edit_job(owner_actor, job.pk, {}, block={"shown": True})
    Pipeline.objects.update(card_fields=["description"])
    other = web.get(board_of(tax)).content.decode()
    assert "Ask about the house" in other
    assert "2031-05-06" not in other
    assert "The client sees" not in other


def test_a_custom_status_is_plain_to_see_whatever_is_switched_on(
    web: Client, make_job: Any, tax: Pipeline
) -> None:  # S12
    job = make_job()
    Pipeline.objects.update(card_fields=[])
    web.post(reverse("status"), {"jobs": job.pk, "to": CustomStatus.objects.get().pk, "show": "1"})
    Job.objects.filter(pk=job.pk).update(status="custom", custom_status=CustomStatus.objects.get())
    html = web.get(board_of(tax)).content.decode()
    assert re.search(r'class="card-status".*Needs extension', html)


def test_a_column_head_says_what_the_stage_does(web: Client, tax: Pipeline) -> None:
    html = web.get(board_of(tax)).content.decode()
    assert 'aria-label="Needs the tag foreign"' in html
    assert html.count("Goes on by itself when everything here is done") == 2 * 3


def changes(web: Client, tax: Pipeline, since: int, **ask: Any) -> Any:
    return web.get(reverse("board-changes", args=[tax.pk]), {"since": since, **ask}, headers=HTMX)


def test_what_a_colleague_does_comes_with_the_next_question(
    web: Client, make_job: Any, tax: Pipeline, to: Any, owner_actor: Any
) -> None:  # B7
    job, _other = make_job(), make_job()
    since = Event.objects.latest("pk").pk
    assert changes(web, tax, since).status_code == 204
    move_job(owner_actor, job.pk, to("Preparation"))
    answer = changes(web, tax, since)
    html = answer.content.decode()
    assert job.pk in cards(html)
    assert f'data-latest="{Event.objects.latest("pk").pk}"' in html
    counts = dict(re.findall(r'<data value="(\d+)" data-of="(\d+)">', html))
    assert set(counts) == {"1"}
    assert changes(web, tax, Event.objects.latest("pk").pk).status_code == 204


def test_a_card_that_the_filter_no_longer_fits_leaves(
    web: Client, make_job: Any, tax: Pipeline, owner_actor: Any, owner: Any
) -> None:
    job = make_job()
    edit_job(owner_actor, job.pk, {}, assignees=[owner.pk])
    since = Event.objects.latest("pk").pk
    edit_job(owner_actor, job.pk, {}, assignees=[])
    html = changes(web, tax, since, assignee="me").content.decode()
    assert cards(html) == []
    assert f'data-gone="{job.pk}"' in html


def test_nothing_is_told_of_jobs_that_are_closed(
    signed_in: Any, employee: Any, make_job: Any, tax: Pipeline, to: Any, owner_actor: Any
) -> None:  # X4
    job = make_job()
    since = Event.objects.latest("pk").pk
    move_job(owner_actor, job.pk, to("Preparation"))
    assert changes(signed_in(employee), tax, since).status_code == 204


@pytest.fixture
def closed(make_pipeline: Any) -> Pipeline:
    made: Pipeline = make_pipeline("pipeline: Secret\nstages: [{stage: Hidden}]")
    Pipeline.objects.filter(pk=made.pk).update(for_everyone=False)
    return made


def test_a_card_that_goes_where_the_viewer_may_not_look_leaves_the_board_and_tells_nothing(
    signed_in: Any, make_member: Any, make_job: Any, tax: Pipeline, closed: Pipeline, owner_actor: Any
) -> None:  # B7, X4
    seer = make_member(rights=["view all accounts"])
    job, moved_before = make_job(), make_job()
    away = Move(closed.pk, closed.stages.get().pk)
    move_job(owner_actor, moved_before.pk, away)
    since = Event.objects.latest("pk").pk
    move_job(owner_actor, job.pk, away)
    edit_job(owner_actor, moved_before.pk, {"name": "Known to few"})
    html = changes(signed_in(seer), tax, since).content.decode()
    assert cards(html) == []
    assert f'data-gone="{job.pk}"' in html
    for word in ("Secret", "Hidden", "Known to few"):
        assert word not in html


def test_a_card_that_undo_takes_back_to_a_closed_pipeline_leaves_the_board(
    signed_in: Any,
    make_member: Any,
    make_job: Any,
    tax: Pipeline,
    to: Any,
    closed: Pipeline,
    owner_actor: Any,
) -> None:  # B7, M9
    job = make_job()
    move_job(owner_actor, job.pk, Move(closed.pk, closed.stages.get().pk))
    back = move_job(owner_actor, job.pk, to("Preparation"))
    since = Event.objects.latest("pk").pk
    undo(owner_actor, back.action)
    seer = make_member(rights=["view all accounts"])
    assert f'data-gone="{job.pk}"' in changes(signed_in(seer), tax, since).content.decode()


def test_the_cards_of_an_account_that_is_closed_to_the_viewer_leave_the_board(
    signed_in: Any, employee: Any, make_member: Any, make_job: Any, tax: Pipeline, owner_actor: Any
) -> None:  # B7, X4
    other = make_member()
    job = make_job()
    for member in (employee, other):
        grant_access(owner_actor, job.account_id, member.pk)
    since = Event.objects.latest("pk").pk
    revoke_access(owner_actor, job.account_id, employee.pk)
    html = changes(signed_in(employee), tax, since).content.decode()
    assert f'data-gone="{job.pk}"' in html
    seen = changes(signed_in(other), tax, since).content.decode()
    assert (cards(seen), 'data-gone=""' in seen) == ([job.pk], True)
    revoke_access(owner_actor, job.account_id, other.pk)
    since = Event.objects.latest("pk").pk - 1
    assert changes(signed_in(employee), tax, since).status_code == 204
    grant_access(owner_actor, job.account_id, other.pk)
    again = changes(signed_in(other), tax, since).content.decode()
    assert (cards(again), 'data-gone=""' in again) == ([job.pk], True)


def test_of_an_account_that_is_closed_nobody_learns_that_a_job_left(
    signed_in: Any, employee: Any, make_job: Any, tax: Pipeline, closed: Pipeline, owner_actor: Any
) -> None:  # X4
    job = make_job()
    since = Event.objects.latest("pk").pk
    move_job(owner_actor, job.pk, Move(closed.pk, closed.stages.get().pk))
    assert changes(signed_in(employee), tax, since).status_code == 204


def test_too_much_at_once_is_read_anew(
    web: Client, make_job: Any, tax: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = Event.objects.latest("pk").pk
    make_job()
    make_job()
    monkeypatch.setattr("clearstage.jobs.board.MOST_CHANGES", 2)
    html = changes(web, tax, since).content.decode()
    assert "data-too-many" in html
    assert cards(html) == []


def test_nothing_new_costs_one_read_beside_session_member_and_firm(
    web: Client, make_job: Any, tax: Pipeline
) -> None:
    make_job()
    with CaptureQueriesContext(connection) as queries:
        changes(web, tax, Event.objects.latest("pk").pk)
    assert len(queries) - 1 == 4


def test_a_whole_column_can_be_chosen(web: Client, make_job: Any, tax: Pipeline) -> None:
    job = make_job()
    many_jobs(job, 60)
    address = reverse("board-column-jobs", args=[tax.pk, job.stage_id])
    assert len(web.get(address).json()["jobs"]) == 61
