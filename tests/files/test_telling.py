"""What the firm hears of the documents that clients send by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from .samples import PDF
from .sending import BYTES, TUS, go_on, metadata, pdf, sent

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor


def told(ada: Account) -> list[tuple[str, str]]:
    from clearstage.engine.sentences import render
    from clearstage.messaging.models import InboxEntry

    rows = InboxEntry.objects.filter(account=ada).order_by("pk")
    return [(row.kind, render(row.said)) for row in rows]


@pytest.fixture
def followed(mia: Actor, ada: Account) -> None:
    from clearstage.messaging.operations.following import follow_account

    follow_account(mia, ada.pk)


def in_pieces(browser: Client, ada: Account, place: str, name: str) -> None:
    headers = {**TUS, "Upload-Length": str(len(PDF)), "Upload-Metadata": metadata(ada, name)}
    address = browser.post(f"/portal/files/{place}/", headers=headers, content_type=BYTES).headers["Location"]
    assert go_on(browser, address, 0, PDF).status_code == 204
    assert go_on(browser, address, len(PDF), b"").status_code == 204  # the answer was lost: asked for again


def test_what_a_client_sends_on_documents_is_one_entry_for_the_firm(
    own_browser: Client, ada: Account, followed: None
) -> None:  # P3
    in_pieces(own_browser, ada, "documents", "one.pdf")
    in_pieces(own_browser, ada, "documents", "two.pdf")
    sent(own_browser, "/portal", ada, pdf("three.pdf"), pdf("four.pdf"), key="k")
    sent(own_browser, "/portal", ada, pdf("three.pdf"), pdf("four.pdf"), key="k")
    assert told(ada) == [("client_documents", "4 documents from Ada Okafor")]


def test_what_is_sent_for_an_item_is_told_by_the_item(
    own_browser: Client, ada: Account, followed: None
) -> None:
    in_pieces(own_browser, ada, "uploads", "one.pdf")
    assert told(ada) == []


def test_what_the_firm_adds_is_no_news_to_it(firm_browser: Client, ada: Account, followed: None) -> None:
    assert sent(firm_browser, "", ada, pdf()).status_code == 302
    assert told(ada) == []


def test_the_entry_leads_to_the_documents(
    own_browser: Client, firm_browser: Client, ada: Account, followed: None
) -> None:
    from clearstage.messaging.models import InboxEntry

    in_pieces(own_browser, ada, "documents", "one.pdf")
    entry = InboxEntry.objects.get()
    assert "A document from Ada Okafor: one.pdf" in firm_browser.get("/inbox/").content.decode()
    assert firm_browser.get(f"/inbox/{entry.pk}/").url == f"/clients/{ada.pk}/#documents"
