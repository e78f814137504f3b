"""What every automation kind promises, asked of each kind there is; a kind without an example fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from clearstage.chats.models import Chat
from clearstage.clients.models import Account, AccountAccess
from clearstage.engine.planner import Move
from clearstage.events.models import Event
from clearstage.jobs.gather import gather
from clearstage.jobs.kinds import all_kinds, bind
from clearstage.jobs.models import Job, Template
from clearstage.jobs.operations.command import preview
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.templates import create_template
from clearstage.jobs.operations.undo import undo
from clearstage.kernel import clock
from clearstage.messaging.models import InboxEntry, Reminder
from clearstage.organizers.models import Organizer
from clearstage.outbox.models import Delivery
from clearstage.requests.models import ClientRequest
from clearstage.work.models import Task

pytestmark = pytest.mark.django_db

# kind -> (settings, the beginning of what it says, settings it must refuse)
EXAMPLES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "access": ({"add": ["olivia@example.test"]}, "Changes who may see the account", {}),
    "assignees": (
        {"replace": ["role:preparer"]},
        "Changes who is assigned",
        {"replace": [], "add": ["role:x"]},
    ),
    "client_status": (
        {"show": "In progress", "description": "We work."},
        "Tells the client “In progress”: We",
        {"hide": False},
    ),
    "create_job": ({"pipeline": "Other", "stage": "Start"}, "Creates a job in “Other”", {}),
    "email": (
        {"subject": "Hello", "text": "Dear [CONTACT_NAME]"},
        "E-mails “Hello” to Ada",
        {"subject": "No text"},
    ),
    "message": (
        {"subject": "Your return", "text": "Dear [ACCOUNT_NAME]", "tasks": ["Read it", "Write back"]},
        "Writes “Your return” to Ada, with 2 things to do",
        {"subject": "No text"},
    ),
    "organizer": (
        {"template": "Questions", "due": "10 days", "reminders": {"first": 2}},
        "Sends the questionnaire “Questions for Ada Okafor” to Ada Okafor, due in 10 days",
        {"template": "Questions", "due": "soon"},
    ),
    "notify": ({"to": ["role:preparer"], "text": "Look at [JOB_NAME]"}, "Notifies", {"to": [], "text": "x"}),
    "request": (
        {
            "title": "Papers",
            "due": "10 days",
            "entries": [{"title": "W-2", "critical": True}, {"title": "1099-INT"}],
            "reminders": {"then_status": "Exception"},
        },
        "Asks Ada Okafor for 2 papers: W-2, 1099-INT, due in 10 days",
        {"template": "Papers", "entries": [{"title": "W-2"}]},
    ),
    "tags": (
        {"add": ["returning"]},
        "Changes the account's tags: adds returning",
        {"add": ["a"], "remove": ["A"]},
    ),
    "task": (
        {"title": "Prepare", "due": "5 business days"},
        "Creates the task “Prepare”, due in 5",
        {"due": "someday"},
    ),
    "update_job": (
        {"priority": "high", "due": "5 days"},
        "Sets the job's priority to high, due date to 5 days after arrival",
        {},
    ),
}


@pytest.fixture(params=sorted(all_kinds()))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def example(kind: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    assert kind in EXAMPLES, f"the kind “{kind}” has no example in this test"
    return EXAMPLES[kind]


@pytest.fixture
def scene(
    kind: str, example: Any, make_pipeline: Any, make_account: Any, owner: Any, owner_actor: Any
) -> tuple[Job, Move]:
    """A job in a pipeline whose second stage does nothing but the one kind."""
    import json

    questions = {"title": "Questions for [ACCOUNT_NAME]", "questions": [{"text": "Well?", "type": "yes_no"}]}
    create_template(owner_actor, "organizer", "Questions", questions)
    make_pipeline("pipeline: Other\nstages:\n  - stage: Start\n  - stage: End\n")
    account = make_account(
        contacts=[{"email": "ada@client.test", "name": "Ada"}], roles={"preparer": [owner]}
    )
    text = f"""
pipeline: One kind
client_statuses: [{{name: In progress, turn: firm, description: At work.}}]
stages:
  - stage: Start
  - stage: Middle
    on_entry: [{{{kind}: {json.dumps(example[0]).replace("olivia@example.test", owner.email)}}}]
  - stage: End
"""
    pipeline = make_pipeline(text)
    from clearstage.jobs.operations.adding import NewJobs, add_jobs

    job = Job.objects.get(pk=add_jobs(owner_actor, NewJobs([account.pk], pipeline.pk)).plan.going[0].id)
    return job, Move(pipeline.pk, pipeline.stages.get(name="Middle").pk)


def test_settings_survive_the_round_trip(kind: str, example: Any) -> None:
    settings = all_kinds()[kind].settings_type.model_validate(example[0])
    assert settings.stored() == example[0]
    assert type(settings).model_validate(settings.stored()) == settings


def test_unknown_fields_are_refused(kind: str, example: Any) -> None:
    with pytest.raises(ValidationError):
        all_kinds()[kind].settings_type.model_validate({**example[0], "colour": "red"})


def test_settings_that_make_no_sense_are_refused(kind: str, example: Any) -> None:
    with pytest.raises(ValidationError):
        all_kinds()[kind].settings_type.model_validate(example[2])


def test_it_says_in_words_what_it_does(scene: Any, owner_actor: Any, example: Any) -> None:  # M2
    job, move = scene
    [run] = preview(owner_actor, [job.pk], move).plan.jobs[0].steps[0].runs
    assert str(run.says).startswith(example[1])


def test_planning_writes_nothing(kind: str, scene: Any, owner_actor: Any, example: Any) -> None:  # F1
    job, _move = scene
    facts = gather(owner_actor, jobs=[job.pk])
    from clearstage.engine.planned import PlannedAccount, PlannedJob

    action = bind(kind, example[0])
    with CaptureQueriesContext(connection) as queries:
        planned = PlannedJob(facts, facts.jobs[0], PlannedAccount(facts.accounts[job.account_id]))
        action.describe(planned)
    assert len(queries) == 0


def test_what_it_does_can_be_undone(scene: Any, owner_actor: Any) -> None:  # M9
    job, move = scene
    before = picture()
    action = move_job(owner_actor, job.pk, move).action
    assert action is not None
    assert picture() != before
    assert undo(owner_actor, action) == []
    assert picture() == before


def test_moving_there_twice_does_it_once(scene: Any, owner_actor: Any) -> None:  # M7, M12
    job, move = scene
    move_job(owner_actor, job.pk, move)
    once = picture(), Event.objects.count()
    move_job(owner_actor, job.pk, move)
    assert (picture(), Event.objects.count()) == once


def test_every_kind_works_in_custom_statuses_too(
    kind: str, example: Any, scene: Any, make_pipeline: Any, owner: Any, owner_actor: Any
) -> None:
    import json

    from clearstage.engine.facts import JobStatus
    from clearstage.engine.planner import SetStatus
    from clearstage.jobs.models import CustomStatus
    from clearstage.jobs.operations.moving import set_job_status

    job, _move = scene
    settings = json.dumps(example[0]).replace("olivia@example.test", owner.email)
    make_pipeline(
        f"pipeline: One kind\nstages:\n  - stage: Start\n  - stage: Middle\n  - stage: End\n"
        f"statuses:\n  - status: Exception\n    on_entry: [{{{kind}: {settings}}}]\n"
    )
    status = CustomStatus.objects.get(name="Exception")
    outcome = set_job_status(owner_actor, job.pk, SetStatus(JobStatus.CUSTOM, status.pk))
    assert [run.runs for run in outcome.plan.jobs[0].steps[0].runs] == [True]


def test_every_kind_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(all_kinds())


def picture() -> dict[str, Any]:
    """Everything a kind could change, without what undo leaves as its trace."""
    without = ("version", "visits", "made_by_id")
    return {
        "jobs": [
            {name: value for name, value in row.items() if name not in without}
            for row in Job.objects.order_by("pk").values()
        ],
        "assignees": sorted(Job.assignees.through.objects.values_list("job", "member")),
        "tags": sorted(Account.tags.through.objects.values_list("account", "tag")),
        "access": sorted(AccountAccess.objects.values_list("account", "member")),
        "tasks": sorted(Task.objects.values_list("pk", "title", "state")),
        "chats": sorted(Chat.objects.values_list("pk", "title", "state")),
        "organizers": sorted(Organizer.objects.values_list("pk", "title", "state")),
        "requests": sorted(ClientRequest.objects.values_list("pk", "title", "state")),
        "reminders": Reminder.objects.filter(stopped_at=None).count(),
        "unsent": Delivery.objects.exclude(state="undone").count(),
        "inbox": InboxEntry.objects.count(),
    }


def test_a_template_that_is_gone_refuses(
    make_pipeline: Any, make_account: Any, owner_actor: Any
) -> None:  # A11
    from clearstage.jobs.operations.adding import NewJobs, add_jobs

    template = Template.objects.create(
        kind="task", name="Review", body={"title": "Review it"}, created_at=clock.now()
    )
    pipeline = make_pipeline(
        "pipeline: P\nstages:\n  - stage: A\n    on_entry: [{task: {template: Review}}]\n  - stage: B\n"
    )
    request = NewJobs([make_account().pk], pipeline.pk)
    assert add_jobs(owner_actor, request).plan.going
    assert Task.objects.get().title == "Review it"
    template.delete()
    refused = add_jobs(owner_actor, request).plan.refused
    assert [str(problem) for problem in refused[0].problems] == [
        "there is no task template “Review” any more"
    ]
