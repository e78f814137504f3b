"""Getting into the firm's pages, and out again (X1, X5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.fixtures import PASSWORD

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clearstage.firm.models import Member


def sign_in(email: str, password: str = PASSWORD, browser: Client | None = None, **more: str) -> Any:
    return (browser or Client()).post("/sign-in/", {"email": email, "password": password, **more})


def test_a_member_signs_in_and_is_at_home(owner: Member) -> None:
    browser = Client()
    answer = sign_in("OWNER@example.test", browser=browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    text = browser.get("/").content.decode()
    assert "Olga Owner" in text
    assert "Lindqvist &amp; Partners" in text


def test_an_unknown_e_mail_and_a_wrong_password_are_answered_alike(owner: Member) -> None:
    answers = [sign_in(email, "wrong") for email in ("owner@example.test", "nobody@example.test")]
    texts = [answer.content.decode() for answer in answers]
    told = [text.replace("owner@example.test", "").replace("nobody@example.test", "") for text in texts]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert without_secrets(told[0]) == without_secrets(told[1])
    assert "do not belong together" in told[0]


def test_guessing_is_slowed_down(owner: Member) -> None:
    for _try in range(10):
        sign_in("owner@example.test", "wrong")
    answer = sign_in("owner@example.test")
    assert answer.status_code == 422
    assert "Too many tries" in answer.content.decode()


def test_the_session_gets_a_new_key(owner: Member) -> None:
    browser = Client()
    sign_in("owner@example.test", browser=browser)
    before = browser.cookies["clearstage_firm"].value
    browser.post("/sign-out/")
    sign_in("owner@example.test", browser=browser)
    assert browser.cookies["clearstage_firm"].value != before


def test_a_deactivated_member_is_out_at_the_next_request(owner: Member, employee: Member) -> None:  # X5
    browser = Client()
    sign_in("mia@example.test", browser=browser)
    assert browser.get("/").status_code == 200
    employee.is_active = False
    employee.save(update_fields=["is_active"])
    assert browser.get("/").headers["Location"] == "/sign-in/"
    assert sign_in("mia@example.test").status_code == 422


def test_a_new_password_ends_the_sessions(owner: Member) -> None:
    browser = Client()
    sign_in("owner@example.test", browser=browser)
    owner.set_password("another long password")
    owner.save(update_fields=["password"])
    assert browser.get("/").headers["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/search/?q=ada", "/search/?q=ada"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/portal/", "/"),
        ("", "/"),
    ],
)
def test_only_local_pages_follow_the_sign_in(owner: Member, wanted: str, reached: str) -> None:
    assert sign_in("owner@example.test", next=wanted).headers["Location"] == reached


def test_who_is_sent_to_the_sign_in_comes_back(owner: Member) -> None:
    answer = Client().get("/search/?q=ada")
    assert answer.headers["Location"] == "/sign-in/?next=%2Fsearch%2F%3Fq%3Dada"


def test_a_part_of_a_page_asked_for_without_a_session_leads_the_whole_page_to_the_sign_in(
    owner: Member,
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/?q=x"}
    answer = Client().get("/search/", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/?next=%2Fjobs%2F%3Fq%3Dx")


def test_signing_out_takes_a_post(owner: Member) -> None:
    browser = Client()
    sign_in("owner@example.test", browser=browser)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.get("/").status_code == 200
    browser.post("/sign-out/")
    assert browser.get("/").status_code == 302


def test_a_form_without_its_token_is_refused(owner: Member) -> None:
    answer = sign_in("owner@example.test", browser=Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/sign-in/", "/search/"])
def test_without_a_firm_every_page_says_what_to_do(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/set-up/")
    assert "set-up link" in Client().get("/set-up/").content.decode()


@pytest.fixture
def link(db: None, tmp_path: Path) -> Any:
    from clearstage.firm.setup_link import make_setup_link

    with override_settings(DATA=tmp_path):
        yield "/" + make_setup_link().split("/", 3)[3]


SETUP = {
    "name": "Okafor & Chen", "timezone": "Europe/Berlin", "owner_name": "Nia Okafor",
    "owner_email": "nia@example.test", "password": "a long enough password",
}  # fmt: skip


def test_the_set_up_link_makes_the_firm_and_signs_its_owner_in(link: str) -> None:
    from clearstage.firm.models import Firm, Member

    browser = Client()
    assert browser.get(link).status_code == 200
    assert browser.post(link, SETUP).headers["Location"] == "/"
    assert Firm.objects.get().timezone == "Europe/Berlin"
    assert Member.objects.get().role == "owner"
    assert "Nia Okafor" in browser.get("/").content.decode()
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "short"), ("owner_email", "nia"), ("name", ""), ("timezone", "Mars/Base")],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(
    link: str, field: str, value: str
) -> None:
    from clearstage.firm.models import Firm

    answer = Client().post(link, {**SETUP, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Firm.objects.exists()


def test_another_link_does_not_exist(link: str) -> None:
    assert Client().get("/setup/guess/").status_code == 404


def test_home_shows_my_work_and_nobody_elses(
    owner: Member,
    employee: Member,
    make_account: Callable[..., Any],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    from clearstage.kernel import clock
    from clearstage.work.models import Task, TaskAssignee

    account = make_account("Ada Okafor")
    for title, member in [("Mine", owner), ("Hers", employee)]:
        task = Task.objects.create(title=title, account=account, created_at=clock.now())
        TaskAssignee.objects.create(task=task, member=member)
    browser = Client()
    browser.force_login(owner)
    with django_assert_max_num_queries(12):
        text = browser.get("/").content.decode()
    assert "Mine" in text
    assert "Hers" not in text


def test_being_assigned_opens_nothing(employee: Member, make_account: Callable[..., Any]) -> None:  # X2
    from clearstage.kernel import clock
    from clearstage.work.models import Task, TaskAssignee

    task = Task.objects.create(
        title="Closed account", account=make_account("Secret Ltd"), created_at=clock.now()
    )
    TaskAssignee.objects.create(task=task, member=employee)
    browser = Client()
    browser.force_login(employee)
    text = browser.get("/").content.decode() + browser.get("/search/?q=secret").content.decode()
    assert "Closed account" not in text
    assert "Secret Ltd" not in text


def test_the_search_finds_clients_by_name_and_number(owner: Member, make_account: Callable[..., Any]) -> None:
    make_account("Søren Kjærgaard", number="K-17")
    browser = Client()
    browser.force_login(owner)
    for words in ("kjærg", "k-17"):
        text = browser.get(f"/search/?q={words}", headers={"HX-Request": "true"}).content.decode()
        assert "Søren Kjærgaard" in text
        assert "<html" not in text


@pytest.mark.parametrize("address", ["/nonsense/", "/as-client/99999/"])
def test_nonsense_is_answered_by_a_friendly_page(owner: Member, address: str) -> None:  # X4
    browser = Client()
    browser.force_login(owner)
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_nonsense_in_a_part_of_a_page_is_said_in_a_toast(owner: Member) -> None:
    answer = Client().get("/nonsense/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer.content == b""
    assert '"toast"' in answer.headers["HX-Trigger"]


def without_secrets(text: str) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)
