"""The language of a page: the contact's choice, before that the browser's; English for the firm and the API."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from clearstage.kernel import clock
from tests.portal.conftest import MakeJob

if TYPE_CHECKING:
    from clearstage.clients.models import Account

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)


def language(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(address, headers={**GERMAN, **headers})
    return str(answer.headers["Content-Language"])


def test_who_has_not_signed_in_is_met_in_his_browsers_language(firm: object) -> None:
    assert language(Client(), "/portal/sign-in/") == "de"
    assert language(Client(), "/portal/sign-in/", **{"Accept-Language": "it"}) == "en"
    page = Client().get("/portal/sign-in/", headers=GERMAN).content.decode()
    assert '<html lang="de">' in page
    assert "Melden Sie sich an" in page


def test_then_his_own_choice_counts(browser: Client) -> None:
    assert language(browser, "/portal/") == "en"
    browser.post("/portal/language/", {"language": "es"})
    assert language(browser, "/portal/") == "es"
    assert "Ahora mismo no hay nada pendiente" in browser.get("/portal/").content.decode()


@pytest.mark.parametrize("address", ["/sign-in/", "/api/v1/health/live", "/api/v1/jobs"])
def test_the_firm_and_the_api_speak_english(firm: object, address: str) -> None:
    assert language(Client(), address) == "en"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "since 3 Feb"),
        ("de", "seit 3. Feb."),
        ("es", "actualizado: 3 feb"),
        ("fr", "mis à jour\xa0: 3 fév."),
    ],
)
def test_a_day_reads_as_in_his_language(
    browser: Client, make_job: MakeJob, account: Account, code: str, said: str
) -> None:
    make_job(account)
    browser.post("/portal/language/", {"language": code})
    assert said in text_of(browser.get("/portal/").content.decode())


@pytest.mark.parametrize(
    ("code", "ago", "day"),
    [
        ("en", "3\xa0days ago", "12 Mar 2025"), ("de", "vor 3\xa0Tagen", "12. März 2025"),
        ("es", "hace 3\xa0días", "12 mar 2025"), ("fr", "il y a 3\xa0jours", "12 mars 2025"),
    ],
)  # fmt: skip
def test_moments_and_days_in_words(monkeypatch: pytest.MonkeyPatch, code: str, ago: str, day: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    page = Template("{% load pages %}{% when moment %}|{% day day %}")
    with override(code):
        shown = page.render(Context({"moment": NOON - timedelta(days=3), "day": date(2025, 3, 12)}))
    assert text_of(shown).split("|") == [ago, day]


def text_of(page: str) -> str:
    """What one reads, without tags, and with single spaces."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", page))
