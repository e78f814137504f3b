"""M12: the same request twice, under one key, is one command."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Tag
from clearstage.firm.models import Remembered
from clearstage.jobs.models import Job
from clearstage.outbox.models import Delivery

from .caller import Caller


def test_the_second_time_the_same_is_answered_and_nothing_done(api: Caller, add_job: Any) -> None:
    job = add_job()
    body = {"stage": "Preparation"}
    first = api.post(f"/jobs/{job['id']}/move", body, idempotency_key="monday")
    again = api.post(f"/jobs/{job['id']}/move", body, idempotency_key="monday")
    assert (again.status, again.content) == (first.status, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["ETag"] == first.headers["ETag"]
    assert Delivery.objects.count() == 1
    assert Job.objects.get().version == 2


def test_without_a_key_a_request_counts_each_time(api: Caller) -> None:
    assert api.post("/tags", {"name": "vip"}).status == 201
    assert api.post("/tags", {"name": "vip"}).status == 422


def test_the_status_is_the_first_ones(api: Caller, ada: Any, tax: Any) -> None:
    body = {"accounts": [f"acc_{ada.pk}"], "pipeline": "Tax return"}
    answers = [api.post("/jobs", body, idempotency_key="add") for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert Job.objects.count() == 1


def test_an_answer_without_a_body_too(api: Caller) -> None:
    tag = api.post("/tags", {"name": "vip"})["id"]
    answers = [api.delete(f"/tags/{tag}", idempotency_key="away") for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]


def test_a_refusal_is_not_kept(api: Caller) -> None:
    assert api.post("/tags", {"name": ""}, idempotency_key="k").status == 422
    assert not Remembered.objects.exists()
    assert api.post("/tags", {"name": "vip"}, idempotency_key="k").status == 201


@pytest.mark.parametrize(
    "other",
    [
        lambda api: api.post("/tags", {"name": "other"}, idempotency_key="k"),
        lambda api: api.post("/tags", raw=b'{ "name": "vip"}', idempotency_key="k"),
        lambda api: api.post("/client-statuses", {"name": "vip", "turn": "firm"}, idempotency_key="k"),
        lambda api: api.post("/members", {"name": "vip", "email": "v@example.test"}, idempotency_key="k"),
    ],
)
def test_a_key_of_another_request_is_refused(api: Caller, other: Any) -> None:
    assert api.post("/tags", {"name": "vip"}, idempotency_key="k").status == 201
    answer = other(api)
    assert (answer.status, answer["reasons"]) == (409, ["This key was used for another request."])
    assert Tag.objects.count() == 1


def test_keys_belong_to_their_member(api: Caller, as_member: Any, admin: Any) -> None:
    assert api.post("/tags", {"name": "vip"}, idempotency_key="k").status == 201
    assert as_member(admin).post("/tags", {"name": "other"}, idempotency_key="k").status == 201


def test_a_preview_uses_no_key_up(api: Caller, add_job: Any) -> None:
    job = add_job()
    path, body = f"/jobs/{job['id']}/move", {"stage": "Finished"}
    assert api.post(path, body, params={"preview": "true"}, idempotency_key="k").status == 200
    assert not Remembered.objects.exists()
    assert api.post(path, body, idempotency_key="k")["job"]["stage"]["name"] == "Finished"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(api: Caller, key: str) -> None:
    answer = api.post("/tags", {"name": "vip"}, idempotency_key=key)
    assert (answer.status, list(answer.errors)) == (422, ["Idempotency-Key"])
    assert not Tag.objects.exists()


def test_reading_takes_no_notice_of_keys(api: Caller) -> None:
    assert api.send("GET", "/tags", idempotency_key="").status == 200
