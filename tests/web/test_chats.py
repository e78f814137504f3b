"""The firm's side of conversations: on the job's page, on their own, on the account's; and comments and notes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clearstage.chats.models import Chat, Message
from clearstage.chats.operations.messages import post_message
from clearstage.clients.models import Account, AccountAccess
from clearstage.files.models import File
from clearstage.firm.models import Member
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.messaging.models import Comment, InboxEntry
from tests.chats.conftest import ada, chat, client, make_pipeline, stage_of, texts, waiting

__all__ = ["ada", "chat", "client", "make_pipeline", "waiting"]

ON_THE_JOB = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "job"}
ON_ITS_OWN = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "thread"}


@pytest.fixture
def browser(owner: Member) -> Client:
    found = Client()
    found.force_login(owner)
    return found


def address(chat: Chat, *parts: str) -> str:
    return "/".join([f"/chats/cht_{chat.pk}", *parts, ""])


def test_the_job_shows_the_conversation_and_takes_an_answer(
    browser: Client, chat: Chat, waiting: Job
) -> None:
    text = browser.get(f"/jobs/{waiting.pk}/").content.decode()
    assert "Dear Ada Okafor, please look." in text
    assert "Read it" in text
    form = {"text": "And **this**.", "internal": "0", "job": str(waiting.pk), "key": "k"}
    answer = browser.post(address(chat, "write"), form, **ON_THE_JOB)
    body = answer.content.decode()
    assert 'id="job"' in body
    assert "<strong>this</strong>" in body
    assert f'id="more-chat-{chat.pk}" open' in body
    message = Message.objects.latest("pk")
    assert (message.internal, message.text) == (False, "And **this**.")


def test_an_internal_message_is_plainly_another(browser: Client, chat: Chat, client: Actor) -> None:  # S13
    answer = browser.post(address(chat, "write"), {"text": "Psst", "internal": "1", "key": "k"}, **ON_ITS_OWN)
    body = answer.content.decode()
    assert "is-internal" in body
    assert Message.objects.get(text="Psst").internal
    assert "Psst" not in list(Message.objects.readable_by(client).values_list("text", flat=True))


def test_whoever_may_not_see_it_is_not_told_and_the_writer_learns_it(
    browser: Client, chat: Chat, employee: Member
) -> None:  # X2
    form = {"text": "@Mia Chen look", "internal": "1", "key": "k"}
    answer = browser.post(address(chat, "write"), form, **ON_ITS_OWN)
    assert "Mia Chen may not see this" in answer.headers["HX-Trigger"]
    assert not InboxEntry.objects.filter(member=employee).exists()
    AccountAccess.objects.create(account=chat.account, member=employee)
    answer = browser.post(address(chat, "write"), {**form, "key": "other"}, **ON_ITS_OWN)
    assert 'class="mention">@Mia Chen' in answer.content.decode()
    assert InboxEntry.objects.get(member=employee).kind == "mention"
    reader = Client()
    reader.force_login(employee)
    assert "mentioned you" in reader.get("/inbox/").content.decode()


def test_the_same_form_twice_writes_once(browser: Client, chat: Chat) -> None:  # M12
    for _ in range(2):
        browser.post(address(chat, "write"), {"text": "Hello", "internal": "0", "key": "k"})
    assert texts(chat).count("Hello") == 1


def test_ticking_the_last_one_moves_the_job_and_can_be_undone(
    browser: Client, chat: Chat, waiting: Job
) -> None:
    browser.post(address(chat, "tasks", "1"), {"done": "1", "job": str(waiting.pk)}, **ON_THE_JOB)
    answer = browser.post(address(chat, "tasks", "2"), {"done": "1", "job": str(waiting.pk)}, **ON_THE_JOB)
    assert stage_of(waiting) == "Filed"
    assert "/undo/" in answer.headers["HX-Trigger"]


def test_without_javascript_everything_works_too(browser: Client, chat: Chat, waiting: Job) -> None:
    plain = browser.post(address(chat, "write"), {"text": "Hello", "internal": "0", "key": "k"})
    assert (plain.status_code, plain.headers["Location"]) == (302, address(chat))
    on_job = browser.post(address(chat, "tasks"), {"title": "Sign", "key": "k2", "job": str(waiting.pk)})
    assert on_job.headers["Location"] == f"/jobs/{waiting.pk}/?open=cht_{chat.pk}#cht_{chat.pk}"
    assert browser.post(address(chat, "close"), {}).status_code == 302
    assert Chat.objects.get(pk=chat.pk).state == "closed"
    assert "The conversation is closed." in browser.get(address(chat)).content.decode()
    browser.post(address(chat, "reopen"), {})
    assert Chat.objects.get(pk=chat.pk).state == "open"


def test_one_takes_ones_own_words_back(
    browser: Client, chat: Chat, client: Actor, owner_actor: Actor
) -> None:
    mine = post_message(owner_actor, chat.pk, "Mine").message
    post_message(client, chat.pk, "His")
    text = browser.get(address(chat)).content.decode()
    assert text.count("Withdraw") == 1
    browser.post(address(chat, "withdraw"), {"message": f"msg_{mine.pk}"})
    assert "This message was withdrawn." in browser.get(address(chat)).content.decode()


def test_files_are_shared_with_a_message_to_the_client_alone(browser: Client, chat: Chat) -> None:  # S13
    for internal in ("1", "0"):
        file = SimpleUploadedFile(f"{internal}.txt", f"words {internal}".encode())
        form = {"text": "", "internal": internal, "files": file, "key": internal}
        assert browser.post(address(chat, "write"), form).status_code == 302
    assert dict(File.objects.values_list("name", "shared")) == {"1.txt": False, "0.txt": True}


def test_a_conversation_is_begun_on_a_job_or_an_account(
    browser: Client, chat: Chat, waiting: Job, ada: Account
) -> None:
    form = {"subject": "A question", "text": "How?", "tasks": "One\n\n Two ", "due": "2027-01-05", "key": "k"}
    for place in (f"/jobs/{waiting.pk}/chats/new/", f"/clients/{ada.pk}/chats/new/"):
        assert browser.get(place, headers={"HX-Request": "true"}).status_code == 200
        assert browser.post(place, {**form, "key": place}, headers={"HX-Request": "true"}).status_code == 204
    first, second = Chat.objects.exclude(pk=chat.pk).order_by("pk")
    assert list(first.tasks.values_list("title", flat=True)) == ["One", "Two"]
    assert str(second.due) == "2027-01-05"
    text = browser.get(f"/clients/{ada.pk}/").content.decode()
    assert text.count("A question") >= 2
    refused = browser.post(f"/clients/{ada.pk}/chats/new/", {**form, "subject": "", "key": "k2"})
    assert refused.status_code == 422


def test_news_are_told_while_the_page_is_open(browser: Client, chat: Chat, client: Actor) -> None:
    version = Chat.objects.get(pk=chat.pk).version
    assert browser.get(address(chat), {"news": str(version)}).status_code == 204
    post_message(client, chat.pk, "Are you there?")
    answer = browser.get(address(chat), {"news": str(version)})
    assert (answer.status_code, "Are you there?" in answer.content.decode()) == (200, True)


def test_what_is_unread_counts_for_each_member(
    browser: Client, chat: Chat, client: Actor, ada: Account
) -> None:
    message = post_message(client, chat.pk, "Hello?").message
    text = browser.get(f"/clients/{ada.pk}/").content.decode()
    assert '<span class="count count-strong">2<span' in text
    browser.post(address(chat, "seen"), {"message": f"msg_{message.pk}"})
    assert "count-strong" not in browser.get(f"/clients/{ada.pk}/").content.decode().split("account-chats")[1]


@pytest.mark.parametrize(
    "path", ["", "write/", "seen/", "withdraw/", "tasks/", "tasks/1/", "close/", "reopen/"]
)
def test_what_a_member_may_not_see_does_not_exist(chat: Chat, employee: Member, path: str) -> None:  # X4
    outsider = Client()
    outsider.force_login(employee)
    for noun in (f"cht_{chat.pk}", "cht_999", "nonsense"):
        ask = outsider.get if path == "" else outsider.post
        assert ask(f"/chats/{noun}/{path}").status_code == 404
    assert outsider.get("/mentions/", {"chat": f"cht_{chat.pk}"}).status_code == 404
    assert len(texts(chat)) == 1


def test_a_long_conversation_costs_the_same(browser: Client, chat: Chat) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address(chat)).status_code == 200
        return len(captured)

    few = queries()
    Message.objects.bulk_create(
        [Message(chat=chat, author_name="Firm", text=f"{n}", at=chat.created_at) for n in range(70)]
    )
    assert queries() == few


# Comments and notes


def test_comments_stand_on_the_job(browser: Client, waiting: Job, employee: Member) -> None:  # T1
    form = {"text": "Mind the <b>barn</b> @Mia Chen", "key": "k"}
    answer = browser.post(f"/jobs/{waiting.pk}/comments/", form, **ON_THE_JOB)
    body = answer.content.decode()
    assert "Mind the &lt;b&gt;barn&lt;/b&gt; @Mia Chen" in body
    assert "Mia Chen may not see this" in answer.headers["HX-Trigger"]
    browser.post(f"/jobs/{waiting.pk}/comments/", form, **ON_THE_JOB)
    assert Comment.objects.count() == 1
    plain = browser.post(f"/jobs/{waiting.pk}/comments/", {"text": "Plain", "key": "k2"})
    assert plain.status_code == 302


def test_notes_stand_on_the_account(browser: Client, ada: Account) -> None:
    assert (
        browser.post(f"/clients/{ada.pk}/notes/", {"text": "Call before noon", "key": "k"}).status_code == 302
    )
    assert "Call before noon" in browser.get(f"/clients/{ada.pk}/").content.decode()
    assert browser.post(f"/clients/{ada.pk}/notes/", {"text": " ", "key": "k2"}).status_code == 422


def test_an_archived_job_is_still_commented_on(browser: Client, waiting: Job) -> None:
    Job.objects.filter(pk=waiting.pk).update(status="archived")
    assert (
        browser.post(f"/jobs/{waiting.pk}/comments/", {"text": "For next year", "key": "k"}).status_code
        == 302
    )


def test_those_who_would_be_told_are_offered(
    browser: Client, chat: Chat, waiting: Job, ada: Account, employee: Member
) -> None:
    for ask in ({"job": waiting.pk}, {"account": ada.pk}, {"chat": f"cht_{chat.pk}"}):
        assert browser.get("/mentions/", ask).json() == {"names": ["Olga Owner"]}
    AccountAccess.objects.create(account=ada, member=employee)
    assert browser.get("/mentions/", {"job": waiting.pk}).json() == {"names": ["Mia Chen", "Olga Owner"]}
    for ask in ({}, {"job": "x"}, {"account": 2**70}):
        assert browser.get("/mentions/", ask).status_code == 404


def test_a_message_template_is_written_by_form(browser: Client) -> None:
    page: Any = browser.get("/templates/new/message/")
    assert "What the client is to do, one thing a line" in page.content.decode()
    form = {
        "name": "Ready", "key": "k",
        "set-subject": "Your return", "set-text": "Dear [ACCOUNT_NAME]", "set-tasks": "Read it\nSign it",
    }  # fmt: skip
    assert browser.post("/templates/new/message/", form).status_code == 302
    from clearstage.jobs.models import Template

    assert Template.objects.get().body == {
        "subject": "Your return", "text": "Dear [ACCOUNT_NAME]", "tasks": ["Read it", "Sign it"],
    }  # fmt: skip
    seen = browser.post("/templates/preview/message/", form).content.decode()
    assert "Dear Okafor, Ada" in seen
