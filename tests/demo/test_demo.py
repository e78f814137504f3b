"""What the demo firm promises: a believable practice with a past, made through the operations that people use."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from clearstage import demo as package
from clearstage import library
from clearstage.chats.models import ClientTask, Message
from clearstage.clients.models import Account, AccountContact, Contact
from clearstage.demo import setting_up
from clearstage.demo.load import load_demo
from clearstage.engine.facts import JobStatus
from clearstage.events.chain import seal_events, verify_chain
from clearstage.events.models import Event
from clearstage.files.models import File
from clearstage.firm.models import Member
from clearstage.firm.queries import actor_for, the_owner
from clearstage.jobs.board import board
from clearstage.jobs.models import Job, LinkedItem, Pipeline, Template
from clearstage.kernel import clock
from clearstage.messaging.models import AccountFollow, Comment, InboxEntry
from clearstage.organizers.models import Answer, Organizer
from clearstage.outbox.models import Delivery
from clearstage.requests.models import RequestEntry
from clearstage.work.models import Task

from .conftest import BASE_URL, Loaded

pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.usefixtures("demo")]
RESERVED = re.compile(r"@([a-z0-9-]+\.)*(example\.com|[a-z0-9-]+\.test)$")


def cards_by_stage(pipeline: str) -> dict[str, int]:
    row = Pipeline.objects.get(name=pipeline)
    return {column.stage.name: column.count for column in board(actor_for(the_owner()), row.pk).columns}


def test_everything_went_as_it_was_thought_out(demo: Loaded) -> None:
    assert demo.complaints == []


def test_the_firm_and_its_clients_are_there() -> None:
    assert Counter(Member.objects.values_list("role", flat=True)) == {"owner": 1, "admin": 1, "employee": 6}
    rights = Member.objects.filter(role="employee").values_list("rights", flat=True)
    assert len({tuple(each) for each in rights}) == 6
    kinds = Counter(Account.objects.values_list("kind", flat=True))
    assert sum(kinds.values()) == 60
    assert kinds["company"] >= 20
    assert kinds["other"] == 4
    assert Account.objects.filter(contact_links=None).count() == 1
    assert AccountContact.objects.filter(login=False).exists()
    assert AccountContact.objects.filter(notify=False).exists()
    assert any(len(contact.accounts.all()) > 1 for contact in Contact.objects.prefetch_related("accounts"))


def test_nobody_real_can_be_written_to() -> None:
    addresses = [
        *Member.objects.values_list("email", flat=True),
        *Contact.objects.values_list("email", flat=True),
    ]
    assert [address for address in addresses if not RESERVED.search(address)] == []


def test_the_library_is_in_use() -> None:
    assert Pipeline.objects.count() == len(setting_up.PIPELINES) >= 10
    assert Pipeline.objects.filter(revision__gt=1).count() == 2
    names = set(Template.objects.values_list("kind", "name"))
    assert {(each["kind"], each["name"]) for each in library.templates()} <= names
    assert sum(kind == "job" for kind, _name in names) >= 5


def test_there_are_jobs_in_every_state() -> None:
    states = Counter(Job.objects.values_list("status", flat=True))
    assert 180 <= sum(states.values()) <= 230
    assert 20 <= states["archived"] <= 32
    assert states["custom"] >= 15
    assert states["completed"] >= 10
    assert states["active"] >= 100
    here = Job.objects.on_the_board()
    assert set(here.values_list("priority", flat=True)) == {"low", "medium", "high", "urgent"}
    assert here.exclude(description="").count() >= 10
    assert Job.objects.exclude(made_by=None).count() >= 4
    late = here.filter(due__lt=clock.today("America/New_York"), status__in=("active", "custom"))
    assert 6 <= late.count() <= 40


def test_statuses_were_given_and_returned() -> None:
    names = ["Missing documents", "Feed broken"]
    given = Event.objects.filter(kind="job_status_changed", data__to__status__in=names)
    assert given.count() > Job.objects.filter(custom_status__name__in=names).count() > 0


def test_people_left_small_traces() -> None:
    assert Comment.objects.count() >= 15
    assert Task.objects.filter(state="in_progress").count() >= 15
    still_open = Task.objects.filter(state__in=Task.OPEN_STATES)
    ticked = [entry["done"] for task in still_open for entry in task.checklist]
    assert 10 <= sum(ticked) < len(ticked)
    assert Event.objects.filter(kind="action_undone").exists()
    assert Task.objects.filter(made_by="", job__isnull=False).count() >= 4


def test_boards_look_lively() -> None:
    returns = cards_by_stage("1040 individual income tax (US)")
    books = cards_by_stage("Monthly bookkeeping close")
    assert 30 <= sum(returns.values()) <= 45
    assert all(returns.values())
    assert 20 <= sum(books.values()) <= 30
    assert all(books.values())


def test_every_board_can_be_drawn() -> None:
    for pipeline in Pipeline.objects.all():
        drawn = board(actor_for(the_owner()), pipeline.pk)
        jobs = pipeline.jobs.exclude(status="archived").count()
        assert sum(column.count for column in drawn.columns) == jobs > 0


def test_what_is_shown_to_clients_says_something() -> None:
    shown = Job.objects.on_the_board().filter(client_shown=True)
    assert not shown.filter(client_status=None).exists()
    assert shown.exclude(client_description=None).exists()
    assert shown.count() > 120
    assert Job.objects.on_the_board().filter(client_shown=False).count() >= 3


def test_time_runs_forward(demo: Loaded) -> None:
    of_job = defaultdict(list)
    for number, job, at in Event.objects.order_by("id").values_list("id", "job", "at"):
        of_job[job].append((at, number))
    assert [job for job, moments in of_job.items() if moments != sorted(moments)] == []
    assert Event.objects.filter(at__gt=demo.now).count() == 0
    assert Event.objects.order_by("at").first().at < demo.now - timedelta(days=88)  # type: ignore[union-attr]
    assert Job.objects.filter(entered_stage_at__gt=demo.now).count() == 0


def test_events_follow_one_another_as_they_were_recorded() -> None:
    moments = list(Event.objects.order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_no_job_waits_without_a_reason() -> None:
    """Automove would have taken on whatever has nothing open; only what failed stays."""
    idle = Job.objects.filter(status=JobStatus.ACTIVE, stage__automove=True)
    waiting = set(LinkedItem.objects.filter(finished_at=None, holds=True).values_list("job", flat=True))
    stuck = {job.pk for job in idle if job.pk not in waiting}
    assert stuck == set(Event.objects.filter(kind="automation_failed").values_list("job", flat=True))


def test_failures_wait_in_an_inbox() -> None:
    failed = InboxEntry.objects.filter(kind="automation_failed", done_at=None)
    assert failed.count() == 2
    assert failed.filter(member=the_owner()).exists()
    assert InboxEntry.objects.filter(kind="notice").exists()


def test_all_mail_of_the_past_has_gone_out(demo: Loaded) -> None:
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states["sent"] > 40
    assert states["pending"] == states["failed"] == 0
    assert len(list((demo.folder / "mail").glob("*.eml"))) == states["sent"]
    assert not Delivery.objects.filter(sent_at__gt=demo.now).exists()


def test_the_chain_is_sealed_and_whole() -> None:
    assert seal_events() == 0
    verified = verify_chain()
    assert verified.problems == []
    assert verified.events == verified.seals > 1000


def test_the_front_desk_sees_only_a_part() -> None:
    hannah = actor_for(Member.objects.get(email="hannah@hartwell-lund.test"))
    assert 5 <= Account.objects.visible_to(hannah).count() <= 15
    assert 10 <= Job.objects.visible_to(hannah).count() < Job.objects.count() / 2


def test_everybody_can_sign_in(demo: Loaded) -> None:
    assert [len(demo.of(role)) for role in ("owner", "admin", "employee", "client")] == [1, 1, 6, 6]
    for each in demo.sign_ins:
        people = Contact if each["role"] == "client" else Member
        person = people.objects.get(email=each["email"])
        assert check_password(each["password"], person.password)
        assert len(each["password"]) >= 14
        path = "/portal/sign-in/" if each["role"] == "client" else "/sign-in/"
        assert each["url"] == BASE_URL + path
    assert len({each["password"] for each in demo.sign_ins}) == 14


def test_clients_who_sign_in_find_something(demo: Loaded) -> None:
    for each in demo.of("client"):
        links = AccountContact.objects.filter(contact__email=each["email"], login=True)
        shown = Job.objects.on_the_board().filter(client_shown=True)
        assert shown.filter(account__in=links.values("account")).exists()


def test_the_passwords_are_kept_for_nobody_else(demo: Loaded) -> None:
    kept = demo.folder / "demo-signins.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text()) == demo.sign_ins


def test_loading_it_again_changes_nothing(demo: Loaded) -> None:
    before = Event.objects.count()
    assert load_demo(demo.folder, "http://elsewhere.test") == demo.sign_ins
    assert Event.objects.count() == before


def test_rows_are_made_by_operations_alone() -> None:
    writing = re.compile(r"\.(create|bulk_create|get_or_create|save|update|delete|insert_rows)\(")
    folder = Path(package.__file__).parent
    for file in folder.glob("*.py"):
        assert not writing.search(file.read_text(encoding="utf-8")), file.name


def test_clients_are_at_work_on_what_they_were_asked_for() -> None:
    states = Counter(Organizer.objects.values_list("state", flat=True))
    assert states["started"] >= 3
    assert states["submitted"] >= 10
    assert Answer.objects.filter(prefilled=True).exists()
    assert Event.objects.filter(kind="organizer_reopened").count() == 1
    entries = Counter(RequestEntry.objects.values_list("state", flat=True))
    assert all(entries[state] for state in ("requested", "submitted", "returned", "accepted"))
    assert RequestEntry.objects.filter(state="returned", reason="").count() == 0


def test_people_talk_and_share_papers() -> None:
    assert Message.objects.filter(internal=True).count() >= 3
    assert Message.objects.filter(from_client=True).count() >= 4
    assert {file.content_type for file in File.objects.all()} == {"application/pdf", "image/png"}
    assert File.objects.filter(shared=False).exists()
    assert AccountFollow.objects.exists()
    assert InboxEntry.objects.filter(member__name="Mei Chen", kind="mention").exists()
    assert Event.objects.filter(kind="client_reminded").count() >= 5
    assert set(Contact.objects.values_list("language", flat=True)) == {"en", "de", "es", "fr"}


def test_one_client_finds_everything_in_his_portal() -> None:
    """A questionnaire begun and filled in from last year, a paper that came back, and a conversation."""
    accounts = Account.objects.filter(contact_links__contact__email="miguel.herrera@example.com")
    assert accounts.count() == 2
    assert Organizer.objects.filter(account__in=accounts, state="started").exists()
    assert RequestEntry.objects.filter(request__account__in=accounts, state="returned").exists()
    assert ClientTask.objects.filter(chat__account__in=accounts, ticked_at=None).exists()
    assert File.objects.filter(account__in=accounts, shared=True).count() >= 4
