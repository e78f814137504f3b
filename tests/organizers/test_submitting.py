"""Submitting an organizer: what it needs, what follows, what is taken back."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clearstage.clients.models import Account, Contact
from clearstage.clients.operations.tags import edit_tag
from clearstage.clients.queries import tag_named
from clearstage.engine.facts import JobStatus
from clearstage.engine.planner import Move, SetStatus
from clearstage.events.models import Event
from clearstage.jobs.models import LinkedItem
from clearstage.jobs.operations.links import unlink_item
from clearstage.jobs.operations.moving import move_job, set_job_status
from clearstage.jobs.operations.undo import undo
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.messaging.models import InboxEntry
from clearstage.organizers.models import Answer, Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.keeping import archive_organizer, seal_organizer, set_due
from clearstage.organizers.operations.submitting import (
    preview_submitting,
    submit_organizer,
    unsubmit_organizer,
)
from clearstage.outbox.models import Delivery
from clearstage.work.operations.tasks import complete_task, create_task
from clearstage.work.spec import TaskSpec

from .conftest import COMPLETE, Sent, given, job_of, stage_of

pytestmark = pytest.mark.django_db


def tags_of(account: Account) -> set[str]:
    return set(account.tags.values_list("name", flat=True))


def test_the_client_submits_and_the_job_goes_on(sent: Sent, client: Actor, owner: Any) -> None:  # L4, P3
    organizer = sent()
    assert stage_of(organizer) == "Documents"
    done = submit_organizer(client, organizer.pk, COMPLETE)
    assert (done.item.state, done.item.submitted_by) == ("submitted", "Ada Okafor")
    assert done.action is not None
    assert stage_of(organizer) == "Preparation"
    event = Event.objects.get(kind="organizer_submitted")
    assert (event.actor_kind, event.actor_name, event.via, event.job) == (
        "contact", "Ada Okafor", "portal", job_of(organizer).pk,
    )  # fmt: skip
    assert Event.objects.get(kind="job_moved").cause == event.pk
    assert InboxEntry.objects.filter(member=owner, kind="client_activity", event=event.pk).count() == 1


def test_answers_change_tags_before_automove_is_judged(sent: Sent, client: Actor, ada: Account) -> None:  # L6
    organizer = sent()
    submit_organizer(client, organizer.pk, {**COMPLETE, "income_from_abroad": True})
    assert tags_of(ada) == {"foreign"}
    assert stage_of(organizer) == "Foreign income"
    event = Event.objects.get(kind="organizer_changed_tags")
    assert (event.actor_kind, event.on_behalf, event.data["add"]) == ("firm", "Ada Okafor", ["foreign"])
    assert event.cause == Event.objects.get(kind="organizer_submitted").pk


def test_answers_take_tags_off_as_well(sent: Sent, client: Actor, make_account: Any) -> None:  # L6
    account = make_account("Bo", tags=["foreign"], contacts=["ada@client.test"])
    organizer = sent(account)
    submit_organizer(client, organizer.pk, {**COMPLETE, "income_from_abroad": False})
    assert tags_of(account) == set()
    assert stage_of(organizer) == "Preparation"


def test_an_answer_opens_a_conditional_stage(sent: Sent, client: Actor) -> None:  # A4, A5
    organizer = sent()
    submit_organizer(client, organizer.pk, {**COMPLETE, "moved": True, "when_did_you_move": "2025-05-04"})
    assert stage_of(organizer) == "Moved"


def test_a_hidden_answer_changes_nothing(sent: Sent, client: Actor) -> None:
    organizer = sent()
    answers = {**COMPLETE, "income_from_abroad": False, "countries": ["Canada"], "how_much": "12.50"}
    submit_organizer(client, organizer.pk, answers)
    assert given(organizer)["how_much"] == "12.50"
    assert stage_of(organizer) == "Preparation"


def test_required_gaps_are_named_and_nothing_is_kept(sent: Sent, client: Actor) -> None:
    organizer = sent()
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        submit_organizer(client, organizer.pk, {"moved": True})
    assert refused.value.problems == [
        "“What is your job?” needs an answer.",
        "“When did you move?” needs an answer.",
    ]
    assert refused.value.extra["missing"] == ["what_is_your_job", "when_did_you_move"]
    organizer.refresh_from_db()
    assert (organizer.state, given(organizer), Event.objects.count()) == ("sent", {}, events)


def test_submitting_again_changes_nothing(sent: Sent, client: Actor) -> None:  # M12
    organizer = sent()
    submit_organizer(client, organizer.pk, COMPLETE)
    events = Event.objects.count()
    again = submit_organizer(client, organizer.pk, COMPLETE)
    assert (again.action, Event.objects.count()) == (None, events)
    with pytest.raises(Refused):
        submit_organizer(client, organizer.pk, {"moved": True})


def test_the_firm_submits_for_the_client(sent: Sent, make_member: Any, actor_for: Any) -> None:
    organizer = sent()
    member = actor_for(make_member(rights=["view all accounts", "organizers"]))
    submit_organizer(member, organizer.pk, {**COMPLETE, "income_from_abroad": True})
    assert stage_of(organizer) == "Foreign income"  # X3: without the right to manage tags
    assert not InboxEntry.objects.filter(kind="client_activity").exists()
    answer = Answer.objects.get(organizer=organizer, question="moved")
    assert (answer.by_member_id, answer.by_contact_id, answer.via) == (member.id, None, "web")


def test_without_the_right_nobody_submits_for_the_client(
    sent: Sent, make_member: Any, actor_for: Any
) -> None:
    organizer = sent()
    member = actor_for(make_member(rights=["view all accounts"]))
    commands = (submit_organizer, unsubmit_organizer, archive_organizer, seal_organizer)
    for command in commands:
        with pytest.raises(Forbidden):
            command(member, organizer.pk)
    with pytest.raises(Forbidden):
        save_answers(member, organizer.pk, COMPLETE)


def test_another_client_finds_nothing(sent: Sent, client: Actor, make_account: Any) -> None:  # X4
    organizer = sent(make_account("Somebody else", contacts=["other@client.test"]))
    for command in (submit_organizer, preview_submitting):
        with pytest.raises(NotFound):
            command(client, organizer.pk)
    with pytest.raises(NotFound):
        save_answers(client, organizer.pk, COMPLETE)


def test_the_read_only_view_cannot_submit(sent: Sent, client: Actor) -> None:  # P5
    organizer = sent()
    with pytest.raises(Forbidden):
        submit_organizer(replace(client, read_only=True), organizer.pk, COMPLETE)


def test_unsubmitting_opens_it_again_and_moves_nothing_back(
    sent: Sent, client: Actor, owner_actor: Actor, ada: Account
) -> None:  # L8
    organizer = sent()
    submit_organizer(client, organizer.pk, {**COMPLETE, "income_from_abroad": True})
    opened = unsubmit_organizer(owner_actor, organizer.pk)
    assert (opened.state, opened.finished_at) == ("started", None)
    assert stage_of(organizer) == "Foreign income"
    assert LinkedItem.objects.get(item=organizer.pk, kind="organizer").finished_at is None
    assert tags_of(ada) == {"foreign"}
    submit_organizer(client, organizer.pk, {"income_from_abroad": False})
    assert tags_of(ada) == set()


def test_an_archived_organizer_waits_for_nobody_and_still_holds_the_job(
    sent: Sent, client: Actor, owner_actor: Actor
) -> None:
    organizer = sent()
    archive_organizer(owner_actor, organizer.pk)
    assert not Organizer.objects.visible_to(client).exists()
    assert stage_of(organizer) == "Documents"
    with pytest.raises(Refused):
        save_answers(owner_actor, organizer.pk, COMPLETE)
    job = job_of(organizer)
    done = create_task(owner_actor, job.pk, TaskSpec("Ring her up"))
    complete_task(owner_actor, done.pk)
    assert stage_of(organizer) == "Documents"
    unlink_item(owner_actor, job.pk, "organizer", organizer.pk)  # L7, L9
    job.refresh_from_db()
    assert job.stage.name == "Preparation"
    assert unsubmit_organizer(owner_actor, organizer.pk).state == "sent"


def test_what_is_sealed_stays_as_it_is(sent: Sent, client: Actor, owner_actor: Actor) -> None:
    organizer = sent()
    with pytest.raises(Refused):
        seal_organizer(owner_actor, organizer.pk)
    submit_organizer(client, organizer.pk, COMPLETE)
    sealed = seal_organizer(owner_actor, organizer.pk)
    assert seal_organizer(owner_actor, organizer.pk).sealed_at == sealed.sealed_at
    with pytest.raises(Refused):
        unsubmit_organizer(owner_actor, organizer.pk)
    with pytest.raises(Refused):
        save_answers(owner_actor, organizer.pk, {"moved": True})
    assert Event.objects.filter(kind="organizer_sealed").count() == 1


def test_a_preview_foresees_tags_and_answers_and_does_nothing(
    sent: Sent, client: Actor, ada: Account
) -> None:  # F1
    organizer = sent()
    plan = preview_submitting(client, organizer.pk, {**COMPLETE, "income_from_abroad": True}).plan
    assert plan.jobs[0].stage.name == "Foreign income"
    plan = preview_submitting(
        client, organizer.pk, {**COMPLETE, "moved": True, "when_did_you_move": "2025-01-02"}
    ).plan
    assert plan.jobs[0].stage.name == "Moved"
    organizer.refresh_from_db()
    assert (organizer.state, tags_of(ada), given(organizer)) == ("sent", set(), {})
    with pytest.raises(Refused):
        preview_submitting(client, organizer.pk, {})


def test_a_job_archived_meanwhile_stays_where_it_is(sent: Sent, client: Actor, owner_actor: Actor) -> None:
    organizer = sent()
    job = job_of(organizer)
    set_job_status(owner_actor, job.pk, SetStatus(JobStatus.ARCHIVED))
    done = submit_organizer(client, organizer.pk, COMPLETE)
    assert (done.item.state, done.action, stage_of(organizer)) == ("submitted", None, "Documents")


def test_a_tag_renamed_meanwhile_is_still_the_same(
    sent: Sent, client: Actor, owner_actor: Actor, ada: Account
) -> None:
    organizer = sent()
    edit_tag(owner_actor, tag_named("foreign").pk, {"name": "abroad"})
    submit_organizer(client, organizer.pk, {**COMPLETE, "income_from_abroad": True})
    assert tags_of(ada) == {"abroad"}
    assert stage_of(organizer) == "Foreign income"


def test_another_due_date_is_the_boards_too(sent: Sent, owner_actor: Actor) -> None:
    organizer = sent()
    set_due(owner_actor, organizer.pk, date(2026, 4, 15))
    assert LinkedItem.objects.get(item=organizer.pk, kind="organizer").due == date(2026, 4, 15)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "by April 15, 2099"), ("de", "zum 15. April 2099"), ("en", "")]
)
def test_what_is_held_tells_the_day_it_is_due_by_now(
    sent: Sent, client: Actor, owner_actor: Actor, language: str, words: str
) -> None:
    Contact.objects.filter(pk=client.id).update(language=language)
    organizer = sent()
    held = Delivery.objects.get(together=f"organizer:{organizer.pk}")
    first = held.payload["part"]["due"]
    assert first in held.payload["text"]
    set_due(owner_actor, organizer.pk, date(2099, 4, 15) if words else None)
    held.refresh_from_db()
    assert words in held.payload["text"]
    assert first not in held.payload["text"]
    assert held.payload["text"].count("\n\n") == (2 if words else 1)


def test_what_has_gone_out_is_left_as_it_was(sent: Sent, owner_actor: Actor) -> None:
    organizer = sent()
    gone = Delivery.objects.filter(together=f"organizer:{organizer.pk}")
    gone.update(state=Delivery.State.SENT)
    before = gone.get().payload
    set_due(owner_actor, organizer.pk, date(2099, 4, 15))
    assert gone.get().payload == before


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_have_one_effect(
    sent: Sent, client: Actor, request: pytest.FixtureRequest
) -> None:  # M12
    organizer = sent()
    in_another_thread = request.getfixturevalue("in_another_thread")  # works on what is there by now
    first: list[Future[Any]] = [
        in_another_thread(submit_organizer, client, organizer.pk, COMPLETE) for _each in range(2)
    ]
    actions = [each.result(60).action for each in first]
    assert sorted(action is None for action in actions) == [False, True]

    def counted() -> int:
        return Event.objects.filter(kind="organizer_submitted").count()

    assert in_another_thread(counted).result(60) == 1


def test_finishing_the_last_blocker_in_the_portal_stays_within_its_budget(
    sent: Sent, client: Actor, django_assert_max_num_queries: Any
) -> None:
    """What signing in costs comes to this in the portal, where answers are saved before."""
    organizer, other = sent(), sent()
    save_answers(client, organizer.pk, COMPLETE)
    with django_assert_max_num_queries(31):
        submit_organizer(client, organizer.pk)
    with django_assert_max_num_queries(35):
        submit_organizer(client, other.pk, {**COMPLETE, "income_from_abroad": True})


def test_undo_takes_back_the_tags_of_what_a_move_finished(
    sent: Sent, client: Actor, owner_actor: Actor, make_account: Any
) -> None:  # M3, M9
    account = make_account("Bo", tags=["foreign", "vip"], contacts=["ada@client.test"])
    organizer = sent(account)
    job = job_of(organizer)
    link = LinkedItem.objects.get(job=job, kind="organizer")
    save_answers(client, organizer.pk, {**COMPLETE, "income_from_abroad": False})
    target = job.pipeline.stages.get(name="Preparation")
    action = move_job(
        owner_actor, job.pk, Move(job.pipeline_id, target.pk, unfinished={link.pk: "finish"})
    ).action
    assert tags_of(account) == {"vip"}
    assert action is not None
    assert undo(owner_actor, action) == []
    assert tags_of(account) == {"foreign", "vip"}
    submit_organizer(client, organizer.pk)
    assert tags_of(account) == {"vip"}


def test_a_move_may_finish_it_on_the_clients_behalf_and_undo_opens_it_again(
    sent: Sent, client: Actor, owner_actor: Actor
) -> None:  # M3, M9
    organizer = sent()
    job = job_of(organizer)
    link = LinkedItem.objects.get(job=job, kind="organizer")
    target = job.pipeline.stages.get(name="Preparation")
    move = Move(job.pipeline_id, target.pk, unfinished={link.pk: "finish"})
    with pytest.raises(Refused):
        move_job(owner_actor, job.pk, move)
    save_answers(client, organizer.pk, COMPLETE)
    action = move_job(owner_actor, job.pk, move).action
    organizer.refresh_from_db()
    assert (organizer.state, organizer.submitted_by) == ("submitted", "Olga Owner")
    assert action is not None
    assert undo(owner_actor, action) == []
    organizer.refresh_from_db()
    assert (organizer.state, stage_of(organizer)) == ("started", "Documents")
