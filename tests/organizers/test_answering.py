"""Saving answers: question by question, from several devices, with whatever somebody may send."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.files.operations.changing import bin_file
from clearstage.files.operations.storing import store_file
from clearstage.jobs.operations.templates import create_template, edit_template
from clearstage.kernel.actor import Actor, the_firm
from clearstage.kernel.errors import Forbidden, Invalid, Stale
from clearstage.kernel.ids import public_id
from clearstage.organizers.models import Answer, Organizer
from clearstage.organizers.operations.answering import mark_of, save_answers
from clearstage.organizers.operations.making import send_organizer
from clearstage.organizers.operations.submitting import submit_organizer

from .conftest import BODY, COMPLETE, Sent, given, job_of

pytestmark = pytest.mark.django_db


def test_answers_are_saved_one_by_one(sent: Sent, client: Actor) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {"what_is_your_job": " Baker "})
    save_answers(client, organizer.pk, {"moved": "no"})
    assert given(organizer) == {"what_is_your_job": "Baker", "moved": False}
    organizer.refresh_from_db()
    assert organizer.state == "started"
    answer = Answer.objects.get(question="moved")
    assert (answer.by_contact_id, answer.by_name, answer.via) == (client.id, "Ada Okafor", "portal")
    assert Event.objects.filter(kind="organizer_started").count() == 1


def test_an_empty_answer_takes_it_back(sent: Sent, client: Actor) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {"what_is_your_job": "Baker"})
    save_answers(client, organizer.pk, {"what_is_your_job": ""})
    assert given(organizer) == {"what_is_your_job": None}


def test_events_tell_which_questions_and_never_what_was_answered(sent: Sent, client: Actor) -> None:
    organizer = sent()
    submit_organizer(client, organizer.pk, {**COMPLETE, "what_is_your_job": "Pearl diver"})
    told = [str(data) for data in Event.objects.values_list("data", flat=True)]
    assert not any("Pearl diver" in each for each in told)
    assert Event.objects.get(kind="organizer_answered").data["questions"] == ["what_is_your_job", "moved"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("what_is_your_job", 7),
        ("what_is_your_job", "a\x00b"),
        ("what_is_your_job", "\ud800"),
        ("what_is_your_job", "two\nlines"),
        ("what_is_your_job", "x" * 501),
        ("moved", "perhaps"),
        ("moved", 1),
        ("when_did_you_move", "2026-02-30"),
        ("when_did_you_move", "20260201"),
        ("when_did_you_move", "0001-01-01"),
        ("countries", "Canada"),
        ("countries", ["Atlantis"]),
        ("countries", [["Canada"]]),
        ("how_much", 2**70),
        ("how_much", float("nan")),
        ("how_much", float("inf")),
        ("how_much", "1e5"),
        ("how_much", "12.345"),
        ("how_much", True),
        ("how_much", {"amount": "1"}),
        ("nonsense", "x"),
        ("\x00", "x"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(sent: Sent, client: Actor, key: str, value: Any) -> None:
    organizer = sent()
    with pytest.raises(Invalid) as invalid:
        save_answers(client, organizer.pk, {"moved": True, key: value})
    [(where, message)] = invalid.value.errors
    assert where == f"answers.{key if key != chr(0) else '?'}"
    assert message
    assert given(organizer) == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1250", "1250"), (1250, "1250"), (1250.5, "1250.5"), ("$1,250.50", "1250.50"), ("-0.00", "0.00"),
        ("1 250", "1250"), ("0007", "7"), (0.1, "0.1"), ("+3", "3"),
    ],
)  # fmt: skip
def test_amounts_are_kept_exactly(sent: Sent, client: Actor, typed: Any, kept: str) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {"how_much": typed})
    assert given(organizer) == {"how_much": kept}


def test_markup_is_text(sent: Sent, client: Actor) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {"what_is_your_job": "<script>alert(1)</script>"})
    assert given(organizer)["what_is_your_job"] == "<script>alert(1)</script>"


def test_an_old_form_does_not_undo_what_another_device_did(sent: Sent, client: Actor) -> None:  # M13
    organizer = sent()
    save_answers(client, organizer.pk, {"what_is_your_job": "Baker", "moved": False})
    seen = {"what_is_your_job": mark_of("Baker"), "moved": mark_of(False)}
    save_answers(client, organizer.pk, {"what_is_your_job": "Cook"})  # on the phone
    saved = save_answers(client, organizer.pk, {"what_is_your_job": "Baker", "moved": True}, seen=seen)
    assert saved.keys == ["moved"]
    assert given(organizer) == {"what_is_your_job": "Cook", "moved": True}


def test_who_answers_last_counts_for_what_he_touched(sent: Sent, client: Actor) -> None:
    organizer = sent()
    seen = {"what_is_your_job": mark_of(None)}
    save_answers(client, organizer.pk, {"what_is_your_job": "Cook"})
    save_answers(client, organizer.pk, {"what_is_your_job": "Baker"}, seen=seen)
    assert given(organizer) == {"what_is_your_job": "Baker"}


def test_another_version_is_stale(sent: Sent, client: Actor) -> None:
    organizer = sent()
    save_answers(client, organizer.pk, {"moved": True}, version=1)
    with pytest.raises(Stale):
        save_answers(client, organizer.pk, {"moved": False}, version=1)
    assert given(organizer) == {"moved": True}


def test_the_next_one_is_filled_with_what_was_answered_last_time(
    sent: Sent, client: Actor, owner_actor: Actor, template: Any
) -> None:
    first = sent()
    submit_organizer(
        client, first.pk, {**COMPLETE, "income_from_abroad": True, "countries": ["Canada", "Mexico"]}
    )
    edit_template(owner_actor, template.pk, name="1040 questionnaire")
    body = {**BODY, "sections": [*BODY["sections"][:1], {"questions": [
        {"text": "Income from abroad?", "type": "short_text"},
        {"text": "Countries", "type": "several_of", "options": ["Canada", "Peru"]},
    ]}]}  # fmt: skip
    edit_template(owner_actor, template.pk, body=body)
    number = send_organizer(owner_actor, job_of(first).pk, "1040 questionnaire")
    second = Organizer.objects.get(pk=number)
    assert given(second) == {"what_is_your_job": "Baker", "moved": False}
    assert set(second.answers.values_list("prefilled", flat=True)) == {True}
    assert second.state == "sent"
    seen = {"moved": mark_of(False), "what_is_your_job": mark_of("Baker")}
    save_answers(client, second.pk, {"moved": False}, seen=seen)
    assert dict(second.answers.values_list("question", "prefilled")) == {
        "what_is_your_job": True,
        "moved": False,
    }
    submit_organizer(client, second.pk)
    assert set(second.answers.values_list("prefilled", flat=True)) == {False}


def test_texts_are_filled_once_when_it_is_sent(sent: Sent) -> None:  # T4
    organizer = sent()
    content = organizer.read()
    assert "[" not in organizer.title + content.intro + content.questions[1].text
    assert content.intro.startswith("Dear Ada, ")


def test_only_files_of_the_account_are_taken(
    owner_actor: Actor, ada: Account, make_account: Any, sent: Sent, client: Actor
) -> None:  # X4
    body = {"questions": [{"text": "Your W-2", "key": "w2", "type": "file", "required": True}]}
    create_template(owner_actor, "organizer", "Papers", body)
    number = send_organizer(owner_actor, job_of(sent()).pk, "Papers")
    mine = store_file(the_firm(), ada.pk, "w2.txt", [b"mine"], shared=True)
    hidden = store_file(the_firm(), ada.pk, "secret.txt", [b"hidden"])
    foreign = store_file(the_firm(), make_account("Bo").pk, "w2.txt", [b"not mine"], shared=True)
    for file in (hidden, foreign):
        with pytest.raises(Invalid):
            save_answers(client, number, {"w2": [public_id("file", file.pk)]})
    save_answers(client, number, {"w2": [public_id("file", mine.pk)]})
    with pytest.raises(Forbidden):
        bin_file(owner_actor, mine.pk)
    assert submit_organizer(client, number).item.state == "submitted"
