"""Conversations in the portal: read, written in, ticked, begun; and the firm's view of them, which changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clearstage.chats.models import Chat, Message, ReadMarker
from clearstage.chats.operations.doing import close_chat
from clearstage.chats.operations.messages import post_message
from clearstage.clients.models import Account, AccountContact, Contact
from clearstage.events.models import Event
from clearstage.files.models import File
from clearstage.firm.models import Firm, Member
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from tests.chats.conftest import ada, can_sign_in, chat, make_pipeline, stage_of, texts, waiting
from tests.portal.conftest import sign_in
from tests.portal.test_portal import without_secrets
from tests.portal.test_readonly import signed_in

__all__ = ["ada", "can_sign_in", "chat", "make_pipeline", "waiting"]

SECRET = "He never pays in time."


@pytest.fixture
def browser(can_sign_in: Contact) -> Client:
    return sign_in("ada@client.test")


def address(chat: Chat, *parts: str) -> str:
    return "/".join([f"/portal/messages/cht_{chat.pk}", *parts, ""])


def without_key(text: str) -> str:
    """Without what is another one each time a page is drawn."""
    return re.sub(r'(name="key" value|data-csrf)="\w+"', "", without_secrets(text))


def page(browser: Client, chat: Chat) -> str:
    answer = browser.get(address(chat))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_in_to_do_until_everything_is_ticked(browser: Client, chat: Chat, waiting: Job) -> None:  # P1
    home = browser.get("/portal/").content.decode()
    assert f"Do what is asked in “{chat.title}”" in home
    assert "0 of 2 done" in home
    there = browser.get(f"/portal/items/cht_{chat.pk}/")
    assert (there.status_code, there.headers["Location"]) == (302, address(chat))
    for n in ("1", "2"):
        browser.post(address(chat, "tasks", n), {"done": "1"})
    assert "Do what is asked" not in browser.get("/portal/").content.decode()
    assert stage_of(waiting) == "Filed"


def test_what_is_written_is_kept_as_text_and_shown_escaped(browser: Client, chat: Chat) -> None:
    sent = browser.post(
        address(chat, "write"), {"text": "<script>alert(1)</script> & “more”", "key": "k" * 32}
    )
    assert (sent.status_code, sent.headers["Location"]) == (302, address(chat) + "#write")
    assert texts(chat)[-1] == "<script>alert(1)</script> & “more”"
    text = page(browser, chat)
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “more”" in text


def test_the_same_form_twice_is_one_message(browser: Client, chat: Chat) -> None:  # M12
    for _ in range(2):
        browser.post(address(chat, "write"), {"text": "Hello", "key": "same key"})
    assert texts(chat).count("Hello") == 1


@pytest.mark.parametrize("text", ["", " ", "a\x00b", "x" * 20_001])
def test_what_cannot_be_kept_is_told_and_nothing_is_lost(browser: Client, chat: Chat, text: str) -> None:
    answer = browser.post(address(chat, "write"), {"text": text, "key": "k"})
    assert answer.status_code == 422
    assert "Your message:" in answer.content.decode()
    assert len(texts(chat)) == 1


def test_nothing_internal_is_in_any_page(browser: Client, chat: Chat, owner_actor: Actor) -> None:  # S13
    before = page(browser, chat)
    post_message(owner_actor, chat.pk, SECRET, internal=True)
    assert without_key(page(browser, chat)) == without_key(before)
    for path in ("/portal/", "/portal/messages/", address(chat, "news")):
        assert SECRET not in browser.get(path).content.decode()
    seen = Chat.objects.get(pk=chat.pk).seen_version
    assert browser.get(address(chat, "news"), {"seen": str(seen)}).status_code == 204


def test_news_come_by_themselves_and_cost_little(browser: Client, chat: Chat, owner_actor: Actor) -> None:
    seen = Chat.objects.get(pk=chat.pk).seen_version
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address(chat, "news"), {"seen": str(seen)}).status_code == 204
    assert len(queries) <= 7
    post_message(owner_actor, chat.pk, "Your papers are here.")
    answer = browser.get(address(chat, "news"), {"seen": str(seen)})
    assert (answer.status_code, "Your papers are here." in answer.content.decode()) == (200, True)


def test_unread_messages_are_counted_until_the_page_says_that_they_were_shown(
    browser: Client, chat: Chat
) -> None:
    def unread() -> bool:
        return '<span class="portal-count">1<span' in browser.get("/portal/you/").content.decode()

    assert unread()
    page(browser, chat)
    assert unread()
    last = chat.messages.get().pk
    assert browser.post(address(chat, "seen"), {"message": f"msg_{last}"}).status_code == 204
    assert not unread()
    assert browser.post(address(chat, "seen"), {"message": "nonsense"}).status_code == 204


def test_a_conversation_is_begun_where_the_firm_wants_it(browser: Client, ada: Account) -> None:
    form = {"account": f"acc_{ada.pk}", "subject": "A question", "text": "May I?", "key": "k"}
    answer = browser.post("/portal/messages/begin/", form)
    row = Chat.objects.get()
    assert answer.headers["Location"] == address(row)
    browser.post("/portal/messages/begin/", form)
    assert Chat.objects.count() == 1
    problem = browser.post("/portal/messages/begin/", {**form, "subject": "", "key": "other"})
    assert (problem.status_code, "May I?" in problem.content.decode()) == (422, True)
    Firm.objects.update(clients_begin_chats=False)
    assert browser.post("/portal/messages/begin/", {**form, "key": "third"}).status_code == 403
    assert browser.get("/portal/messages/new/").status_code == 403
    assert "New message" not in browser.get("/portal/messages/").content.decode()
    assert Chat.objects.count() == 1


def test_files_come_with_a_message(browser: Client, chat: Chat) -> None:
    form = {"text": "", "files": SimpleUploadedFile("letter.txt", b"Dear firm"), "key": "k"}
    assert browser.post(address(chat, "write"), form).status_code == 302
    file = File.objects.get()
    assert (file.shared, file.from_client) == (True, True)
    text = page(browser, chat)
    assert f"/portal/files/fil_{file.pk}/" in text
    kept = browser.post(f"/portal/files/fil_{file.pk}/bin/")
    assert (kept.status_code, "sent with a message" in kept.content.decode()) == (403, True)


def test_a_choice_of_files_that_was_left_empty_is_none(browser: Client, chat: Chat) -> None:
    assert browser.post(address(chat, "write"), {"text": "Hello", "files": "", "key": "k"}).status_code == 302
    assert texts(chat)[-1] == "Hello"


def test_a_file_that_is_not_taken_sends_nothing(browser: Client, chat: Chat) -> None:
    form = {"text": "Here", "files": SimpleUploadedFile("bad.exe", b"MZ\x90\x00"), "key": "k"}
    answer = browser.post(address(chat, "write"), form)
    assert (answer.status_code, ">Here</textarea>" in answer.content.decode()) == (422, True)
    assert len(texts(chat)) == 1


def test_a_file_of_somebody_else_is_not_sent(browser: Client, chat: Chat, make_account: Any) -> None:  # X4
    from clearstage.files.operations.storing import store_file
    from clearstage.kernel.actor import the_firm

    other = store_file(the_firm(), make_account("Brightside LLC").pk, "theirs.txt", [b"Theirs"], shared=True)
    own = store_file(the_firm(), chat.account_id, "unshared.txt", [b"Not yet"])
    for file in (other, own):
        form = {"text": "Here", "files": f"fil_{file.pk}", "key": "k"}
        assert browser.post(address(chat, "write"), form).status_code == 404
    assert len(texts(chat)) == 1


def test_a_closed_conversation_goes_on_when_the_client_writes(
    browser: Client, chat: Chat, owner_actor: Actor
) -> None:
    close_chat(owner_actor, chat.pk)
    assert "This conversation is closed." in page(browser, chat)
    assert browser.post(address(chat, "tasks", "1"), {"done": "1"}).status_code == 409
    browser.post(address(chat, "write"), {"text": "One more thing", "key": "k"})
    assert Chat.objects.get(pk=chat.pk).state == "done"


@pytest.mark.parametrize("path", ["", "news/", "write/", "seen/", "tasks/1/"])
def test_somebody_elses_conversation_does_not_exist(
    browser: Client, chat: Chat, make_account: Any, path: str
) -> None:  # X4
    AccountContact.objects.filter(account=chat.account).update(account=make_account("Brightside LLC"))
    for noun in (f"cht_{chat.pk}", "cht_999", "cht_0", "tsk_1", "nonsense", "cht_9223372036854775808"):
        ask = browser.get if path in ("", "news/") else browser.post
        assert ask(f"/portal/messages/{noun}/{path}").status_code == 404
    assert len(texts(chat)) == 1


def test_the_firm_sees_the_same_and_nothing_counts_as_seen(
    browser: Client, owner: Member, chat: Chat, can_sign_in: Contact, owner_actor: Actor
) -> None:  # P5
    post_message(owner_actor, chat.pk, SECRET, internal=True)
    for who in (can_sign_in.pk, 0):
        base = f"/as-client/{chat.account_id}/{who}/messages"
        text = signed_in(owner).get(f"{base}/cht_{chat.pk}/").content.decode()
        assert "please look." in text
        assert SECRET not in text
        assert "hx-get" not in text
        assert text.count("disabled") >= 4
        assert signed_in(owner).get(f"{base}/").status_code == 200
        assert signed_in(owner).post(f"{base}/cht_{chat.pk}/").status_code == 405
    assert not ReadMarker.objects.exclude(contact=None).exists()


def test_a_long_conversation_comes_in_parts_and_costs_the_same(
    browser: Client, chat: Chat, owner_actor: Actor
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(browser, chat)
        return len(captured)

    few = queries()
    now = chat.created_at
    Message.objects.bulk_create(
        [Message(chat=chat, author_name="Firm", text=f"word {n}.", at=now) for n in range(60)]
    )
    assert queries() == few
    text = page(browser, chat)
    assert ("word 59." in text, "word 3." in text) == (True, False)
    first = text[text.index("?before=msg_") :].partition('"')[0]
    earlier = browser.get(address(chat) + first).content.decode()
    assert ("word 3." in earlier, "please look." in earlier, "word 59." in earlier) == (True, True, False)


def test_what_a_template_says_in_the_clients_language_is_shown_in_it(
    browser: Client, chat: Chat, can_sign_in: Contact
) -> None:  # P4
    Contact.objects.update(language="de")
    words = {
        chat.title: "Ihre Erklärung",
        "Dear Ada Okafor, please look.": "Bitte ansehen.",
        "Read it": "Lesen",
    }
    Chat.objects.update(translations={"de": words})
    text = page(browser, chat)
    assert all(word in text for word in words.values())
    assert "please look" not in text
    assert "Ihre Erklärung" in browser.get("/portal/").content.decode()
    assert "Bitte ansehen." in browser.get("/portal/messages/").content.decode()


def test_the_last_tick_moves_the_job_within_one_request(
    browser: Client, chat: Chat, waiting: Job
) -> None:  # P3
    browser.post(address(chat, "tasks", "1"), {"done": "1"})
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(address(chat, "tasks", "2"), {"done": "1"})
    assert (answer.status_code, stage_of(waiting)) == (302, "Filed")
    assert len(queries) <= 35
    event = Event.objects.filter(kind="chat_task_ticked").latest("pk")
    assert (event.actor_kind, event.via) == ("contact", "portal")
