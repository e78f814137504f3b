"""What a client sees of his work, and what he never sees (C2, C9, C10, S13, X4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from tests.fixtures import PASSWORD, MakeAccount
from tests.portal.conftest import MakeJob, sign_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member
    from clearstage.jobs.models import ClientStatus

HIDDEN = ("Hidden", "secret tag", "Olga", "4242", "urgent", "custom", "1040 for 2025")


def page(browser: Client, address: str = "/portal/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_shown_job_is_work_in_progress(browser: Client, account: Account, make_job: MakeJob) -> None:  # C9
    make_job(account, client_job_name="Your 2025 tax return")
    text = page(browser)
    assert "Your 2025 tax return" in text
    assert "Waiting for documents" in text
    assert "your turn" in text
    assert "Please add the papers on your list." in text
    assert 'datetime="2026-02-03"' in text


def test_nothing_inside_the_firm_is_on_the_page(
    browser: Client, account: Account, make_job: MakeJob
) -> None:  # S13
    make_job(account, client_job_name="Your 2025 tax return")
    text = page(browser)
    assert [word for word in HIDDEN if word in text] == []


def test_the_jobs_own_name_serves_where_no_other_was_given(
    browser: Client, account: Account, make_job: MakeJob
) -> None:  # C2
    make_job(account, "Payroll 2025")
    assert "Payroll 2025" in page(browser)


def test_an_own_description_replaces_the_lists_and_an_empty_one_too(
    browser: Client, account: Account, make_job: MakeJob
) -> None:  # C2
    job = make_job(account, client_description="We found your papers.")
    text = page(browser)
    assert "We found your papers." in text
    assert "Please add the papers" not in text
    job.client_description = ""
    job.save(update_fields=["client_description"])
    assert "Please add the papers" not in page(browser)


def test_without_an_own_description_the_list_is_followed(
    browser: Client, account: Account, make_job: MakeJob, client_status: ClientStatus
) -> None:  # C2
    make_job(account)
    client_status.description = "Only the bank statement is missing."
    client_status.save(update_fields=["description"])
    assert "Only the bank statement is missing." in page(browser)


@pytest.mark.parametrize("change", [{"client_shown": False}, {"status": "archived", "custom_status": None}])
def test_a_job_that_is_hidden_or_archived_is_gone_at_the_next_request(
    browser: Client, account: Account, make_job: MakeJob, change: dict[str, object]
) -> None:  # C9, C10
    job = make_job(account, "Payroll 2025")
    assert "Payroll 2025" in page(browser)
    for name, value in change.items():
        setattr(job, name, value)
    job.save(update_fields=list(change))
    assert "Payroll 2025" not in page(browser)


def test_what_waits_for_the_client_comes_first(browser: Client, account: Account, make_job: MakeJob) -> None:
    from clearstage.jobs.models import ClientStatus

    make_job(account, "Needs you")
    make_job(account, "Ours", client_status=ClientStatus.objects.create(name="In progress", turn="firm"))
    make_job(account, "Filed", client_status=ClientStatus.objects.create(name="Filed", turn="agency"))
    make_job(account, "Wrapped up", client_status=ClientStatus.objects.create(name="Finished", turn="nobody"))
    text = page(browser)
    assert text.index("Needs you") < min(text.index(name) for name in ("Ours", "Filed", "Wrapped up"))
    for words in ("your turn", "we are at work", "with the authorities", "nothing to do"):
        assert words in text


def test_other_peoples_accounts_do_not_exist(
    browser: Client, make_account: MakeAccount, make_job: MakeJob
) -> None:  # X4
    other = make_account("Brightside LLC", contacts=["bo@example.test"])
    make_job(other, "Secret audit")
    assert "Secret audit" not in page(browser)
    foreign, nonsense = browser.get(f"/portal/?account={other.pk}"), browser.get("/portal/?account=99999")
    assert foreign.status_code == nonsense.status_code == 404
    assert without_secrets(foreign.content.decode()) == without_secrets(nonsense.content.decode())


def test_one_sign_in_serves_all_accounts_and_the_switcher_narrows_to_one(
    browser: Client, account: Account, make_account: MakeAccount, make_job: MakeJob
) -> None:  # P2
    second = make_account("Okafor Design LLC", contacts=["ada@example.test"])
    make_job(account, "Private return")
    make_job(second, "Bookkeeping January")
    text = page(browser)
    assert "Private return" in text
    assert "Bookkeeping January" in text
    text = page(browser, f"/portal/?account={second.pk}")
    assert "Private return" not in text
    assert "Bookkeeping January" in text


def test_an_account_without_sign_in_is_not_shown(
    browser: Client, make_account: MakeAccount, make_job: MakeJob
) -> None:
    second = make_account("Okafor Design LLC", contacts=[{"email": "ada@example.test", "login": False}])
    make_job(second, "Bookkeeping January")
    text = page(browser)
    assert "Bookkeeping January" not in text
    assert "Okafor Design" not in text
    assert browser.get(f"/portal/?account={second.pk}").status_code == 404


def test_who_may_sign_in_for_no_account_any_more_is_out(browser: Client, contact: Contact) -> None:
    contact.account_links.update(login=False)
    assert browser.get("/portal/").headers["Location"] == "/portal/sign-in/"
    answer = Client().post("/portal/sign-in/", {"email": contact.email, "password": PASSWORD})
    assert answer.status_code == 422


def test_a_new_password_ends_the_sessions(browser: Client, contact: Contact) -> None:
    contact.password = make_password("another long password")
    contact.save(update_fields=["password"])
    assert browser.get("/portal/").headers["Location"] == "/portal/sign-in/"
    assert sign_in(password="another long password").get("/portal/").status_code == 200


def test_an_unknown_e_mail_and_a_wrong_password_are_answered_alike(contact: Contact) -> None:
    answers = [
        Client().post("/portal/sign-in/", {"email": email, "password": "wrong"})
        for email in (contact.email, "nobody@example.test")
    ]
    texts = [
        answer.content.decode().replace(contact.email, "").replace("nobody@example.test", "")
        for answer in answers
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert without_secrets(texts[0]) == without_secrets(texts[1])


def test_guessing_is_slowed_down(contact: Contact) -> None:
    for _try in range(10):
        Client().post("/portal/sign-in/", {"email": contact.email, "password": "wrong"})
    answer = Client().post("/portal/sign-in/", {"email": contact.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many tries" in answer.content.decode()


def test_signing_out_ends_the_session(browser: Client) -> None:
    assert browser.get("/portal/sign-out/").status_code == 405
    browser.post("/portal/sign-out/")
    assert browser.get("/portal/").headers["Location"] == "/portal/sign-in/"


def test_the_two_audiences_have_sessions_of_their_own(browser: Client, owner: Member) -> None:
    assert set(browser.cookies) & {"clearstage_firm", "clearstage_portal"} == {"clearstage_portal"}
    assert browser.cookies["clearstage_portal"]["path"] == "/portal/"
    assert browser.get("/").headers["Location"] == "/sign-in/"
    of_the_firm = Client()
    of_the_firm.force_login(owner)
    assert of_the_firm.get("/portal/").headers["Location"] == "/portal/sign-in/"


def test_a_client_cookie_opens_nothing_of_the_firm(browser: Client) -> None:
    key = browser.cookies["clearstage_portal"].value
    forger = Client()
    forger.cookies["clearstage_firm"] = key
    assert forger.get("/").headers["Location"] == "/sign-in/"


def test_an_empty_portal_is_friendly(browser: Client) -> None:
    text = page(browser)
    assert "Nothing to do right now" in text
    assert "No work in progress" in text


@pytest.mark.parametrize("jobs", [3, 300])
def test_the_page_costs_the_same_whatever_the_number_of_jobs(
    browser: Client,
    account: Account,
    make_job: MakeJob,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    jobs: int,
) -> None:
    for number in range(jobs):
        make_job(account, f"Return {number}")
    with django_assert_max_num_queries(10):
        text = page(browser)
    assert text.count("<article") == jobs


def test_the_page_about_oneself_names_only_ones_own_accounts(
    browser: Client, make_account: MakeAccount
) -> None:
    make_account("Brightside LLC")
    text = page(browser, "/portal/you/")
    assert "ada@example.test" in text
    assert "Brightside" not in text


def without_secrets(text: str) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)
