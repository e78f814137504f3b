"""P4: the client reads in his language what the firm has translated, and the firm sees him read it."""

from __future__ import annotations

import pytest
from django.test import Client

from clearstage.clients.models import Account, Contact
from clearstage.engine.translations import said
from clearstage.firm.models import Member
from clearstage.jobs.models import ClientStatus
from tests.portal.conftest import MakeJob
from tests.portal.test_readonly import signed_in
from tests.portal.test_todo import Letters, letters

__all__ = ["letters"]


@pytest.fixture
def german(contact: Contact, client_status: ClientStatus) -> Contact:
    texts = {"name": "Wartet auf Unterlagen", "description": "Bitte <b>alles</b> von der Liste."}
    ClientStatus.objects.filter(pk=client_status.pk).update(translations={"de": texts})
    contact.language = "de"
    contact.save(update_fields=["language"])
    return contact


def test_work_in_progress_is_told_in_his_language(
    german: Contact, account: Account, make_job: MakeJob, browser: Client
) -> None:
    make_job(account)
    page = browser.get("/portal/").content.decode()
    assert "Wartet auf Unterlagen" in page
    assert "Bitte &lt;b&gt;alles&lt;/b&gt; von der Liste." in page
    assert "Waiting for documents" not in page


def test_so_is_to_do(german: Contact, account: Account, letters: Letters, browser: Client) -> None:
    letters.ask(account, said("Papers {for} 2025", {"de": {"Papers {for} 2025": "Unterlagen {für} 2025"}}))
    page = browser.get("/portal/").content.decode()
    assert "Answer Unterlagen {für} 2025" in page
    assert "Papers {for} 2025" not in page


def test_the_firm_sees_it_as_he_does(
    german: Contact, account: Account, make_job: MakeJob, letters: Letters, owner: Member
) -> None:  # P5
    make_job(account)
    letters.ask(account, said("Papers", {"de": {"Papers": "Unterlagen"}}))
    own = signed_in(owner)
    as_he_does = own.get(f"/as-client/{account.pk}/{german.pk}/").content.decode()
    assert "Wartet auf Unterlagen" in as_he_does
    assert "Answer Unterlagen" in as_he_does
    as_a_whole = own.get(f"/as-client/{account.pk}/0/").content.decode()
    assert "Waiting for documents" in as_a_whole
    assert "Answer Papers" in as_a_whole
