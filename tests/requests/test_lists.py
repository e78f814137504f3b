"""The list itself: sent by hand, things added and withdrawn, put away and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.clients.models import Account
from clearstage.events.models import Event
from clearstage.jobs.items import waiting_for_clients
from clearstage.jobs.models import Automation, Job, LinkedItem
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused
from clearstage.messaging.models import Reminder
from clearstage.outbox.models import Delivery
from clearstage.requests.models import ClientRequest
from clearstage.requests.operations.answering import submit_entry
from clearstage.requests.operations.judging import accept_all
from clearstage.requests.operations.listing import (
    add_entry,
    archive_request,
    restore_request,
    withdraw_entry,
)
from clearstage.requests.operations.making import send_request
from clearstage.requests.spec import EntrySpec
from clearstage.requests.templates import RequestSettings

from .looking import SAID, answered, everything, stage, waits

if TYPE_CHECKING:
    from clearstage.files.models import File

pytestmark = pytest.mark.django_db
LIST = RequestSettings.model_validate(
    {"title": "By hand", "entries": [{"title": "Passport", "critical": True}]}
)


def test_a_request_made_by_hand_holds_its_job(
    job: Job, owner_actor: Actor, client: Actor, assistant: Callable[..., Actor]
) -> None:  # L2
    with pytest.raises(Forbidden):
        send_request(assistant(), job.pk, LIST)
    number = send_request(owner_actor, job.pk, LIST)
    assert Event.objects.filter(kind="request_sent", job=job.pk).count() == 1
    for request in ClientRequest.objects.exclude(pk=number):
        answered(client, request)
        accept_all(owner_actor, request.pk)
    assert stage(job) == "Documents"
    submit_entry(client, number, 1, SAID)
    accept_all(owner_actor, number)
    assert stage(job) == "Preparation"


def test_by_hand_texts_are_filled_too_and_what_cannot_be_sent_is_refused(
    job: Job, owner_actor: Actor, ada: Account
) -> None:  # T4, A11
    settings = RequestSettings.model_validate(
        {"title": "[JOB_NAME]: papers", "entries": ["Letter of [ACCOUNT_NAME]"]}
    )
    request = ClientRequest.objects.get(pk=send_request(owner_actor, job.pk, settings))
    assert request.title == "Papers: papers"
    assert request.entries.get().title == "Letter of Ada Okafor"
    before = everything()
    with pytest.raises(Refused, match="no template “Gone”"):
        send_request(owner_actor, job.pk, RequestSettings(template="Gone"))
    ada.contact_links.all().delete()
    with pytest.raises(Refused, match="no contact who could be asked"):
        send_request(owner_actor, job.pk, LIST)
    assert everything() == before


def test_one_thing_more_is_asked_for_and_told(
    request_: ClientRequest, owner_actor: Actor, ada: Account
) -> None:
    due = clock.today("UTC") + timedelta(days=2)
    entry = add_entry(owner_actor, request_.pk, EntrySpec("Passport", "Both sides", "upload", due=due))
    assert (entry.n, entry.state) == (4, "requested")
    mail = Delivery.objects.get(key__startswith=f"entry_added:{request_.pk}:4:")
    assert mail.payload["subject"] == "One more thing is needed: Passport"
    assert waits(ada)[0].startswith("Upload 4 papers: W-2, 1099-INT, Mortgage statement and 1 more")


def test_what_is_withdrawn_is_not_waited_for(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    entry = add_entry(owner_actor, request_.pk, EntrySpec("Passport"))
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    assert stage(job) == "Documents"
    assert withdraw_entry(owner_actor, request_.pk, entry.n).action is not None
    assert stage(job) == "Preparation"
    assert Delivery.objects.get(key__startswith="entry_added:").state == "undone"
    assert not request_.entries.filter(n=4).exists()


def test_a_number_is_never_given_twice(request_: ClientRequest, owner_actor: Actor) -> None:
    withdraw_entry(owner_actor, request_.pk, add_entry(owner_actor, request_.pk, EntrySpec("One")).n)
    assert add_entry(owner_actor, request_.pk, EntrySpec("Two")).n == 5


def test_what_was_answered_and_the_last_required_thing_stay(
    request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    submit_entry(client, request_.pk, 1, SAID)
    with pytest.raises(Refused, match="has been answered"):
        withdraw_entry(owner_actor, request_.pk, 1)
    number = send_request(owner_actor, LinkedItem.objects.get().job_id, LIST)
    with pytest.raises(Refused, match="last thing that is required"):
        withdraw_entry(owner_actor, number, 1)


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        (EntrySpec(""), "title"),
        (EntrySpec("x" * 301), "title"),
        (EntrySpec("two\nlines"), "title"),
        (EntrySpec("nul\x00"), "title"),
        (EntrySpec("x", "y" * 2_001), "help"),
        (EntrySpec("x", kind="video"), "kind"),
        (EntrySpec("x", required=False, critical=True), "critical"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    request_: ClientRequest, owner_actor: Actor, spec: EntrySpec, where: str
) -> None:
    before = everything()
    with pytest.raises(Invalid) as refused:
        add_entry(owner_actor, request_.pk, spec)
    assert [place for place, _why in refused.value.errors] == [where]
    assert everything() == before


def test_a_list_has_an_end(request_: ClientRequest, owner_actor: Actor) -> None:
    for n in range(197):
        request_.entries.create(n=4 + n, title=f"Paper {n}")
    with pytest.raises(Refused, match="at most 200"):
        add_entry(owner_actor, request_.pk, EntrySpec("One too many"))


def test_changing_the_list_takes_the_right(
    request_: ClientRequest, client: Actor, assistant: Callable[..., Actor]
) -> None:  # X1
    before = everything()
    for actor in (client, assistant()):
        for act in (
            lambda actor=actor: add_entry(actor, request_.pk, EntrySpec("x")),
            lambda actor=actor: withdraw_entry(actor, request_.pk, 1),
            lambda actor=actor: archive_request(actor, request_.pk),
            lambda actor=actor: restore_request(actor, request_.pk),
        ):
            with pytest.raises(Forbidden):
                act()
    assert everything() == before


def test_archiving_finishes_nothing_and_holds_nothing(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, ada: Account
) -> None:  # L5
    archive_request(owner_actor, request_.pk)
    assert (stage(job), waiting_for_clients([ada.pk])) == ("Documents", [])
    assert Reminder.objects.get().stopped_at is not None
    assert Delivery.objects.get(key__startswith="asked:").state == "undone"
    with pytest.raises(NotFound):
        submit_entry(client, request_.pk, 1, SAID)
    with pytest.raises(Refused, match="is archived"):
        submit_entry(owner_actor, request_.pk, 1, SAID)
    before = everything()
    archive_request(owner_actor, request_.pk)
    assert everything() == before


def test_a_job_that_has_finished_something_goes_on_when_the_rest_is_archived(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:  # L7
    number = send_request(owner_actor, job.pk, LIST)
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    assert stage(job) == "Documents"
    assert archive_request(owner_actor, number).action is not None
    assert stage(job) == "Preparation"


def test_what_comes_out_of_the_archive_is_waited_for_again(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor, ada: Account
) -> None:
    archive_request(owner_actor, request_.pk)
    restore_request(owner_actor, request_.pk)
    assert len(waiting_for_clients([ada.pk])) == 1
    assert Reminder.objects.get().stopped_at is None
    answered(client, request_)
    accept_all(owner_actor, request_.pk)
    assert stage(job) == "Preparation"
    archive_request(owner_actor, request_.pk)
    restore_request(owner_actor, request_.pk)
    assert ClientRequest.objects.get().state == "finished"


def test_undo_takes_an_untouched_request_away_and_keeps_one_that_was_answered(
    job: Job,
    request_: ClientRequest,
    client: Actor,
    owner_actor: Actor,
    papers: Any,
    sent: Callable[..., File],
) -> None:  # M9
    from clearstage.engine.planner import Move
    from clearstage.jobs.operations.moving import move_job
    from clearstage.jobs.operations.undo import undo

    def back_and_forth() -> tuple[int, ClientRequest]:
        move_job(owner_actor, job.pk, Move(papers.pk, papers.stages.get(name="Finished").pk))
        action = move_job(owner_actor, job.pk, Move(papers.pk, papers.stages.get(name="Documents").pk)).action
        newest = ClientRequest.objects.order_by("-pk").first()
        assert action is not None
        assert newest is not None
        return action, newest

    action, newest = back_and_forth()
    assert undo(owner_actor, action) == []
    assert not ClientRequest.objects.filter(pk=newest.pk).exists()
    action, newest = back_and_forth()
    submit_entry(client, newest.pk, 1, SAID)
    [told] = undo(owner_actor, action)
    assert str(told) == "“Papers for Ada Okafor” has been worked on since and was kept."


def test_undoing_an_automove_opens_the_request_as_it_was_before_the_last_acceptance(
    job: Job, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    from clearstage.jobs.operations.undo import undo
    from clearstage.requests.operations.judging import accept_entry

    answered(client, request_)
    accept_entry(owner_actor, request_.pk, 1)
    action = accept_entry(owner_actor, request_.pk, 2).action
    assert action is not None
    assert undo(owner_actor, action) == []
    states = list(request_.entries.order_by("n").values_list("state", flat=True))
    assert states == ["accepted", "submitted", "requested"]
    assert (ClientRequest.objects.get().state, stage(job)) == ("open", "Documents")
    accept_entry(owner_actor, request_.pk, 2)
    assert stage(job) == "Preparation"


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("{title: T, entries: [A], reminders: {then_status: Stuck}}", []),
        ("{title: T, entries: [A], reminders: {then_status: Gone}}", ["unknown-status"]),
        ("{title: T, entries: [{title: A, help: 'See [NOWHERE]'}]}", ["unknown-shortcode"]),
        ("{template: Standard}", ["unknown-status"]),
        ("{template: Missing}", ["unknown-template"]),
    ],
)
def test_check_looks_into_the_list_and_its_reminders(
    save: Any, settings: str, found: list[str], owner_actor: Actor
) -> None:  # F4
    from clearstage.jobs.operations.templates import create_template

    body = {"title": "Papers", "entries": ["A"], "reminders": {"then_status": "Elsewhere"}}
    create_template(owner_actor, "request", "Standard", body)
    saved = save(
        f"pipeline: P\nstages:\n  - stage: A\n    automove: true\n    on_entry: [{{request: {settings}}}]\n"
        "  - stage: B\nstatuses:\n  - status: Stuck\n    on_entry: [{task: {title: Call}}]\n"
    )
    assert [each.code for each in saved.findings] == found


def test_a_template_is_followed_by_name(save: Any, owner_actor: Actor) -> None:
    from clearstage.jobs.operations.templates import create_template, delete_template, edit_template

    template = create_template(owner_actor, "request", "Standard", {"title": "T", "entries": ["A"]})
    pipeline = save(
        "pipeline: P\nstages:\n  - stage: A\n    on_entry: [{request: {template: Standard}}]\n  - stage: B\n"
    ).pipeline_id
    edit_template(owner_actor, template.pk, name="Yearly")
    automation = Automation.objects.get(stage__pipeline=pipeline)
    assert automation.settings == {"template": "Yearly"}
    with pytest.raises(Refused):
        delete_template(owner_actor, template.pk)
