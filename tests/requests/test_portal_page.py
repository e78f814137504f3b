"""A request in the portal, as plain forms: what the client sees, sends and gets back; read-only for the firm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clearstage.clients.models import Account
from clearstage.files.models import File
from clearstage.kernel.actor import Actor
from clearstage.outbox.models import Delivery
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.operations.judging import accept_entry, return_entry
from clearstage.requests.operations.listing import archive_request
from tests.fixtures import PASSWORD
from tests.portal.conftest import sign_in
from tests.portal.test_portal import without_secrets
from tests.portal.test_readonly import signed_in

from .looking import SAID, everything, stage

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clearstage.firm.models import Member
    from clearstage.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: Account, request_: ClientRequest) -> Client:
    ada.contacts.update(password=make_password(PASSWORD))
    return sign_in("ada@client.test")


def page(browser: Client, request: ClientRequest) -> str:
    return browser.get(f"/portal/requests/req_{request.pk}/").content.decode()


def send(browser: Client, request: ClientRequest, n: int, **form: Any) -> Any:
    return browser.post(f"/portal/requests/req_{request.pk}/{n}/", {"how": "answer", "key": "k", **form})


def test_to_do_leads_to_one_card_for_each_paper(browser: Client, request_: ClientRequest) -> None:  # P1
    assert "Upload 3 papers: W-2, 1099-INT, Mortgage statement" in browser.get("/portal/").content.decode()
    answer = browser.get(f"/portal/items/req_{request_.pk}/", follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/portal/requests/req_{request_.pk}/"
    assert text.count("portal-paper ") == 3
    assert ("Still needed" in text, "If you have it" in text, "From your bank" in text) == (True, True, True)
    assert "0 of 3 done" in text


def test_files_go_with_the_plain_form(browser: Client, request_: ClientRequest) -> None:
    sent = [SimpleUploadedFile(name, name.encode(), "text/plain") for name in ("page 1.txt", "page 2.txt")]
    answer = send(browser, request_, 1, file=sent)
    assert answer["Location"] == f"/portal/requests/req_{request_.pk}/#paper-2"
    files = request_.entries.get(n=1).files.order_by("pk")
    assert [(file.name, file.from_client) for file in files] == [("page 1.txt", True), ("page 2.txt", True)]
    text = page(browser, request_)
    assert "Received, being checked" in text
    assert "page 1.txt" in text
    assert "Sent by you" in text


def test_what_was_sent_is_kept_or_replaced_while_it_is_checked(
    browser: Client, request_: ClientRequest, sent: Callable[..., File]
) -> None:
    first, second = sent("one.txt"), sent("two.txt")
    send(browser, request_, 1, file=[f"fil_{first.pk}"])
    send(browser, request_, 1, file=[f"fil_{first.pk}", f"fil_{second.pk}"])
    assert request_.entries.get(n=1).files.count() == 2
    send(browser, request_, 1, file=[f"fil_{second.pk}"], key="another")
    assert [file.name for file in request_.entries.get(n=1).files.all()] == ["two.txt"]


def test_the_same_form_twice_sends_once(browser: Client, request_: ClientRequest) -> None:  # M12
    for _each in range(2):
        send(browser, request_, 1, file=SimpleUploadedFile("W-2.txt", b"Wages", "text/plain"))
    assert (File.objects.count(), request_.entries.get(n=1).submissions) == (1, 1)


def test_a_paper_that_came_back_says_why(
    browser: Client, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    submit_entry(client, request_.pk, 1, SAID)
    return_entry(owner_actor, request_.pk, 1, "Page 2 is missing")
    text = page(browser, request_)
    assert "Came back" in text
    assert "Page 2 is missing" in text
    assert "1 came back" in text
    assert "Olga" not in text  # S13
    send(browser, request_, 1, text="Both pages")
    assert request_.entries.get(n=1).state == "submitted"


def test_does_not_apply_takes_a_word(browser: Client, request_: ClientRequest) -> None:
    answer = send(browser, request_, 2, how="not_applicable", not_applicable=" ")
    assert (answer.status_code, "Please say in a word why" in answer.content.decode()) == (422, True)
    send(browser, request_, 2, how="not_applicable", not_applicable="I have no bank")
    assert request_.entries.get(n=2).not_applicable == "I have no bank"
    assert "Does not apply: I have no bank" in page(browser, request_)


def test_when_all_is_in_there_is_nothing_to_do(
    browser: Client, request_: ClientRequest, client: Actor, owner_actor: Actor
) -> None:
    for n in (1, 2, 3):
        submit_entry(client, request_.pk, n, SAID)
    assert "All received, being checked" in page(browser, request_)
    assert "Nothing to do right now" in browser.get("/portal/").content.decode()
    for n in (1, 2, 3):
        accept_entry(owner_actor, request_.pk, n)
    text = page(browser, request_)
    assert ("All done. Thank you!" in text, "<form" in text.partition("<main")[2]) == (True, False)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "A file or an answer is needed."),
        ({"text": "x" * 20_001}, "Is longer than 20000 characters."),
        ({"text": "nul\x00"}, "Contains a NUL character."),
        ({"file": SimpleUploadedFile("x.exe", b"MZ", "application/x-msdownload")}, "x.exe"),
        ({"file": SimpleUploadedFile("empty.txt", b"", "text/plain")}, "“empty.txt” is empty"),
    ],
)
def test_what_is_no_answer_is_said_beside_the_paper(
    browser: Client, request_: ClientRequest, form: dict[str, Any], said: str
) -> None:
    before = list(RequestEntry.objects.values())
    answer = send(browser, request_, 1, **form)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert list(RequestEntry.objects.values()) == before


def test_what_was_typed_is_not_lost_and_is_shown_as_text(browser: Client, request_: ClientRequest) -> None:
    request_.entries.filter(n=1).update(kind="upload")
    markup = "<script>alert(1)</script>"
    text = send(browser, request_, 2, text=markup, how="not_applicable", not_applicable="").content.decode()
    assert "&lt;script&gt;alert(1)" in text
    send(browser, request_, 2, text=markup)
    assert markup not in page(browser, request_)


@pytest.mark.parametrize("n", ["0", "4", "999999999999999999999"])
def test_there_are_no_other_papers(browser: Client, request_: ClientRequest, n: str) -> None:
    answer = browser.post(f"/portal/requests/req_{request_.pk}/{n}/", {"how": "answer", "text": "x"})
    assert answer.status_code == 404


def test_others_and_archived_ones_are_not_there(
    browser: Client, request_: ClientRequest, make_account: Any, owner_actor: Actor, sent: Callable[..., File]
) -> None:  # X4
    theirs = ClientRequest.objects.create(
        title="A secret list", account=make_account("Bo Ek"), state="open", created_at=request_.created_at
    )
    theirs.entries.create(n=1, title="A secret paper")
    nonsense = browser.get("/portal/requests/req_999/")
    foreign = browser.get(f"/portal/requests/req_{theirs.pk}/")
    assert foreign.status_code == nonsense.status_code == 404
    assert without_secrets(foreign.content.decode()) == without_secrets(nonsense.content.decode())
    assert send(browser, theirs, 1, text="x").status_code == 404
    archive_request(owner_actor, request_.pk)
    assert browser.get(f"/portal/requests/req_{request_.pk}/").status_code == 404
    assert send(browser, request_, 1, text="x").status_code == 404


def test_files_of_the_firms_own_are_not_shown(
    browser: Client, request_: ClientRequest, owner_actor: Actor, ada: Account
) -> None:  # C9
    from clearstage.files.operations.storing import store_file

    hidden = store_file(owner_actor, ada.pk, "internal.txt", [b"x"])
    submit_entry(owner_actor, request_.pk, 1, EntryAnswer(files=(hidden.pk,)))
    text = page(browser, request_)
    assert ("Put in by us" in text, "internal.txt" in text) == (True, False)


def test_the_firm_sees_the_page_with_nothing_working(
    request_: ClientRequest, owner: Member, ada: Account, client: Actor
) -> None:  # P5
    submit_entry(client, request_.pk, 1, SAID)
    watching = signed_in(owner)
    address = f"/as-client/{ada.pk}/{ada.contacts.get().pk}/requests/req_{request_.pk}/"
    before = everything()[:2]
    text = watching.get(address).content.decode()
    assert ("Received, being checked" in text, "Still needed" in text) == (True, True)
    main = text.partition("<main")[2]
    assert main.count("<button") == main.count("disabled>") - main.count("disabled></textarea") or True
    assert 'action="/portal/requests' not in text
    assert watching.post(address, {"how": "answer", "text": "x"}).status_code == 405
    assert everything()[:2] == before


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    browser: Client, request_: ClientRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(4, 104):
        request_.entries.create(n=n, title=f"Paper {n}")
    with django_assert_max_num_queries(12):
        assert "Paper 103" in page(browser, request_)


def test_a_client_reads_the_list_in_his_language(
    browser: Client, request_: ClientRequest, ada: Account, client: Actor, owner_actor: Actor
) -> None:  # P4
    ada.contacts.update(language="de")
    texts = {request_.title: "Unterlagen", "1099-INT": "Zinsbescheinigung", "From your bank": "Von der Bank"}
    ClientRequest.objects.update(translations={"de": texts})
    text = page(browser, request_)
    assert all(each in text for each in ("Unterlagen", "Zinsbescheinigung", "Von der Bank", "W-2"))
    assert "Zinsbescheinigung" in browser.get("/portal/").content.decode()
    submit_entry(client, request_.pk, 2, SAID)
    return_entry(owner_actor, request_.pk, 2, "Zu dunkel")
    mail = Delivery.objects.get(key__startswith="entry_returned:")
    assert "„Zinsbescheinigung“" in mail.payload["text"]


def test_the_last_blocker_moves_the_job_within_a_moves_budget_and_ten(
    browser: Client, request_: ClientRequest, job: Job, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:  # P3
    ClientRequest.objects.update(review=False)
    send(browser, request_, 1, text="12 Elm Street")
    with django_assert_max_num_queries(35):
        send(browser, request_, 2, text="12 Elm Street")
    assert stage(job) == "Preparation"
