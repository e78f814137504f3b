"""Questionnaires in the portal: filled in by form or as one types, looked over, submitted, and seen by the firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from clearstage.clients.models import Contact
from clearstage.organizers.models import Organizer
from clearstage.organizers.operations.answering import save_answers
from tests.fixtures import PASSWORD
from tests.organizers.conftest import (
    COMPLETE,
    Sent,
    ada,
    client,
    given,
    make_pipeline,
    returns,
    sent,
    stage_of,
    template,
)
from tests.portal.conftest import sign_in
from tests.portal.test_readonly import signed_in

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.firm.models import Member

__all__ = ["ada", "client", "make_pipeline", "returns", "sent", "template"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(sent: Sent) -> Organizer:
    return sent()


@pytest.fixture
def browser(ada: Account) -> Client:
    from django.contrib.auth.hashers import make_password

    Contact.objects.update(password=make_password(PASSWORD))
    return sign_in("ada@client.test")


def fields(page: str) -> dict[str, str]:
    """The hidden inputs of a form, as they were drawn."""
    import re

    return dict(re.findall(r'<input type="hidden" name="((?:was|shown)-[^"]+)" value="([^"]*)"', page))


def address(organizer: Organizer, rest: str = "") -> str:
    return f"/portal/organizers/org_{organizer.pk}/{rest}"


def test_it_waits_in_to_do_until_it_is_submitted(browser: Client, organizer: Organizer) -> None:  # P1
    assert "Answer the questionnaire" in browser.get("/portal/").content.decode()
    assert browser.get(f"/portal/items/org_{organizer.pk}/").headers["Location"] == address(organizer)
    page = browser.get(address(organizer)).content.decode()
    assert "this takes ten minutes" in page
    assert "0 of 3 answered" in page


def test_it_is_filled_in_section_by_section_without_a_script(browser: Client, organizer: Organizer) -> None:
    drawn = fields(browser.get(address(organizer, "1/")).content.decode())
    answer = browser.post(
        address(organizer, "1/save/"), {**drawn, "a-what_is_your_job": "Baker", "a-moved": "yes"}
    )
    assert answer.headers["Location"] == address(organizer, "1/") + "#q-when_did_you_move"
    drawn = fields(browser.get(address(organizer, "1/")).content.decode())
    again = {**drawn, "a-what_is_your_job": "Baker", "a-moved": "yes", "a-when_did_you_move": "2025-03-01"}
    answer = browser.post(address(organizer, "1/save/"), again)
    assert answer.headers["Location"] == address(organizer, "2/")
    drawn = fields(browser.get(address(organizer, "2/")).content.decode())
    answer = browser.post(address(organizer, "2/save/"), {**drawn, "a-income_from_abroad": ""})
    assert answer.headers["Location"] == address(organizer, "review/")
    review = browser.get(address(organizer, "review/")).content.decode()
    assert "Everything we need is there" in review
    assert "Baker" in review
    answer = browser.post(address(organizer, "submit/"))
    assert answer.headers["Location"] == address(organizer, "done/")
    assert stage_of(organizer) == "Moved"
    assert "Thank you" in browser.get(answer.headers["Location"]).content.decode()
    assert "Nothing to do right now" in browser.get("/portal/").content.decode()
    for rest in ("1/", "review/"):
        assert browser.get(address(organizer, rest)).headers["Location"] == address(organizer)
    assert "Submitted by Ada Okafor" in browser.get(address(organizer)).content.decode()


def test_what_is_typed_is_saved_at_once(browser: Client, organizer: Organizer) -> None:
    told = browser.post(
        address(organizer, "1/save/"),
        {"was-moved": "", "a-moved": "yes"},
        headers={"Accept": "application/json"},
    )
    assert told.json()["shown"][:3] == ["what_is_your_job", "moved", "when_did_you_move"]
    assert (told.json()["answered"], told.json()["of"]) == (1, 4)
    assert given(organizer) == {"moved": True}
    wrong = browser.post(
        address(organizer, "1/save/"),
        {"was-when_did_you_move": "", "a-when_did_you_move": "soon"},
        headers={"Accept": "application/json"},
    )
    assert (wrong.status_code, list(wrong.json()["problems"])) == (422, ["when_did_you_move"])


def test_an_amount_is_written_as_in_the_clients_language(browser: Client, organizer: Organizer) -> None:  # P4
    browser.post("/portal/language/", {"language": "de"})
    body = {
        "was-income_from_abroad": "",
        "a-income_from_abroad": "yes",
        "was-countries": "",
        "a-countries": "Canada",
    }
    browser.post(address(organizer, "2/save/"), {**body, "was-how_much": "", "a-how_much": "1.250,50 €"})
    assert given(organizer)["how_much"] == "1250.50"
    assert 'name="a-how_much" value="1250,50"' in browser.get(address(organizer, "2/")).content.decode()
    assert "1.250,50" in browser.get(address(organizer, "review/")).content.decode()
    browser.post("/portal/language/", {"language": "en"})
    assert "1,250.50" in browser.get(address(organizer, "review/")).content.decode()


def test_what_does_not_fit_is_said_beside_it_and_kept(browser: Client, organizer: Organizer) -> None:
    body = {"was-when_did_you_move": "", "a-when_did_you_move": "in <b>May</b>"}
    answer = browser.post(address(organizer, "1/save/"), body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Has to be a date such as 2026-04-15" in page
    assert 'value="in &lt;b&gt;May&lt;/b&gt;"' in page
    assert given(organizer) == {}


@pytest.mark.parametrize("value", ["a\x00b", "x" * 501, "two\nlines"])
def test_hostile_words_are_refused_in_words(browser: Client, organizer: Organizer, value: str) -> None:
    body = {"was-what_is_your_job": "", "a-what_is_your_job": value}
    assert browser.post(address(organizer, "1/save/"), body).status_code == 422
    assert given(organizer) == {}


def test_gaps_are_listed_with_links_and_nothing_is_submitted(browser: Client, organizer: Organizer) -> None:
    answer = browser.post(address(organizer, "submit/"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="{address(organizer, "1/")}#q-what_is_your_job"' in page
    organizer.refresh_from_db()
    assert organizer.state == "sent"


def test_answers_are_shown_as_text(browser: Client, organizer: Organizer, client: Any) -> None:
    browser.post(
        address(organizer, "1/save/"),
        {"was-what_is_your_job": "", "a-what_is_your_job": "<script>x</script>"},
    )
    for rest in ("1/", "review/"):
        page = browser.get(address(organizer, rest)).content.decode()
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page


@pytest.mark.parametrize("rest", ["", "1/", "review/", "done/"])
def test_another_clients_organizer_is_not_there(
    browser: Client, sent: Sent, make_account: Any, rest: str
) -> None:  # X4
    other = sent(make_account("Somebody else", contacts=["other@client.test"]))
    assert browser.get(address(other, rest)).status_code == 404
    assert browser.get(f"/portal/organizers/org_999/{rest}").status_code == 404


@pytest.mark.parametrize("rest", ["1/save/", "submit/"])
def test_nobody_writes_into_another_clients_organizer(
    browser: Client, sent: Sent, make_account: Any, rest: str
) -> None:  # X4
    other = sent(make_account("Somebody else", contacts=["other@client.test"]))
    assert browser.post(address(other, rest), {"was-moved": "", "a-moved": "yes"}).status_code == 404
    assert given(other) == {}


@pytest.mark.parametrize("item", ["org_0", "tsk_1", "x", "org_9223372036854775808"])
def test_nonsense_is_not_found(browser: Client, organizer: Organizer, item: str) -> None:
    assert browser.get(f"/portal/organizers/{item}/").status_code == 404
    assert browser.get(address(organizer, "99999999999999999999/")).status_code == 404


def test_an_archived_one_is_gone(browser: Client, organizer: Organizer) -> None:
    Organizer.objects.update(state="archived")
    assert browser.get(address(organizer)).status_code == 404
    assert browser.post(address(organizer, "submit/")).status_code == 404


def test_the_firm_sees_every_page_and_no_control_of_it_works(
    owner: Member, organizer: Organizer, ada: Account
) -> None:  # P5
    member, contact = signed_in(owner), ada.contacts.get()
    below = f"/as-client/{ada.pk}/{contact.pk}/organizers/org_{organizer.pk}/"
    for rest in ("", "1/", "review/"):
        page = member.get(below + rest).content.decode()
        assert "Nothing can be changed" in page
        assert "/portal/organizers/" not in page
    section = member.get(f"{below}1/").content.decode()
    assert section.count("<fieldset") == section.count(" disabled>") - 1 == 3
    assert "data-organizer" not in section
    for rest in ("1/save/", "submit/"):
        assert member.post(below + rest, {"was-moved": "", "a-moved": "yes"}).status_code in (404, 405)
    assert given(organizer) == {}


def test_a_long_questionnaire_takes_no_more_queries(
    browser: Client, organizer: Organizer, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        browser.get(address(organizer, "1/"))


def test_the_last_blocker_moves_the_job_within_a_moves_budget_and_ten(
    browser: Client, sent: Sent, client: Any, django_assert_max_num_queries: Any
) -> None:  # L6, P3
    plain, tagging = sent(), sent()
    save_answers(client, plain.pk, COMPLETE)
    save_answers(client, tagging.pk, {**COMPLETE, "income_from_abroad": True})
    for organizer, stage in ((plain, "Preparation"), (tagging, "Foreign income")):
        with django_assert_max_num_queries(35):
            browser.post(address(organizer, "submit/"))
        assert stage_of(organizer) == stage
