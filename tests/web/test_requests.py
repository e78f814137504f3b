"""Client requests on the firm's pages, without JavaScript: made, checked, returned, answered, put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Account
from clearstage.jobs.models import Job, Template
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.requests.models import ClientRequest, RequestEntry
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from tests.requests.conftest import assistant, client, job, papers, request_, sent
from tests.requests.looking import SAID, answered, stage

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clearstage.files.models import File

__all__ = ["assistant", "client", "job", "papers", "request_", "sent"]
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "job"}


def page(web: Client, job: Job) -> str:
    return web.get(reverse("job", args=[job.pk])).content.decode()


def at(job: Job, request: ClientRequest, rest: str = "") -> str:
    return reverse("job-request", args=[job.pk, request.pk]) + rest


def test_the_jobs_page_shows_what_came(
    web: Client, job: Job, request_: ClientRequest, client: Actor, sent: Callable[..., File]
) -> None:
    file = sent("W-2 of Ada.txt")
    submit_entry(client, request_.pk, 1, EntryAnswer(files=(file.pk,)))
    submit_entry(client, request_.pk, 2, EntryAnswer(text="<b>bold</b>"))
    text = page(web, job)
    assert ("2 to check" in text, "0/3" in text, "Accept all 2" in text) == (True, True, True)
    assert f'href="/files/fil_{file.pk}/"' in text
    assert ("&lt;b&gt;bold" in text, "<b>bold" in text) == (True, False)


def test_a_paper_is_returned_and_accepted_in_place(
    web: Client, job: Job, request_: ClientRequest, client: Actor
) -> None:
    answered(client, request_)
    form = {"key": "a", "seen": "1", "reason": "Page 2 is missing"}
    part = web.post(at(job, request_, "1/return/"), form, headers=HTMX)
    assert "Page 2 is missing" in part.content.decode()
    submit_entry(client, request_.pk, 1, EntryAnswer(text="Both"))
    stale = web.post(at(job, request_, "1/accept/"), {"key": "b", "seen": "1"}, headers=HTMX)
    assert (stale.status_code, "in the meantime" in stale.content.decode()) == (409, True)
    web.post(at(job, request_, "1/accept/"), {"key": "c", "seen": "2"}, headers=HTMX)
    done = web.post(at(job, request_, "2/accept/"), {"key": "d", "seen": "1"}, headers=HTMX)
    assert "The job is now in Preparation" in done.headers["HX-Trigger"]
    assert stage(job) == "Preparation"


def test_a_return_without_a_reason_is_refused(
    web: Client, job: Job, request_: ClientRequest, client: Actor
) -> None:
    submit_entry(client, request_.pk, 1, SAID)
    answer = web.post(at(job, request_, "1/return/"), {"key": "a", "reason": " "})
    assert (answer.status_code, "say why" in answer.content.decode()) == (422, True)
    assert request_.entries.get(n=1).state == "submitted"


def test_the_same_form_twice_is_once(web: Client, job: Job, request_: ClientRequest) -> None:  # M12
    for _each in range(2):
        web.post(at(job, request_, "entries/"), {"key": "k", "title": "Passport", "need": "critical"})
    entry = request_.entries.get(title="Passport")
    assert (entry.critical, request_.entries.count()) == (True, 4)


def test_without_javascript_one_comes_back_to_the_open_request(
    web: Client, job: Job, request_: ClientRequest, client: Actor
) -> None:
    submit_entry(client, request_.pk, 1, SAID)
    answer = web.post(at(job, request_, "accept-all/"), {"key": "k"}, follow=True)
    assert (
        answer.redirect_chain[0][0]
        == f"{reverse('job', args=[job.pk])}?open=req_{request_.pk}#req_{request_.pk}"
    )
    assert f'id="more-request-{request_.pk}" open' in answer.content.decode()


def test_the_firm_answers_for_the_client(web: Client, job: Job, request_: ClientRequest) -> None:
    address = at(job, request_, "1/answer/")
    assert "for the client" in web.get(address).content.decode()
    file = SimpleUploadedFile("W-2.txt", b"Wages", "text/plain")
    web.post(address, {"key": "k", "text": "He brought it", "file": file})
    entry = request_.entries.get(n=1)
    assert (entry.state, entry.text, entry.from_client) == ("submitted", "He brought it", False)
    assert entry.files.get().shared is True
    nothing = web.post(address, {"key": "l"})
    assert nothing.status_code == 422


def test_a_request_is_made_by_hand_from_a_template_or_as_written(
    web: Client, job: Job, request_: ClientRequest
) -> None:
    Template.objects.create(
        kind="request",
        name="Standard",
        body={"title": "Standard papers", "entries": [{"title": "Passport"}]},
        created_at=clock.now(),
    )
    address = reverse("job-request-new", args=[job.pk])
    assert "Standard" in web.get(address).content.decode()
    web.post(address, {"key": "a", "template": "Standard"})
    web.post(address, {"key": "b", "title": "By hand", "entries": "One\n\nTwo\n", "due": "2030-04-15"})
    made = ClientRequest.objects.exclude(pk=request_.pk).order_by("pk")
    assert [(row.title, row.entries.count()) for row in made] == [("Standard papers", 1), ("By hand", 2)]
    for form in ({}, {"title": "No list"}, {"template": "Standard", "title": "Both"}, {"template": "Gone"}):
        assert web.post(address, {"key": "c", **form}).status_code == 422
    assert ClientRequest.objects.count() == 3


def test_what_is_withdrawn_archived_and_restored_is_shown(
    web: Client, job: Job, request_: ClientRequest
) -> None:
    web.post(at(job, request_, "3/withdraw/"), {"key": "a"})
    assert "Mortgage statement" not in page(web, job)
    web.post(at(job, request_, "archive/"), {"key": "b"})
    assert ">archived<" in page(web, job)
    web.post(at(job, request_, "restore/"), {"key": "c"})
    assert ClientRequest.objects.get().state == "open"


def test_everything_that_waits_to_be_checked_is_in_one_list(
    web: Client, job: Job, request_: ClientRequest, client: Actor
) -> None:
    assert "Nothing to check" in web.get("/requests/").content.decode()
    answered(client, request_)
    assert "Clients have sent something for one request." in web.get("/").content.decode()
    text = web.get("/requests/").content.decode()
    assert ("Ada Okafor: Papers" in text, "1099-INT" in text, "Mortgage" in text) == (True, True, False)
    assert f'href="/jobs/{job.pk}/requests/{request_.pk}/"' in text
    part = {"HX-Request": "true", "HX-Target": "to-check"}
    web.post(f"/requests/{request_.pk}/1/return/", {"key": "a", "reason": "Too dark"}, headers=part)
    left = web.post(f"/requests/{request_.pk}/accept-all/", {"key": "b"}, headers=part).content.decode()
    assert "Nothing to check" in left
    assert list(request_.entries.order_by("n").values_list("state", flat=True)[:2]) == [
        "returned",
        "accepted",
    ]
    assert web.get(f"/requests/{request_.pk}/", follow=True).status_code == 200


def test_the_list_takes_a_fixed_number_of_queries(
    web: Client, request_: ClientRequest, client: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(4, 44):
        request_.entries.create(n=n, title=f"Paper {n}", state="submitted", submissions=1)
    with django_assert_max_num_queries(22):
        assert "Paper 43" in web.get("/requests/").content.decode()


def test_without_the_right_one_looks_and_does_nothing(
    job: Job, request_: ClientRequest, client: Actor, assistant: Callable[..., Actor], signed_in: Any
) -> None:  # X1
    from clearstage.firm.models import Member

    submit_entry(client, request_.pk, 1, SAID)
    watcher = signed_in(Member.objects.get(pk=assistant().id))
    text = page(watcher, job)
    assert ("Here it is" in text, "/1/accept/" in text, "job-request-new" in text) == (True, False, False)
    before = list(RequestEntry.objects.values())
    for rest in ("1/accept/", "1/return/", "2/answer/", "accept-all/", "archive/", "entries/"):
        form = {"key": "k", "reason": "x", "title": "x", "text": "x"}
        assert watcher.post(at(job, request_, rest), form).status_code == 403, rest
    assert watcher.get(reverse("job-request-new", args=[job.pk])).status_code == 403
    assert list(RequestEntry.objects.values()) == before


def test_what_is_closed_or_nonsense_is_not_there(
    web: Client, job: Job, request_: ClientRequest, employee: Any, signed_in: Any, ada: Account
) -> None:  # X4
    mia = signed_in(employee)
    for browser, address in (
        (mia, at(job, request_, "1/accept/")),
        (mia, f"/requests/{request_.pk}/1/accept/"),
        (web, at(job, request_, "9/accept/")),
        (web, at(job, request_, "1/eat/")),
        (web, at(job, request_, "eat/")),
        (web, f"/jobs/{job.pk}/requests/999/accept-all/"),
        (web, f"/jobs/{job.pk}/requests/{2**70}/accept-all/"),
        (web, f"/requests/{2**70}/accept-all/"),
    ):
        assert browser.post(address, {"key": "k"}).status_code == 404, address
    assert "Papers for" not in mia.get("/requests/").content.decode()


# Templates


def form_of(*titles: str, **more: str) -> dict[str, str]:
    """What the template's form sends, with its three spare rows."""
    rows = {
        name: value
        for place, title in enumerate((*titles, "", "", ""))
        for name, value in (
            (f"set-entries-{place}-position", str(place + 1)),
            (f"set-entries-{place}-title", title),
            (f"set-entries-{place}-required", "on"),
        )
    }
    return {"name": "1040 papers", "key": "k", "set-title": "Papers", "set-review": "on", **rows, **more}


def test_a_template_is_written_row_by_row(web: Client) -> None:
    assert "set-entries-2-title" in web.get("/templates/new/request/").content.decode()
    more = {
        "set-entries-0-position": "2",
        "set-entries-1-position": "1",
        "set-entries-1-critical": "on",
        "set-entries-1-help": "From your bank",
        "set-finish-rest_percent": "90",
    }
    web.post("/templates/new/request/", form_of("W-2", "1099-INT", "Passport", **more))
    template = Template.objects.get(kind="request")
    assert template.body["entries"] == [
        {"title": "1099-INT", "help": "From your bank", "critical": True},
        {"title": "W-2"},
        {"title": "Passport"},
    ]
    assert template.body["finish"] == {"rest_percent": 90}
    text = web.get(f"/templates/{template.pk}/").content.decode()
    assert ("From your bank" in text, 'value="90"' in text) == (True, True)


def test_rows_are_moved_removed_and_switched_off(web: Client) -> None:
    web.post("/templates/new/request/", form_of("W-2", "1099-INT", "Passport"))
    template = Template.objects.get(kind="request")
    form = form_of("W-2", "", "Passport", **{"set-entries-0-position": "9"})
    del form["set-entries-2-required"], form["set-review"]
    web.post(f"/templates/{template.pk}/", form)
    template.refresh_from_db()
    assert template.body["entries"] == [{"title": "Passport", "required": False}, {"title": "W-2"}]
    assert template.body["review"] is False
    web.post(f"/templates/{template.pk}/", form_of("Passport"))
    template.refresh_from_db()
    assert template.body == {"title": "Papers", "entries": [{"title": "Passport"}]}


@pytest.mark.parametrize(
    ("titles", "more", "said"),
    [
        ((), {}, "is missing"),
        (("x" * 301,), {}, "too long"),
        (("W-2",), {"set-finish-rest_percent": "101"}, "less than or equal to 100"),
        (("W-2",), {"set-entries-0-due": "someday"}, "someday"),
        (("W-2",), {"set-entries-0-kind": "video"}, "video"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    web: Client, titles: tuple[str, ...], more: dict[str, str], said: str
) -> None:
    answer = web.post("/templates/new/request/", form_of(*titles, **more))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert all(title in answer.content.decode() for title in titles)
    assert not Template.objects.filter(kind="request").exists()


def test_the_preview_shows_the_list_as_the_client_reads_it(web: Client) -> None:
    form = form_of("Letter of [ACCOUNT_NAME]", "W-2", **{"set-entries-1-help": "From your employer"})
    text = web.post("/templates/preview/request/", form).content.decode()
    assert ("Letter of Okafor, Ada" in text, "From your employer" in text) == (True, True)


def test_due_dates_are_changed_in_place(web: Client, job: Job, request_: ClientRequest) -> None:
    part = web.post(at(job, request_, "due/"), {"due": "2031-05-14"}, headers=HTMX).content.decode()
    assert 'value="2031-05-14"' in part
    web.post(at(job, request_, "2/due/"), {"due": ""}, headers=HTMX)
    request_.refresh_from_db()
    assert (str(request_.due), request_.entries.get(n=2).due) == ("2031-05-14", None)
    assert web.post(at(job, request_, "due/"), {"due": "soon"}, headers=HTMX).status_code in (409, 422)
