"""*Request access* (X2) in a real Chromium: a member knocks, the owner opens, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.jobs.conftest import ada, make_job, make_pipeline, tax

from .looking import PHONE, SCREENS, WIDE, at_rest, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from clearstage.firm.models import Member

__all__ = ["ada", "make_job", "make_pipeline", "tax"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        at_rest(page)
        page.screenshot(path=str(SCREENS / f"{name}-{size['width']}.png"))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    axe(page)


def test_a_closed_job_is_asked_for_and_granted(
    sign_in: Callable[[Member], Page], make_job: Any, owner: Member, employee: Member
) -> None:
    address = reverse("job", args=[make_job().pk])
    mia = sign_in(employee)
    mia.goto(address)
    picture(mia, "request-access")
    mia.get_by_role("button", name="Request access").press("Enter")
    mia.get_by_role("status").wait_for()
    assert "has been passed on" in mia.inner_text("main")
    picture(mia, "request-access-sent")
    boss = sign_in(owner)
    boss.goto("/inbox/")
    picture(boss, "inbox-access-request")
    boss.get_by_role("button", name="Grant").click()
    boss.get_by_text("Opened: the account").wait_for()
    assert boss.get_by_role("button", name="Grant").count() == 0
    mia.goto(address)
    assert "Ada Okafor" in mia.inner_text("main")
