"""Members: X1, X5."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.firm.models import Member

from .caller import Caller

NEW = {"email": "ben@example.test", "name": "Ben Reviewer"}


def test_a_member_is_added_changed_and_listed(api: Caller) -> None:
    made = api.post("/members", {**NEW, "role": "admin", "password": "a long enough password"})
    assert made.status == 201
    assert "password" not in made.json
    assert Member.objects.get(email="ben@example.test").check_password("a long enough password")
    changed = api.patch("/members/BEN@example.test", {"role": "employee", "rights": ["tags", "accounts"]})
    assert changed.json == {**made.json, "role": "employee", "rights": ["accounts", "tags"]}
    assert [each["name"] for each in api.all("/members", limit=1)] == ["Olga Owner", "Ben Reviewer"]
    assert api.get(f"/members/{made['id']}").status == 405


def test_a_deactivated_member_is_not_listed_among_the_active(api: Caller) -> None:
    made = api.post("/members", NEW)
    assert api.patch(f"/members/{made['id']}", {"is_active": False})["is_active"] is False
    assert len(api.all("/members", is_active=True)) == 1
    assert len(api.all("/members")) == 2


def test_a_new_password_is_set_with_the_rest_or_nothing_is(api: Caller) -> None:
    made = api.post("/members", NEW)
    path = f"/members/{made['id']}"
    answer = api.patch(path, {"name": "Benjamin", "password": "short"})
    assert (answer.status, list(answer.errors)) == (422, ["password"])
    assert Member.objects.get(email="ben@example.test").name == "Ben Reviewer"
    assert api.patch(path, {"password": "a much longer password"}).status == 200
    assert Member.objects.get(email="ben@example.test").check_password("a much longer password")


def test_the_owner_stays_the_owner(api: Caller, owner: Any, as_member: Any, admin: Any) -> None:  # X1
    path = f"/members/mem_{owner.pk}"
    assert api.patch(path, {"role": "admin"}).status == 409
    assert api.patch(path, {"is_active": False}).status == 409
    assert as_member(admin).patch(path, {"name": "Olga"}).status == 403
    assert api.post("/members", {**NEW, "role": "owner"}).status == 409


def test_members_correct_their_own_name_and_nothing_else(employee_api: Caller, employee: Any) -> None:
    path = f"/members/mem_{employee.pk}"
    assert employee_api.patch(path, {"name": "Mia C."})["name"] == "Mia C."
    assert employee_api.patch(path, {"rights": ["accounts"]}).status == 403
    assert employee_api.patch(path, {"role": "admin"}).status == 403


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "OWNER@example.test"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "boss"}, "role"),
        ({"rights": ["fly"]}, "rights"),
        ({"rights": "tags"}, "rights"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"is_active": True}, "is_active"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(api: Caller, body: Any, where: str) -> None:
    answer = api.post("/members", {**NEW, **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert Member.objects.count() == 1
