"""The inbox in a real Chromium: by keys alone, put off by the menu, counted live, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from clearstage.engine.sentences import say
from clearstage.kernel import clock
from clearstage.messaging.models import InboxEntry
from clearstage.messaging.operations.inbox import Notice, put_in_inboxes
from tests.jobs.conftest import ada, make_job, make_pipeline, tax

from .looking import PHONE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from clearstage.firm.models import Member

__all__ = ["ada", "make_job", "make_pipeline", "tax"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def told(owner: Member, make_job: Any) -> list[int]:
    """What a client did, what an automation says, what could not go on; the newest last."""
    job = make_job()
    account = job.account_id
    failed = say(
        "“Tax return” (Ada Okafor) could not go on to “Preparation”: Ada Okafor has no contact who may be notified"
    )
    put_in_inboxes(
        [
            Notice(owner.pk, "notice", say("Look at the carry-overs first"), job.pk, 1),
            Notice(owner.pk, "automation_failed", failed, job.pk, 2),
            Notice(
                owner.pk, "client_activity", say("Ada Okafor submitted “1040 for 2025”"), job.pk, 3, account
            ),
            Notice(owner.pk, "client_activity", say("Ada Okafor wrote in “Your papers”"), None, 4, account),
        ]
    )
    return list(InboxEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_entries_are_walked_read_put_off_and_dealt_with_by_keys(
    sign_in: Callable[[Member], Page], owner: Member, told: list[int], picture: Callable[..., None]
) -> None:
    page = sign_in(owner)
    page.goto("/inbox/")
    picture(page, "inbox")
    axe(page)
    count = page.locator(".rail [data-inbox-count]").first
    assert count.inner_text().startswith("4")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == f"entry-{told[2]}"
    page.keyboard.press("u")
    page.locator(f"#entry-{told[2]}:not(.entry-unread)").wait_for()
    page.locator(".rail [data-number]", has_text="3").first.wait_for()
    assert page.evaluate("document.activeElement.id") == f"entry-{told[2]}"
    page.keyboard.press("z")
    page.locator(f"#snooze-{told[2]}").wait_for()
    picture(page, "inbox-later", both=False)
    axe(page)
    page.keyboard.press("Enter")
    page.locator(f"#entry-{told[2]}").wait_for(state="detached")
    page.keyboard.press("e")
    page.locator(f"#entry-{told[1]}").wait_for(state="detached")
    page.get_by_role("link", name="Put off").click()
    page.get_by_text("comes back on").wait_for()
    picture(page, "inbox-put-off")
    axe(page)
    row = InboxEntry.objects.get(pk=told[2])
    assert row.snoozed_until is not None
    assert timedelta(0) < row.snoozed_until - clock.now() < timedelta(days=2)


def test_an_entry_is_put_off_by_finger_until_a_chosen_day(
    sign_in: Callable[[Member], Page], owner: Member, told: list[int], picture: Callable[..., None]
) -> None:
    page = sign_in(owner)
    page.set_viewport_size(PHONE)
    page.goto("/inbox/")
    page.locator(f"#entry-{told[3]}").get_by_role("button", name="Later").click()
    day = clock.now().date() + timedelta(days=30)
    picture(page, "inbox-later-phone", both=False)
    page.locator(f"#snooze-{told[3]} input[type=date]").fill(day.isoformat())
    page.get_by_role("button", name="Until then").click()
    page.locator(f"#entry-{told[3]}").wait_for(state="detached")
    row = InboxEntry.objects.get(pk=told[3])
    assert row.snoozed_until is not None
    assert row.snoozed_until.date() == day


def test_a_new_entry_is_counted_on_an_open_page(
    sign_in: Callable[[Member], Page], owner: Member, told: list[int]
) -> None:
    page = sign_in(owner)
    page.goto("/")
    put_in_inboxes([Notice(owner.pk, "notice", say("One more"), None, 9)])
    page.evaluate("document.body.dispatchEvent(new Event('inbox-changed'))")
    page.locator(".rail [data-number]", has_text="5").first.wait_for()


def test_an_account_is_followed_and_how_people_are_told_is_set(
    page: Page, ada: Any, picture: Callable[..., None]
) -> None:
    page.goto(reverse("account", args=[ada.pk]))
    page.get_by_role("button", name="Follow").click()
    page.locator("#follow[aria-pressed=true]").wait_for()
    picture(page, "account-followed")
    page.locator("[id^=contact-]").click()
    page.get_by_label("E-mails about what waits for them").select_option("daily")
    picture(page, "contact-notices")
    axe(page)
    page.goto(reverse("settings"))
    picture(page, "settings-quiet")
    axe(page)


def test_what_happens_under_the_same_topic_is_counted_in_one_entry(
    sign_in: Callable[[Member], Page], owner: Member, told: list[int], picture: Callable[..., None]
) -> None:  # P3
    account = InboxEntry.objects.get(pk=told[2]).account_id
    many = say("{count} documents from {account}", account="Bauer GmbH")

    def document(event: int) -> None:
        put_in_inboxes(
            [
                Notice(
                    owner.pk, "client_documents", say("A document from {account}: W-2.pdf", account="Bauer GmbH"),
                    None, event, account, f"documents:{account}", many,
                )
            ]
        )  # fmt: skip

    document(11)
    page = sign_in(owner)
    page.goto("/inbox/")
    assert page.locator(".rail [data-number]").first.inner_text() == "5"
    assert page.locator("[data-entry]").first.locator(".entry-text").inner_text().endswith("W-2.pdf")
    for event in (12, 13):
        document(event)
    page.reload()
    entry = page.locator("[data-entry]").first
    assert entry.locator(".entry-text").inner_text().endswith("3 documents from Bauer GmbH")
    assert page.locator(".rail [data-number]").first.inner_text() == "5"
    picture(page, "inbox-gathered")
    axe(page)
    entry.get_by_role("link").click()
    page.wait_for_url("**/clients/*/#documents")
