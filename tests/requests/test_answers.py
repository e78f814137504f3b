"""From the request to the accepted answer: what client and firm do, what is recorded, told and moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.files.operations.changing import bin_file
from clearstage.jobs.models import Job, LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, NotFound, Refused
from clearstage.messaging.models import InboxEntry, Reminder
from clearstage.messaging.operations.reminding import remind_one
from clearstage.outbox.models import Delivery
from clearstage.outbox.operations import deliver_due
from clearstage.requests.models import ClientRequest
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.judging import accept_all, accept_entry, return_entry

from .conftest import add_job
from .looking import SAID, answered, everything, stage, states, waits

pytestmark = pytest.mark.django_db


def test_it_is_sent_with_its_texts_filled_and_its_days_counted(request_: ClientRequest) -> None:  # T4
    entries = list(request_.entries.order_by("n"))
    assert request_.title == "Papers for Ada Okafor"
    assert [entry.title for entry in entries] == ["W-2", "1099-INT", "Mortgage statement"]
    assert entries[1].due == clock.today("UTC") + timedelta(days=5)
    assert request_.due == clock.today("UTC") + timedelta(days=10)
    mail = Delivery.objects.get(key__startswith=f"asked:request:{request_.pk}:")
    assert "please send us what is on the list" in mail.payload["subject"]


def test_each_paper_goes_its_way_and_the_last_one_moves_the_job(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, ada: Account
) -> None:  # L4, P3
    assert waits(ada) == ["Upload 3 papers: W-2, 1099-INT, Mortgage statement / None"]
    answered(client, request_)
    assert states(request_) == "submitted submitted requested"
    assert waits(ada) == ["Upload “Mortgage statement” / 2 of 3 done"]
    assert stage(job) == "Documents"
    accept_entry(owner_actor, request_.pk, 1)
    assert accept_entry(owner_actor, request_.pk, 2).action is not None
    assert states(request_) == "accepted accepted requested"
    assert ClientRequest.objects.get().state == "finished"
    assert stage(job) == "Preparation"
    assert waits(ada) == []


def test_what_is_returned_comes_back_to_to_do_and_the_client_is_told_why(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, ada: Account
) -> None:
    answered(client, request_)
    return_entry(owner_actor, request_.pk, 1, "Page 2 is missing")
    assert waits(ada) == ["Upload 2 papers: W-2, Mortgage statement / 1 of 3 done, 1 came back"]
    [mail] = Delivery.objects.filter(key__startswith="entry_returned:")
    assert mail.key == f"entry_returned:{request_.pk}:1:1:{client.id}"
    assert mail.payload["subject"] == "One thing came back: W-2"
    assert "“W-2” came back: Page 2 is missing" in mail.payload["text"]
    assert mail.not_before > clock.now()  # held back for undo (M9)
    submit_entry(client, request_.pk, 1, EntryAnswer(text="Both pages"))
    entry = request_.entries.get(n=1)
    assert (entry.state, entry.text, entry.submissions) == ("submitted", "Both pages", 2)
    accept_all(owner_actor, request_.pk)
    assert stage(job) == "Preparation"


def test_a_return_that_is_taken_back_in_time_is_not_mailed(
    request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    answered(client, request_)
    return_entry(owner_actor, request_.pk, 1, "Page 2 is missing")
    accept_entry(owner_actor, request_.pk, 1)
    assert Delivery.objects.get(key__startswith="entry_returned:").state == "undone"
    return_entry(owner_actor, request_.pk, 1, "It is missing after all")
    assert Delivery.objects.filter(key__startswith="entry_returned:", state="pending").count() == 1


def test_returning_what_was_accepted_opens_it_and_moves_nothing_back(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:  # L8
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    return_entry(owner_actor, request_.pk, 2, "That is last year's")
    assert (ClientRequest.objects.get().state, stage(job)) == ("open", "Preparation")
    link = LinkedItem.objects.get(kind="request")
    assert link.finished_at is None


def test_reminders_stop_when_all_is_in_and_begin_anew_when_something_comes_back(
    request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    with clock.at(datetime(2030, 1, 8, 12, tzinfo=UTC)):
        for n in (1, 2, 3):
            submit_entry(client, request_.pk, n, SAID)
        assert remind_one() is True
        assert Reminder.objects.get().stopped_at is not None
        assert not Delivery.objects.filter(key__startswith="reminder:").exists()
        return_entry(owner_actor, request_.pk, 1, "Too dark")
        reminder = Reminder.objects.get()
        assert reminder.stopped_at is None
        assert reminder.next_at == clock.now() + timedelta(days=3)
    with clock.at(datetime(2030, 1, 11, 13, tzinfo=UTC)):
        assert remind_one() is True
        mail = Delivery.objects.get(key__startswith="reminder:")
        assert "Upload “W-2”" in mail.payload["text"]
        assert "2 of 3 done, 1 came back" in mail.payload["text"]


def test_the_firm_hears_what_the_client_did_and_the_history_keeps_no_answers(
    request_: ClientRequest, client: Actor, owner: Any
) -> None:  # P3, X6
    submit_entry(client, request_.pk, 1, EntryAnswer(text="a secret number"))
    submit_entry(client, request_.pk, 2, EntryAnswer(not_applicable="no bank"))
    assert str(InboxEntry.objects.get(member=owner).said) == (
        "Ada Okafor says that “1099-INT” does not apply (“Papers for Ada Okafor”), and 1 more"
    )
    submit_entry(client, request_.pk, 1, EntryAnswer(text="another secret number"))
    [told] = InboxEntry.objects.filter(member=owner, kind="client_activity")
    assert str(told.said) == "Ada Okafor sent “W-2” again (“Papers for Ada Okafor”), and 2 more"
    events = Event.objects.filter(kind="request_entry_submitted")
    assert {(event.actor_kind, event.via) for event in events} == {("contact", "portal")}
    assert "secret" not in "".join(str(event.data) for event in events)


def test_does_not_apply_takes_the_firms_acceptance(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    for n in (1, 2):
        submit_entry(client, request_.pk, n, EntryAnswer(not_applicable="I have none"))
    assert stage(job) == "Documents"
    accept_all(owner_actor, request_.pk)
    assert stage(job) == "Preparation"


def test_without_review_sending_is_enough(
    make_pipeline: Any, ada: Account, client: Actor, owner_actor: Actor
) -> None:
    pipeline = make_pipeline(
        "pipeline: Quick\nstages:\n  - stage: Ask\n    automove: true\n    on_entry:\n"
        "      - request: {title: Quick, review: false, entries: [One, {title: Two, required: false}]}\n"
        "  - stage: End\n"
    )
    job = add_job(owner_actor, ada, pipeline)
    request = ClientRequest.objects.get()
    assert submit_entry(client, request.pk, 1, SAID).action is not None
    assert stage(job) == "End"
    return_entry(owner_actor, request.pk, 1, "Not readable")
    assert ClientRequest.objects.get().state == "open"


def test_critical_ones_and_a_share_of_the_rest_finish_it(
    make_pipeline: Any, ada: Account, client: Actor, owner_actor: Actor
) -> None:
    pipeline = make_pipeline(
        "pipeline: Most\nstages:\n  - stage: Ask\n    automove: true\n    on_entry:\n"
        "      - request: {title: Most, finish: {rest_percent: 50},"
        " entries: [{title: Must, critical: true}, One, Two]}\n  - stage: End\n"
    )
    job = add_job(owner_actor, ada, pipeline)
    request = ClientRequest.objects.get()
    for n in (1, 2):
        submit_entry(client, request.pk, n, SAID)
    accept_entry(owner_actor, request.pk, 2)
    assert stage(job) == "Ask"
    accept_entry(owner_actor, request.pk, 1)
    assert (stage(job), waits(ada)) == ("End", [])
    # What was not needed may still come, and what comes back of it is told without holding anything.
    submit_entry(client, request.pk, 3, SAID)
    return_entry(owner_actor, request.pk, 3, "Wrong year")
    assert ClientRequest.objects.get().state == "finished"
    assert waits(ada) == ["Upload “Two” / 2 of 3 done, 1 came back"]


def test_the_same_act_twice_is_one(request_: ClientRequest, client: Actor, owner_actor: Actor) -> None:  # M12
    for act in (
        lambda: submit_entry(client, request_.pk, 1, SAID),
        lambda: return_entry(owner_actor, request_.pk, 1, "Too dark"),
        lambda: accept_entry(owner_actor, request_.pk, 1),
        lambda: accept_all(owner_actor, request_.pk),
    ):
        act()
        before = everything()
        act()
        assert everything() == before


def test_what_was_accepted_is_not_replaced(
    request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    answered(client, request_)
    accept_entry(owner_actor, request_.pk, 1)
    before = everything()
    with pytest.raises(Refused, match="accepted already"):
        submit_entry(client, request_.pk, 1, EntryAnswer(text="Something else"))
    assert everything() == before


def test_nobody_judges_what_he_has_not_seen(
    request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:  # M13
    submit_entry(client, request_.pk, 1, SAID)
    submit_entry(client, request_.pk, 1, EntryAnswer(text="Something else"))
    before = everything()
    with pytest.raises(Refused, match="in the meantime"):
        accept_entry(owner_actor, request_.pk, 1, seen=1)
    with pytest.raises(Refused, match="in the meantime"):
        return_entry(owner_actor, request_.pk, 1, "Why", seen=1)
    assert everything() == before
    accept_entry(owner_actor, request_.pk, 1, seen=2)


def test_what_has_not_been_sent_is_neither_accepted_nor_returned(
    request_: ClientRequest, owner_actor: Actor
) -> None:
    before = everything()
    for act in (accept_entry, lambda *given: return_entry(*given, "Why")):
        with pytest.raises(Refused, match="Nothing has been sent"):
            act(owner_actor, request_.pk, 1)
    assert everything() == before


# Files


def test_files_belong_to_the_answer_and_stay_while_it_counts(
    request_: ClientRequest, client: Actor, owner_actor: Actor, sent: Callable[..., Any]
) -> None:
    first, second, third = sent(), sent("W-2b.txt"), sent("W-2c.txt")
    submit_entry(client, request_.pk, 1, EntryAnswer(files=(first.pk, second.pk)))
    with pytest.raises(Forbidden, match="was sent for “W-2” and stays with it"):
        bin_file(client, first.pk)
    with pytest.raises(Forbidden):
        bin_file(owner_actor, first.pk)
    submit_entry(client, request_.pk, 1, EntryAnswer(files=(second.pk, third.pk)))
    assert set(request_.entries.get(n=1).files.values_list("pk", flat=True)) == {second.pk, third.pk}
    bin_file(client, first.pk)
    return_entry(owner_actor, request_.pk, 1, "Two are enough")
    bin_file(client, third.pk)


def test_files_that_are_not_open_to_the_actor_do_not_exist(
    request_: ClientRequest, client: Actor, stranger: Actor, sent: Callable[..., Any], owner_actor: Actor
) -> None:  # X4
    from clearstage.files.operations.storing import store_file

    theirs = store_file(stranger, Account.objects.get(name="Bo Ek").pk, "theirs.txt", [b"x"])
    hidden = store_file(owner_actor, request_.account_id, "hidden.txt", [b"x"])
    binned = sent("old.txt")
    bin_file(client, binned.pk)
    before = everything()
    for file in (theirs.pk, hidden.pk, binned.pk, 999_999):
        with pytest.raises(NotFound):
            submit_entry(client, request_.pk, 1, EntryAnswer(files=(file,)))
    assert everything() == before
    submit_entry(owner_actor, request_.pk, 1, EntryAnswer(files=(hidden.pk,)))


def test_several_papers_that_come_back_are_one_mail_with_their_reasons(
    request_: ClientRequest, client: Actor, owner_actor: Actor, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND = "clearstage.outbox.mail_folder.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    at = datetime(2030, 1, 8, 12, tzinfo=UTC)
    Delivery.objects.all().delete()  # of the request itself, long out
    with clock.at(at):
        for n in (1, 2, 3):
            submit_entry(client, request_.pk, n, SAID)
    for n in (1, 2, 3):
        with clock.at(at + timedelta(seconds=30 * n)):
            return_entry(owner_actor, request_.pk, n, f"Page {n} is missing")
    with clock.at(at + timedelta(seconds=100)):
        accept_entry(owner_actor, request_.pk, 3)
    with clock.at(at + timedelta(minutes=4)):
        deliver_due()
    [mail] = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in tmp_path.glob("*.eml")]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "2 things are new: Papers for Ada Okafor"
    assert "“W-2” came back: Page 1 is missing" in text
    assert "“1099-INT” came back: Page 2 is missing" in text
    assert "Page 3" not in text
