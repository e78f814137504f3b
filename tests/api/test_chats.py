"""Conversations, comments and notes through the API."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.chats.models import Chat
from clearstage.files.models import File
from clearstage.files.operations.storing import store_file
from clearstage.kernel.actor import the_firm

from .caller import Caller
from .conftest import put

WAITING = """
pipeline: Return
stages:
  - {stage: Ready, automove: true}
  - {stage: Filed}
"""


@pytest.fixture
def job(api: Caller, ada: Any) -> dict[str, Any]:
    put(api, WAITING)
    [found] = api.post("/jobs", {"accounts": [f"acc_{ada.pk}"], "pipeline": "Return"})["jobs"]
    return dict(found)


@pytest.fixture
def chat(api: Caller, job: Any) -> dict[str, Any]:
    body = {"kind": "chat", "subject": "Your return", "text": "Please look.", "tasks": ["Read it", "Sign it"]}
    return dict(api.post(f"/jobs/{job['id']}/items", body).json)


def test_a_chat_is_made_on_a_job_and_holds_it(api: Caller, job: Any, chat: Any) -> None:  # L2
    assert (chat["kind"], chat["state"], chat["blocks"], chat["title"]) == (
        "chat",
        "open",
        True,
        "Your return",
    )
    assert [(task["n"], task["title"], task["ticked"]) for task in chat["tasks"]] == [
        (1, "Read it", False), (2, "Sign it", False),
    ]  # fmt: skip
    [message] = chat["messages"]
    assert (message["text"], message["author"]["kind"]) == ("Please look.", "member")
    assert api.get(f"/items/{chat['id']}").json == chat
    assert chat in api.get(f"/jobs/{job['id']}")["items"]


def test_it_is_called_message_and_title_too(api: Caller, job: Any) -> None:
    made = api.post(f"/jobs/{job['id']}/items", {"kind": "message", "title": "Hello", "text": "How are you?"})
    assert (made.status, made["kind"], made["title"], made["blocks"]) == (201, "chat", "Hello", False)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"subject": ""}, "subject"),
        ({"text": ""}, "text"),
        ({"tasks": ["x" * 301]}, "tasks[0]"),
        ({"tasks": ["x"] * 51}, "tasks"),
        ({"title": "Twice"}, "title"),
        ({"reminders": {"first": 0}}, "reminders.first"),
        ({"files": ["fil_999"]}, "files"),
        ({"files": ["nonsense"]}, "files"),
        ({"due": "soon"}, "due"),
        ({"text": "a\u0000b"}, "text"),
        ({"checklist": []}, "checklist"),
    ],
)
def test_a_chat_without_sense_is_refused_with_its_place(api: Caller, job: Any, body: Any, where: str) -> None:
    answer = api.post(f"/jobs/{job['id']}/items", {"kind": "chat", "subject": "A", "text": "B", **body})
    assert (answer.status, list(answer.errors)) == (422, [where])
    assert not Chat.objects.exists()


def test_ticking_the_last_task_moves_the_job(api: Caller, job: Any, chat: Any) -> None:  # L4
    first = api.post(f"/chats/{chat['id']}/tasks/1/tick")
    assert (first["action"], first["jobs"][0]["stage"]["name"]) == (None, "Ready")
    seen = api.post(f"/chats/{chat['id']}/tasks/2/tick?preview=true")
    assert [step["name"] for step in seen["plan"]["jobs"][0]["steps"]] == ["Filed"]
    assert api.get(f"/items/{chat['id']}")["open"] is True
    done = api.post(f"/chats/{chat['id']}/tasks/2/tick")
    assert (done["item"]["state"], done["jobs"][0]["stage"]["name"]) == ("done", "Filed")
    assert done["action"]
    again = api.post(f"/chats/{chat['id']}/tasks/2/untick")
    assert (again["item"]["state"], again["jobs"][0]["stage"]["name"]) == ("open", "Filed")


def test_what_is_not_the_last_finishes_nothing_in_a_preview(api: Caller, chat: Any) -> None:
    assert api.post(f"/chats/{chat['id']}/tasks/1/tick?preview=true")["plan"]["jobs"] == []


def test_closing_finishes_and_opening_again_moves_nothing_back(
    api: Caller, job: Any, chat: Any
) -> None:  # L8
    seen = api.post(f"/chats/{chat['id']}/close?preview=true")
    assert [step["name"] for step in seen["plan"]["jobs"][0]["steps"]] == ["Filed"]
    closed = api.post(f"/chats/{chat['id']}/close")
    assert (closed["item"]["state"], closed["jobs"][0]["stage"]["name"]) == ("closed", "Filed")
    assert api.post(f"/chats/{chat['id']}/tasks/1/tick").status == 409
    opened = api.post(f"/chats/{chat['id']}/reopen")
    assert (opened["item"]["state"], opened["jobs"][0]["stage"]["name"]) == ("open", "Filed")


@pytest.mark.parametrize("n", ["0", "3", "x", "99999", "-1"])
def test_a_task_that_is_none_is_not_found(api: Caller, chat: Any, n: str) -> None:
    assert api.post(f"/chats/{chat['id']}/tasks/{n}/tick").status == 404


def test_messages_are_written_listed_and_withdrawn(api: Caller, chat: Any, ada: Any) -> None:
    file = store_file(the_firm(), ada.pk, "return.txt", [b"Words"])
    said = api.post(f"/chats/{chat['id']}/messages", {"text": "Here it is.", "files": [f"fil_{file.pk}"]})
    assert (said.status, said["files"][0]["name"], File.objects.get().shared) == (201, "return.txt", True)
    note = api.post(f"/chats/{chat['id']}/messages", {"text": "@Mia Chen?", "internal": True})
    assert (note["internal"], note["mentions"], note["unheard"]) == (True, [], [])
    assert [each["text"] for each in api.all(f"/chats/{chat['id']}/messages", limit=1)] == [
        "Please look.", "Here it is.", "@Mia Chen?",
    ]  # fmt: skip
    gone = api.post(f"/chats/{chat['id']}/messages/{said['id']}/withdraw")
    assert [each["withdrawn"] for each in gone["item"]["messages"]] == [False, True, False]
    assert api.post(f"/chats/{chat['id']}/messages/msg_999/withdraw").status == 404


def test_a_portal_answer_knows_nothing_internal(api: Caller, chat: Any, ada: Any) -> None:  # S13
    api.post(f"/chats/{chat['id']}/messages", {"text": "A secret", "internal": True})
    answer = api.get(f"/accounts/acc_{ada.pk}/portal")
    assert [line["title"] for line in answer["todo"]] == ["Your return"]
    assert "secret" not in str(answer.json)


def test_a_chat_about_no_job_is_begun_on_an_account(api: Caller, ada: Any) -> None:
    made = api.post(f"/accounts/acc_{ada.pk}/chats", {"subject": "Hello", "text": "How are you?"})
    assert (made.status, made["jobs"], made["blocks"]) == (201, [], False)
    added = api.post(f"/chats/{made['id']}/tasks", {"title": "Write back"})
    assert [task["title"] for task in added["tasks"]] == ["Write back"]


def test_comments_and_notes_mention_those_who_may_see_them(
    api: Caller, employee_api: Caller, job: Any, ada: Any, employee: Any
) -> None:  # X2
    said = api.post(f"/jobs/{job['id']}/comments", {"text": "Look, @Mia Chen"})
    assert (said.status, said["mentions"], said["unheard"]) == (201, [], ["Mia Chen"])
    assert employee_api.get(f"/jobs/{job['id']}/comments").status == 404
    for text in ("One", "Two", "Three"):
        api.post(f"/accounts/acc_{ada.pk}/notes", {"text": text})
    assert [each["text"] for each in api.all(f"/accounts/acc_{ada.pk}/notes", limit=2)] == [
        "Three",
        "Two",
        "One",
    ]
    assert [each["text"] for each in api.all(f"/jobs/{job['id']}/comments")] == ["Look, @Mia Chen"]
    for path in (f"/jobs/{job['id']}/comments", f"/accounts/acc_{ada.pk}/notes"):
        assert list(api.post(path, {"text": " "}).errors) == ["text"]
