"""Accounts, tags, and what a client is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearstage.clients.models import Account, AccountAccess, Tag
from clearstage.events.models import Event

from .caller import Caller

CLIENT_KEYS = {"job_name", "status", "description", "turn", "since"}
ADA = {
    "name": "Ada Okafor",
    "kind": "individual",
    "tags": ["vip", "foreign"],
    "contacts": [{"name": "Ada", "email": "ada@client.test", "login": True, "notify": True}],
    "roles": {"preparer": ["owner@example.test"]},
}


def test_an_account_is_made_read_and_listed(api: Caller) -> None:
    made = api.post("/accounts", ADA)
    assert made.status == 201
    assert (made["tags"], made["roles"]) == (["foreign", "vip"], {"preparer": ["owner@example.test"]})
    never_in = {"id": "", "invited": None, "signed_in": None}
    assert [{**each, "id": ""} for each in made["contacts"]] == [{**ADA["contacts"][0], **never_in}]  # type: ignore[index]
    read = api.get(f"/accounts/{made['id']}")
    assert (read.json, read.headers["ETag"]) == (made.json, '"1"')
    assert api.all("/accounts") == [made.json]


def test_what_is_not_sent_stays(api: Caller) -> None:
    made = api.post("/accounts", ADA)
    changed = api.patch(f"/accounts/{made['id']}", {"tags": ["vip"], "number": "K-7"})
    assert {**changed.json, "version": 1} == {**made.json, "tags": ["vip"], "number": "K-7"}
    assert api.patch(f"/accounts/{made['id']}", {"contacts": []})["contacts"] == []
    assert api.patch(f"/accounts/{made['id']}", {"roles": {"preparer": []}})["roles"] == {}


def test_a_change_may_name_the_version_it_is_meant_for(api: Caller) -> None:  # M13
    made = api.post("/accounts", ADA)
    path = f"/accounts/{made['id']}"
    assert api.patch(path, {"name": "Ada B."}, if_match='"1"').headers["ETag"] == '"2"'
    assert api.patch(path, {"name": "Ada C."}, if_match='"1"').status == 412
    assert api.get(path)["name"] == "Ada B."


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "charity"}, "kind"),
        ({"number": "x" * 41}, "number"),
        ({"tags": "vip"}, "tags"),
        ({"tags": [5]}, "tags[0]"),
        ({"tags": ["x" * 61]}, "tags[0]"),
        ({"contacts": [{"name": "Ada"}]}, "contacts[0].email"),
        ({"contacts": [{"name": "Ada", "email": "nonsense"}]}, "contacts[0].email"),
        ({"contacts": [{"email": "ada@client.test"}]}, "contacts[0].name"),
        ({"contacts": [{"name": "Ada", "email": "ada@client.test", "phone": "1"}]}, "contacts[0].phone"),
        ({"contacts": [{"name": "Ada", "email": "ada@client.test", "login": "yes"}]}, "contacts[0].login"),
        ({"roles": {"preparrer": ["owner@example.test"]}}, "roles.preparrer"),
        ({"roles": {"preparer": ["nobody@example.test"]}}, "roles.preparer[0]"),
        ({"roles": {"preparer": "owner@example.test"}}, "roles.preparer"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_input_without_sense_is_refused_with_its_place(api: Caller, body: Any, where: str) -> None:
    answer = api.post("/accounts", {**ADA, **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert not Account.objects.exists()
    assert not Event.objects.filter(kind="account_created").exists()


def test_the_list_is_in_pages_by_name(api: Caller, make_account: Any) -> None:
    for name in ("delta", "Alpha", "charlie", "Bravo"):
        make_account(name)
    assert [row["name"] for row in api.all("/accounts", limit=3)] == ["Alpha", "Bravo", "charlie", "delta"]
    cursor = api.get("/accounts", limit=3)["next"]
    # A character in the middle of the signature: the last one holds bits that base64 does not use.
    said, _colon, signature = cursor.rpartition(":")
    touched_up = f"{said}:{signature[:9]}{'B' if signature[9] == 'A' else 'A'}{signature[10:]}"
    assert api.get("/accounts", cursor=touched_up).errors == {"cursor": "is no cursor of this list"}


def test_the_list_is_narrowed(api: Caller, make_account: Any) -> None:
    make_account("Ada", tags=["vip"], contacts=["ada@client.test"])
    make_account("Bauer GmbH", kind="company", number="K-7")
    names = {
        filters: [row["name"] for row in api.all("/accounts", **dict([filters]))]
        for filters in (("q", "bauer"), ("q", "k-7"), ("q", "ADA@"), ("tag", "VIP"), ("kind", "company"))
    }
    assert list(names.values()) == [["Bauer GmbH"], ["Bauer GmbH"], ["Ada"], ["Ada"], ["Bauer GmbH"]]
    assert list(api.get("/accounts", tag="nothing").errors) == ["tag"]
    assert list(api.get("/accounts", kind="charity").errors) == ["kind"]


def test_a_list_costs_the_same_however_long_it_is(api: Caller, make_account: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get("/accounts")
        return len(captured)

    make_account("Ada", tags=["vip"], contacts=["ada@client.test"])
    one = queries()
    for number in range(4):
        make_account(f"Client {number}", tags=["vip"], contacts=[f"c{number}@client.test"])
    assert queries() == one


def test_who_sees_an_account_may_not_change_it_without_the_right(
    api: Caller, make_account: Any, employee_api: Caller, employee: Any
) -> None:
    account = make_account("Ada")
    AccountAccess.objects.create(account=account, member=employee)
    path = f"/accounts/acc_{account.pk}"
    assert employee_api.get(path).status == 200
    for body in ({"name": "Eva"}, {"tags": ["vip"]}, {"contacts": ADA["contacts"]}):
        assert employee_api.patch(path, body).status in (403, 422)
    assert api.get(path)["name"] == "Ada"


# The portal


def test_the_portal_shows_what_the_client_sees_and_no_more(api: Caller, add_job: Any, ada: Any) -> None:  # C9
    job = add_job(name="Return", description="internal", assignees=["owner@example.test"])
    add_job(client_status={"shown": False})
    path = f"/accounts/acc_{ada.pk}/portal"
    for asked in ({}, {"contact": "ADA@client.test"}):
        portal = api.get(path, **asked)
        [told] = portal["work_in_progress"]
        assert set(told) == CLIENT_KEYS
        assert (told["job_name"], told["status"], told["turn"]) == (
            "Return",
            "Waiting for documents",
            "client",
        )
        assert portal["todo"] == []
    api.post(f"/jobs/{job['id']}/status", {"status": "Archived"})
    assert api.get(path)["work_in_progress"] == []


def test_the_portal_answer_reads_nothing_that_it_does_not_show(
    api: Caller, add_job: Any, ada: Any, django_assert_max_num_queries: Any
) -> None:
    add_job()
    path = f"/accounts/acc_{ada.pk}/portal"
    with django_assert_max_num_queries(
        6
    ):  # the token, the account, its jobs, and what waits of each of three kinds
        assert len(api.get(path)["work_in_progress"]) == 1


def test_a_contact_who_may_not_sign_in_sees_nothing(api: Caller, add_job: Any, make_account: Any) -> None:
    account = make_account("Bauer", contacts=[{"email": "bea@client.test", "login": False}])
    add_job(account)
    path = f"/accounts/acc_{account.pk}/portal"
    assert api.get(path, contact="bea@client.test")["work_in_progress"] == []
    assert list(api.get(path, contact="ada@client.test").errors) == ["contact"]


def test_seeing_as_a_client_takes_the_right(
    add_job: Any, ada: Any, make_member: Any, as_member: Any
) -> None:  # P5
    add_job()
    path = f"/accounts/acc_{ada.pk}/portal"
    assert as_member(make_member("a@example.test", rights=["view all accounts"])).get(path).status == 403
    allowed = make_member("b@example.test", rights=["view all accounts", "view as client"])
    assert as_member(allowed).get(path).status == 200


# Tags


def test_tags_are_made_changed_and_deleted(api: Caller) -> None:
    made = api.post("/tags", {"name": "vip", "color": "red"})
    assert made.status == 201
    assert api.patch("/tags/VIP", {"name": "gold"}).json == {**made.json, "name": "gold"}
    assert api.all("/tags") == [{**made.json, "name": "gold"}]
    assert api.delete(f"/tags/{made['id']}").status == 204
    assert api.delete(f"/tags/{made['id']}").status == 404
    assert not Tag.objects.exists()


def test_a_tag_in_use_takes_a_replacement(api: Caller, tax: Any, ada: Any) -> None:
    refused = api.delete("/tags/returning")
    assert (refused.status, refused["places"] != []) == (409, True)
    assert list(api.delete("/tags/returning", params={"replace_by": "nothing"}).errors) == ["replace_by"]
    assert list(api.delete("/tags/returning", params={"replace_by": "returning"}).errors) == ["replace_by"]
    assert api.delete("/tags/returning", params={"replace_by": "foreign"}).status == 204


def test_two_tags_of_one_name_are_refused(api: Caller) -> None:
    api.post("/tags", {"name": "Größe"})
    assert list(api.post("/tags", {"name": "GRÖSSE"}).errors) == ["name"]
