"""Questionnaires on the job's page: read, answered for the client, sent by hand, opened again, printed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.jobs.models import LinkedItem
from clearstage.organizers.models import Answer, Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.submitting import submit_organizer
from tests.organizers.conftest import COMPLETE, Sent, client, given, job_of, returns, sent, stage_of, template

__all__ = ["client", "returns", "sent", "template"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(sent: Sent) -> Organizer:
    return sent()


def address(organizer: Organizer, name: str) -> str:
    return reverse(f"job-organizer-{name}", args=[job_of(organizer).pk, organizer.pk])


def page(web: Client, organizer: Organizer) -> str:
    return web.get(reverse("job", args=[job_of(organizer).pk])).content.decode()


def test_the_jobs_page_shows_answers_section_by_section(
    web: Client, organizer: Organizer, client: Any
) -> None:
    save_answers(client, organizer.pk, {"what_is_your_job": "<b>Baker</b>"})
    text = page(web, organizer)
    assert "About you" in text
    assert "&lt;b&gt;Baker&lt;/b&gt;" in text
    assert "still missing" in text
    assert "1/3" in text


def test_the_firm_answers_and_submits_for_the_client(web: Client, organizer: Organizer) -> None:
    form = web.get(address(organizer, "answer")).content.decode()
    assert "Submit for the client" in form
    gaps = web.post(address(organizer, "answer"), {"submit": "1"})
    assert (gaps.status_code, "needs an answer" in gaps.content.decode()) == (409, True)
    body = {"was-what_is_your_job": "", "a-what_is_your_job": "Baker", "was-moved": "", "a-moved": "no"}
    saved = web.post(address(organizer, "answer"), body)
    assert saved.status_code == 302
    assert given(organizer) == {"what_is_your_job": "Baker", "moved": False}
    assert web.post(address(organizer, "answer"), {"submit": "1"}).status_code == 302
    assert stage_of(organizer) == "Preparation"
    organizer.refresh_from_db()
    assert organizer.submitted_by == "Olga Owner"


def test_what_does_not_fit_is_kept_and_nothing_saved(web: Client, organizer: Organizer) -> None:
    body = {
        "was-what_is_your_job": "", "a-what_is_your_job": "Baker", "was-when_did_you_move": "",
        "a-when_did_you_move": "in May", "submit": "1",
    }  # fmt: skip
    answer = web.post(address(organizer, "answer"), body)
    assert answer.status_code == 422
    assert 'value="in May"' in answer.content.decode()
    assert given(organizer) == {}


def test_it_is_opened_again_archived_and_sealed(web: Client, organizer: Organizer, client: Any) -> None:
    def state() -> str:
        organizer.refresh_from_db()
        return organizer.state

    web.post(address(organizer, "archive"))
    assert state() == "archived"
    web.post(address(organizer, "reopen"))
    assert state() == "sent"
    submit_organizer(client, organizer.pk, COMPLETE)
    web.post(address(organizer, "seal"))
    assert web.post(address(organizer, "reopen")).status_code == 409
    assert state() == "submitted"


def test_another_due_date(web: Client, organizer: Organizer) -> None:
    web.post(address(organizer, "due"), {"due": "2026-04-15"})
    organizer.refresh_from_db()
    assert str(organizer.due) == "2026-04-15"


def test_one_is_sent_by_hand_once(web: Client, organizer: Organizer) -> None:  # M12
    job = job_of(organizer)
    dialog = web.get(reverse("job-organizer-new", args=[job.pk]))
    assert "1040" in dialog.content.decode()
    body = {"template": "1040", "due": "2026-05-01", "key": "once"}
    for _each in range(2):
        assert web.post(reverse("job-organizer-new", args=[job.pk]), body).status_code == 302
    links = LinkedItem.objects.filter(job=job, kind="organizer")
    assert links.count() == 2
    assert str(links.last().due) == "2026-05-01"
    refused = web.post(reverse("job-organizer-new", args=[job.pk]), {"template": "Nothing", "key": "other"})
    assert refused.status_code == 422


def test_it_is_printed_whatever_was_typed(web: Client, organizer: Organizer, client: Any) -> None:
    hostile = "Łukasz Ёлкин 王小明 <font size=900>& </para><img src='file:///etc/passwd'> \u202e"
    save_answers(client, organizer.pk, {"what_is_your_job": hostile})
    printed = web.get(address(organizer, "pdf"))
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    assert "attachment" in printed.headers["Content-Disposition"]
    assert b"DejaVuSans" in printed.content
    assert b"STSong-Light" in printed.content


def test_who_answered_what_is_told_without_the_answers(
    web: Client, organizer: Organizer, client: Any
) -> None:
    save_answers(client, organizer.pk, {"what_is_your_job": "Pearl diver"})
    text = web.get(address(organizer, "history")).content.decode()
    assert "What is your job?" in text
    assert "portal" in text
    assert "Pearl diver" not in text


def test_without_the_right_there_is_reading_and_nothing_else(
    make_member: Any, signed_in: Any, organizer: Organizer
) -> None:
    reader = signed_in(make_member(rights=["view all accounts"]))
    text = page(reader, organizer)
    assert "About you" in text
    assert "Answer for the client" not in text
    assert reader.get(address(organizer, "pdf")).status_code == 200
    assert reader.get(address(organizer, "answer")).status_code == 403
    for name in ("answer", "archive", "reopen", "seal", "due"):
        assert reader.post(address(organizer, name)).status_code == 403
    assert reader.get(reverse("job-organizer-new", args=[job_of(organizer).pk])).status_code == 403


def test_to_whom_the_job_is_closed_it_is_not_there(
    signed_in: Any, employee: Any, organizer: Organizer
) -> None:
    closed = signed_in(employee)
    for name in ("answer", "pdf", "history"):
        assert closed.get(address(organizer, name)).status_code == 404
    for name in ("answer", "archive", "reopen", "seal", "due"):
        assert closed.post(address(organizer, name)).status_code == 404


def test_the_move_dialog_says_what_submitting_it_brings(
    web: Client, organizer: Organizer, client: Any
) -> None:  # M3, L6
    save_answers(client, organizer.pk, {**COMPLETE, "income_from_abroad": True})
    job, link = job_of(organizer), LinkedItem.objects.get(item=organizer.pk, kind="organizer")
    stage = job.pipeline.stages.get(name="Finished")
    ask = {"jobs": str(job.pk), "stage": str(stage.pk), "show": "1", f"item-{link.pk}": "finish"}
    says = f"Submits “{organizer.title}” for the client, which changes the account&#x27;s tags: adds foreign"
    assert says in web.post(reverse("move"), ask, headers={"HX-Request": "true"}).content.decode()
    Answer.objects.filter(question="what_is_your_job").delete()
    refused = web.post(reverse("move"), ask, headers={"HX-Request": "true"}).content.decode()
    assert "needs an answer" in refused
    assert f'name="item-{link.pk}"' in refused
