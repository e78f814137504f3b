"""Conversations in a real Chromium: the client on a phone, the firm on a wide screen, each seeing the other at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.chats.operations.messages import post_message
from tests.chats.conftest import ada, can_sign_in, chat, client, make_pipeline, stage_of, waiting
from tests.fixtures import PASSWORD

from .looking import PHONE, WIDE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from clearstage.chats.models import Chat
    from clearstage.clients.models import Contact
    from clearstage.firm.models import Member
    from clearstage.jobs.models import Job
    from clearstage.kernel.actor import Actor

__all__ = ["ada", "can_sign_in", "chat", "client", "make_pipeline", "waiting"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(chromium: Browser, live_server: Any, can_sign_in: Contact) -> Iterator[Callable[..., Page]]:
    """`portal()`: Ada's messages, on her phone. What the console does not like fails the test."""
    broken: list[str] = []
    contexts = []

    def start(**more: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport=PHONE, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: said.type == "error" and broken.append(said.text))
        page.goto("/portal/sign-in/")
        page.fill("#id_email", "ada@client.test")
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url("**/portal/")
        return page

    yield start
    for context in contexts:
        context.close()
    assert broken == []


def fits(page: Page) -> None:
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_client_reads_ticks_and_answers_on_a_phone(
    portal: Callable[..., Page], chat: Chat, waiting: Job, owner_actor: Actor, client: Actor, picture: Any
) -> None:
    post_message(client, chat.pk, "Thank you! May I **sign** on my phone?")
    post_message(owner_actor, chat.pk, "He never pays in time.", internal=True)
    page = portal()
    axe(page)
    picture(page, "portal-home-with-chat")
    page.get_by_role("link", name="Messages").click()
    axe(page)
    picture(page, "portal-messages")
    page.get_by_role("link", name=chat.title).click()
    page.get_by_text("please look.").wait_for()
    assert "He never pays" not in page.content()
    axe(page)
    picture(page, "portal-chat")
    fits(page)
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("done by Ada Okafor").wait_for()
    page.fill("#text", "What I am typing stays")
    post_message(owner_actor, chat.pk, "Yes, on your phone is fine.")
    page.get_by_text("Yes, on your phone is fine.").wait_for(timeout=15_000)
    assert page.input_value("#text") == "What I am typing stays"
    page.get_by_role("button", name="Send").press("Enter")
    page.locator(".bubble.is-mine", has_text="What I am typing stays").wait_for()
    page.get_by_role("button", name="Write back").click()
    page.locator("[aria-pressed=true]", has_text="Write back").wait_for()
    assert stage_of(waiting) == "Filed"
    picture(page, "portal-chat-done")


def test_a_client_begins_a_conversation(portal: Callable[..., Page], picture: Any) -> None:
    page = portal()
    page.get_by_role("link", name="Messages").click()
    picture(page, "portal-messages-none")
    page.get_by_role("link", name="New message").click()
    page.get_by_label("What is it about?").fill("My new address")
    page.get_by_label("Your message").fill("We have moved to 5 Elm Street.")
    axe(page)
    picture(page, "portal-message-new")
    fits(page)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("We have moved to 5 Elm Street.").wait_for()


def test_without_javascript_a_client_writes_and_ticks_too(portal: Callable[..., Page], chat: Chat) -> None:
    page = portal(java_script_enabled=False)
    page.goto(f"/portal/messages/cht_{chat.pk}/")
    page.fill("#text", "Without a script")
    page.get_by_role("button", name="Send").click()
    assert "Without a script" in page.inner_text(".bubbles")
    page.get_by_role("button", name="Read it").click()
    assert "done by Ada Okafor" in page.inner_text("main")


def test_the_firm_answers_and_notes_on_the_jobs_page(
    page: Page, chat: Chat, waiting: Job, client: Actor, admin: Member, picture: Any
) -> None:
    post_message(client, chat.pk, "May I sign on my phone?")
    page.goto(f"/jobs/{waiting.pk}/")
    page.locator(".item-title", has_text=chat.title).click()
    page.get_by_text("May I sign on my phone?").wait_for()
    page.get_by_role("radio", name="Internal").check()
    box = page.locator(f"#write-{chat.pk}")
    box.press_sequentially("Can you check, @Ad")
    page.get_by_role("option", name="Adam Admin").wait_for()
    picture(page, "job-chat-mention", both=False)
    box.press("Enter")
    assert box.input_value() == "Can you check, @Adam Admin "
    page.locator(".chat-foot").get_by_role("button", name="Send").click()
    page.locator(".is-internal .mention", has_text="@Adam Admin").wait_for()
    axe(page, within="#job")
    picture(page, "job-chat")
    fits(page)
    from clearstage.messaging.models import InboxEntry

    assert InboxEntry.objects.get(member=admin).kind == "mention"


def test_a_colleague_comments_and_notes(page: Page, waiting: Job, picture: Any) -> None:
    page.goto(f"/jobs/{waiting.pk}/")
    page.get_by_placeholder("Comment, for the firm only").fill("The barn was **sold** in May.")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.locator(".comments strong", has_text="sold").wait_for()
    page.goto(f"/clients/{waiting.account_id}/")
    page.get_by_placeholder("Note, for the firm only").fill("Call before noon.")
    page.get_by_role("button", name="Add note").click()
    page.locator(".comments .prose", has_text="Call before noon.").wait_for()
    axe(page, within="#account")
    picture(page, "account-with-messages")
    fits(page)


def test_the_firm_writes_to_a_client_and_sees_the_answer_come(
    page: Page, chat: Chat, client: Actor, picture: Any
) -> None:
    page.goto(f"/clients/{chat.account_id}/")
    page.get_by_role("link", name="New message").click()
    page.get_by_label("What it is about").fill("Your new address")
    page.get_by_label("Message", exact=True).fill("Where may we write to you?")
    page.get_by_label("What the client is to do").fill("Send us the address\nTell the bank")
    picture(page, "message-new")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Your new address").click()
    page.get_by_text("Where may we write to you?").wait_for()
    from clearstage.chats.models import Chat as Chats

    number = Chats.objects.get(title="Your new address").pk
    post_message(client, number, "To 5 Elm Street.")
    page.get_by_text("To 5 Elm Street.").wait_for(timeout=15_000)
    axe(page, within="main")
    picture(page, "chat-page")
    fits(page)
