"""The inbox, contacts and the firm's settings through the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.engine.sentences import say
from clearstage.firm.models import Member
from clearstage.messaging.models import AccountFollow, InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes

from .caller import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(owner: Member, ada: Account) -> list[str]:
    put_in_inboxes(
        [Notice(owner.pk, "client_activity", say("Ada did {n}", n=n), None, n, ada.pk) for n in range(1, 4)]
    )
    return [f"not_{pk}" for pk in InboxEntry.objects.order_by("pk").values_list("pk", flat=True)]


def texts(api: Caller, show: str = "open") -> list[str]:
    return [each["text"] for each in api.get(f"/inbox?show={show}")["results"]]


def test_the_newest_come_first_page_by_page(api: Caller, entries: list[str], ada: Account) -> None:
    page = api.get("/inbox?limit=2")
    assert [each["text"] for each in page["results"]] == ["Ada did 3", "Ada did 2"]
    assert [each["text"] for each in api.get(f"/inbox?cursor={page['next']}")["results"]] == ["Ada did 1"]
    first = page["results"][0]
    assert first["account"] == {"id": f"acc_{ada.pk}", "name": "Ada Okafor"}
    assert (first["id"], first["read"], first["done"], first["job"]) == (entries[2], False, False, None)


def test_an_entry_is_read_put_off_and_dealt_with(api: Caller, entries: list[str]) -> None:
    one, two, three = entries
    assert api.patch(f"/inbox/{one}", {"read": True})["read"] is True
    day = (date.today() + timedelta(days=3)).isoformat()
    assert api.patch(f"/inbox/{two}", {"snoozed_until": day})["snoozed_until"] == day
    assert api.patch(f"/inbox/{three}", {"done": True})["done"] is True
    assert [texts(api, show) for show in ("open", "unread", "snoozed", "done")] == [
        ["Ada did 1"], [], ["Ada did 2"], ["Ada did 3"],
    ]  # fmt: skip
    assert api.patch(f"/inbox/{two}", {"snoozed_until": None})["snoozed_until"] is None
    assert api.patch(f"/inbox/{three}", {"done": False, "read": False})["read"] is False


@pytest.mark.parametrize("body", [{"snoozed_until": "2001-01-01"}, {"read": "yes"}, {"text": "x"}])
def test_what_makes_no_sense_changes_nothing(api: Caller, entries: list[str], body: dict[str, Any]) -> None:
    assert api.patch(f"/inbox/{entries[0]}", {"done": True, **body}).status == 422
    assert InboxEntry.objects.filter(done_at=None, snoozed_until=None).count() == 3


def test_the_inbox_of_another_does_not_exist(employee_api: Caller, entries: list[str]) -> None:
    assert employee_api.get("/inbox")["results"] == []
    assert employee_api.patch(f"/inbox/{entries[0]}", {"done": True}).status == 404


def test_a_closed_account_is_not_named(employee_api: Caller, employee: Member, ada: Account) -> None:  # X4
    put_in_inboxes([Notice(employee.pk, "client_activity", say("Something"), None, 1, ada.pk)])
    assert employee_api.get("/inbox")["results"][0]["account"] is None


def test_following_twice_is_following(api: Caller, ada: Account) -> None:
    for _ in range(2):
        assert api.put(f"/accounts/acc_{ada.pk}/follow").status == 204
    assert AccountFollow.objects.count() == 1
    for _ in range(2):
        assert api.delete(f"/accounts/acc_{ada.pk}/follow").status == 204
    assert AccountFollow.objects.count() == 0


def test_how_a_contact_is_told_is_read_and_changed(api: Caller, ada: Account) -> None:
    [contact] = api.get(f"/accounts/acc_{ada.pk}")["contacts"]
    changed = api.patch(f"/contacts/{contact['id']}", {"notices": "daily", "status_notices": False})
    assert (changed["notices"], changed["status_notices"], changed["name"]) == ("daily", False, "Ada Okafor")
    assert api.get(f"/contacts/{contact['id']}").json == changed.json
    assert api.patch(f"/contacts/{contact['id']}", {"notices": "hourly"}).status == 422


def test_changing_a_contact_takes_the_right(
    employee_api: Caller, employee: Member, ada: Account
) -> None:  # X1
    ada.access.create(member=employee)
    contact = f"con_{ada.contact_links.get().contact_id}"
    assert employee_api.get(f"/contacts/{contact}").status == 200
    assert employee_api.patch(f"/contacts/{contact}", {"notices": "none"}).status == 403


def test_the_firms_settings_are_read_by_all_and_changed_by_those_who_run_it(
    api: Caller, employee_api: Caller
) -> None:
    body = {
        "quiet_from": "21:00", "holidays": ["2026-12-25"], "tell_client_status": True, "clients_begin_chats": False,
    }  # fmt: skip
    changed = api.patch("/firm", body)
    assert {name: changed[name] for name in body} == body
    assert employee_api.get("/firm").json == changed.json
    assert api.patch("/firm", {"quiet_from": "9 pm"}).status == 422


def test_what_happens_on_one_item_is_one_entry_that_counts(api: Caller, owner: Member, ada: Account) -> None:
    for n in range(1, 4):
        put_in_inboxes(
            [Notice(owner.pk, "client_activity", say("Ada did {n}", n=n), None, n, ada.pk, "request:1")]
        )
    [entry] = api.get("/inbox")["results"]
    assert (entry["text"], entry["count"]) == ("Ada did 3, and 2 more", 3)
