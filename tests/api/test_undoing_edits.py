"""Edits through the API can be undone (M9)."""

from __future__ import annotations

from typing import Any

from clearstage.events.models import Event
from clearstage.firm.models import Member
from clearstage.jobs.models import CommandRun, Job

from .caller import Caller

BODY = {
    "priority": "urgent",
    "due": "2026-10-15",
    "assignees": ["mia@example.test"],
    "client_status": {"status": "On hold"},
}
KEPT = ("priority", "due", "assignees", "client_status")


def test_an_edit_is_undone_whole(api: Caller, add_job: Any, employee: Member) -> None:
    job = add_job()
    before = api.get(f"/jobs/{job['id']}")
    changed = api.patch(f"/jobs/{job['id']}", BODY)
    assert changed["client_status"]["status"]["name"] == "On hold"
    assert api.post(f"/actions/{changed['action']}/undo")["could_not"] == []
    after = api.get(f"/jobs/{job['id']}")
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert api.post(f"/actions/{changed['action']}/undo").status == 409


def test_what_is_so_already_leaves_nothing_to_undo(api: Caller, add_job: Any) -> None:
    job = add_job()
    runs, events = CommandRun.objects.count(), Event.objects.count()
    assert api.patch(f"/jobs/{job['id']}", {"priority": "medium"})["action"] is None
    assert (CommandRun.objects.count(), Event.objects.count()) == (runs, events)


def test_a_refused_edit_leaves_no_action_behind(api: Caller, add_job: Any) -> None:
    job = add_job()
    runs = CommandRun.objects.count()
    Job.objects.update(status="archived")
    assert api.patch(f"/jobs/{job['id']}", {"priority": "low"}).status == 409
    assert CommandRun.objects.count() == runs


def test_a_repeated_edit_answers_the_same_action(api: Caller, add_job: Any) -> None:  # M12
    job = add_job()
    first, second = (
        api.patch(f"/jobs/{job['id']}", {"priority": "low"}, Idempotency_Key="once") for _time in range(2)
    )
    assert first["action"] == second["action"] is not None


def test_others_who_see_the_job_do_not_undo_an_edit(
    api: Caller, add_job: Any, as_member: Any, make_member: Any
) -> None:
    job = add_job()
    changed = api.patch(f"/jobs/{job['id']}", {"priority": "low"})
    other = as_member(make_member(rights=["view all accounts"]))
    assert other.post(f"/actions/{changed['action']}/undo").status == 403
