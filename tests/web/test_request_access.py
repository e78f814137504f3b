"""*Request access* on the page that says there is nothing here, and its answer from the inbox (X2, X4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.access.models import AccessRequest
from clearstage.clients.models import Account, AccountAccess
from clearstage.firm.models import Member
from clearstage.jobs.models import Job, Pipeline
from clearstage.messaging.models import InboxEntry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGES = {"job": "job", "pipeline": "board", "account": "account"}
NONSENSE = 987654321


@pytest.fixture
def mia(signed_in: Any, employee: Member) -> Client:
    client: Client = signed_in(employee)
    return client


@pytest.fixture
def closed(make_job: Any, tax: Pipeline) -> dict[str, int]:
    """Rows that exist and are closed to Mia, by noun."""
    job: Job = make_job()
    Pipeline.objects.filter(pk=tax.pk).update(for_everyone=False)
    return {"job": job.pk, "pipeline": job.pipeline_id, "account": job.account_id}


def page_of(client: Client, noun: str, number: int) -> str:
    """The page at that address without the number itself and what is new on every page."""
    answer = client.get(reverse(PAGES[noun], args=[number]))
    assert answer.status_code == 404
    text = answer.content.decode().replace(f'value="{number}"', 'value="N"')
    token, nonce = answer.context["csrf_token"], answer.context.get("CSP_NONCE")
    return text.replace(str(token), "").replace(str(nonce), "")


def send(client: Client, noun: str, number: int) -> Any:
    return client.post(reverse("access-request"), {"noun": noun, "number": number}, follow=True)


@pytest.mark.parametrize("noun", sorted(PAGES))
def test_what_is_closed_and_what_is_nonsense_look_the_same_before_and_after_asking(
    mia: Client, closed: dict[str, int], noun: str
) -> None:  # X4
    before = page_of(mia, noun, closed[noun])
    assert "Request access" in before
    assert before == page_of(mia, noun, NONSENSE)
    answers = [send(mia, noun, number) for number in (closed[noun], NONSENSE)]
    assert [answer.status_code for answer in answers] == [404, 404]
    after = page_of(mia, noun, closed[noun])
    assert "Your request has been passed on" in after
    assert "Request access" not in after
    assert after == page_of(mia, noun, NONSENSE)
    assert [len(answer.content) for answer in answers][0] == [len(answer.content) for answer in answers][1]


def test_only_those_who_could_be_let_in_are_offered_to_ask(
    web: Client, mia: Client, closed: dict[str, int]
) -> None:
    assert "Request access" not in web.get(reverse("job", args=[NONSENSE])).content.decode()
    assert web.post(reverse("access-request"), {"noun": "job", "number": NONSENSE}).status_code == 403
    assert Client().post(reverse("access-request"), {"noun": "job", "number": 1}).status_code == 302
    other = mia.get(reverse("job-history", args=[closed["job"]]))
    assert (other.status_code, "Request access" in other.content.decode()) == (404, False)
    part = mia.get(reverse("job", args=[closed["job"]]), headers=HTMX)
    assert (part.status_code, part.content) == (404, b"")
    assert mia.get("/jobs/99999999999999999999/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [{}, {"noun": "task", "number": "1"}, {"noun": "job", "number": "1e3"}, {"noun": "job", "number": 2**70}],
)
def test_a_form_that_names_nothing_is_not_found(mia: Client, form: dict[str, Any]) -> None:
    assert mia.post(reverse("access-request"), form).status_code == 404
    assert not AccessRequest.objects.exists()


def test_granted_from_the_inbox_the_page_opens(
    web: Client, mia: Client, closed: dict[str, int], owner: Member
) -> None:
    send(mia, "job", closed["job"])
    entry = InboxEntry.objects.get(member=owner)
    page = web.get("/inbox/").content.decode()
    assert "Mia Chen asks for access to the job" in page
    for what in ("inbox-grant", "inbox-decline"):
        assert reverse(what, args=[entry.pk]) in page
    answer = web.post(reverse("inbox-grant", args=[entry.pk]), headers=HTMX)
    assert "the account" in answer.headers["HX-Trigger"]
    assert "asks for access" not in answer.content.decode()
    assert mia.get(reverse("job", args=[closed["job"]])).status_code == 200
    assert "has given you access" in mia.get("/inbox/").content.decode()
    assert reverse("inbox-grant", args=[entry.pk]) not in web.get("/inbox/?show=done").content.decode()


def test_declined_from_the_inbox_nothing_opens(
    web: Client, mia: Client, closed: dict[str, int], owner: Member
) -> None:
    send(mia, "account", closed["account"])
    entry = InboxEntry.objects.get(member=owner)
    web.post(reverse("inbox-decline", args=[entry.pk]), headers=HTMX)
    inbox = mia.get("/inbox/").content.decode()
    assert "has declined your request" in inbox
    assert "Ada Okafor" not in inbox
    assert mia.get(reverse("account", args=[closed["account"]])).status_code == 404
    assert web.post(reverse("inbox-grant", args=[entry.pk])).status_code == 409


def test_entries_of_others_and_of_other_kinds_are_not_answered(
    web: Client, mia: Client, signed_in: Any, closed: dict[str, int], owner: Member, make_member: Any
) -> None:
    send(mia, "job", closed["job"])
    entry = InboxEntry.objects.get(member=owner)
    other = signed_in(make_member("abe@example.test", "Abe", rights=["assign teammates"]))
    assert other.post(reverse("inbox-grant", args=[entry.pk])).status_code == 404
    InboxEntry.objects.filter(pk=entry.pk).update(kind="notice")
    assert web.post(reverse("inbox-grant", args=[entry.pk])).status_code == 404


def test_a_thing_that_was_closed_to_the_member_meanwhile_is_not_his_to_grant(
    mia: Client, signed_in: Any, closed: dict[str, int], make_member: Any
) -> None:
    abe = make_member("abe@example.test", "Abe", rights=["assign teammates"])
    AccountAccess.objects.create(account=Account.objects.get(), member=abe)
    send(mia, "account", closed["account"])
    AccountAccess.objects.all().delete()
    entry = InboxEntry.objects.get(member=abe)
    page = signed_in(abe).get("/inbox/").content.decode()
    assert reverse("inbox-grant", args=[entry.pk]) not in page
    assert reverse("inbox-done", args=[entry.pk]) in page
    assert signed_in(abe).post(reverse("inbox-grant", args=[entry.pk])).status_code == 404
