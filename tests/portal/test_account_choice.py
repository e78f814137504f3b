"""Which account is looked at: chosen once, it holds on every page until another is chosen (P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.fixtures import MakeAccount
from tests.portal.conftest import MakeJob, sign_in

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Member

PAGES = ["/portal/", "/portal/documents/", "/portal/messages/", "/portal/you/", "/portal/you/password/"]


@pytest.fixture
def second(make_account: MakeAccount, account: Account) -> Account:
    return make_account("Okafor Design LLC", contacts=["ada@example.test"])


def looks_at(browser: Client, address: str = "/portal/") -> str:
    """The name on the button of the switcher."""
    text = browser.get(address).content.decode()
    button = text[text.index("portal-pick") :]
    return button[button.index('<span class="cut">') :].partition(">")[2].partition("<")[0]


@pytest.mark.parametrize("address", PAGES)
def test_the_choice_holds_and_is_shown_on_every_page(browser: Client, second: Account, address: str) -> None:
    assert looks_at(browser, address) == "All accounts"
    browser.get(f"/portal/?account={second.pk}")
    assert looks_at(browser, address) == "Okafor Design LLC"
    browser.get("/portal/documents/?account=")
    assert looks_at(browser, address) == "All accounts"


def test_lists_show_what_belongs_to_the_chosen_account(
    browser: Client, account: Account, second: Account, make_job: MakeJob
) -> None:
    make_job(account, "Private return")
    make_job(second, "Bookkeeping January")
    browser.get(f"/portal/you/?account={second.pk}")
    text = browser.get("/portal/").content.decode()
    assert "Bookkeeping January" in text
    assert "Private return" not in text
    documents = browser.get("/portal/documents/").content.decode()
    assert f'<input type="hidden" name="account" value="acc_{second.pk}">' in documents


def test_a_refused_choice_changes_nothing(
    browser: Client, second: Account, make_account: MakeAccount
) -> None:  # X4
    other = make_account("Brightside LLC")
    browser.get(f"/portal/?account={second.pk}")
    for wrong in (other.pk, "nonsense", "0", "٣", 2**70):
        assert browser.get(f"/portal/?account={wrong}").status_code == 404
    assert looks_at(browser) == "Okafor Design LLC"


def test_an_account_that_is_no_longer_open_is_not_looked_at(
    browser: Client, second: Account, make_account: MakeAccount
) -> None:
    make_account("Third", contacts=["ada@example.test"])
    browser.get(f"/portal/?account={second.pk}")
    second.contact_links.update(login=False)
    assert looks_at(browser) == "All accounts"


def test_the_choice_ends_with_the_session(browser: Client, second: Account) -> None:
    browser.get(f"/portal/?account={second.pk}")
    browser.post("/portal/sign-out/")
    assert looks_at(sign_in()) == "All accounts"


def test_with_one_account_there_is_nothing_to_choose(browser: Client, account: Account) -> None:
    text = browser.get(f"/portal/?account={account.pk}").content.decode()
    assert "portal-pick" not in text


def test_the_read_only_view_is_fixed_to_its_account(
    owner: Member, account: Account, second: Account, contact: Contact
) -> None:  # P5
    firm = Client()
    firm.force_login(owner)
    below = f"/as-client/{account.pk}/{contact.pk}"
    assert firm.get(f"{below}/?account={account.pk}").status_code == 200
    for page in ("/", "/documents/", "/you/"):
        assert firm.get(f"{below}{page}?account={second.pk}").status_code == 404
        assert "Okafor Design" not in firm.get(f"{below}{page}").content.decode()
