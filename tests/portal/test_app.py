"""The portal as an app: manifest, service worker, and what of it may be kept on a device (P4)."""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from clearstage.portal.offline import FILES, KEEP
from tests.fixtures import MakeAccount
from tests.portal.conftest import sign_in

if TYPE_CHECKING:
    from clearstage.clients.models import Account, Contact
    from clearstage.firm.models import Firm, Member

WORKER = "/portal/service-worker.js"


def build() -> dict[str, object]:
    """What the worker is told, out of its first line."""
    first = Client().get(WORKER).content.decode().partition("\n")[0]
    found: dict[str, object] = json.loads(first.removeprefix("const BUILD = ").removesuffix(";"))
    return found


def test_the_manifest_bears_the_firms_name_and_stays_within_the_portal(firm: Firm) -> None:
    answer = Client().get("/portal/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert (said["name"], said["display"]) == ("Lindqvist & Partners", "standalone")
    assert said["start_url"] == said["scope"] == said["id"] == "/portal/"


def test_every_icon_is_there_in_the_size_it_is_said_to_have(firm: Firm) -> None:
    icons = Client().get("/portal/manifest.webmanifest").json()["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in icons:
        with open(str(finders.find(icon["src"].removeprefix("/static/"))), "rb") as file:
            head = file.read(24)
        assert head[:4] == b"\x89PNG"
        assert "{}x{}".format(*struct.unpack(">II", head[16:24])) == icon["sizes"]


def test_before_the_firm_is_set_up_nothing_breaks(db: None) -> None:
    assert Client().get("/portal/manifest.webmanifest").json()["name"] == "Clearstage"
    assert Client().get(WORKER).status_code == Client().get("/portal/offline/").status_code == 200


def test_the_worker_is_asked_for_anew_each_time_and_names_files_that_are_there(firm: Firm) -> None:
    answer = Client().get(WORKER)
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    assert build()["files"] == [f"/static/{name}" for name in FILES]
    assert all(finders.find(name) for name in FILES)


def test_a_new_name_of_the_firm_makes_a_new_version(firm: Firm) -> None:
    before = build()["version"]
    assert build()["version"] == before
    firm.name = "Lindqvist & Daughters"
    firm.save(update_fields=["name"])
    assert build()["version"] != before


def test_what_a_page_needs_is_kept_with_it(browser: Client) -> None:
    """Stylesheets and scripts of a page without things of its own, which the offline page needs as well."""
    for address in ("/portal/", "/portal/offline/"):
        text = browser.get(address).content.decode()
        named = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', text))
        assert named <= set(FILES), address


def test_pages_name_their_reader_who_is_another_for_everybody(
    browser: Client, contact: Contact, make_account: MakeAccount
) -> None:
    tags = {browser.get(address).headers[KEEP] for address in ("/portal/", "/portal/documents/")}
    assert len(tags) == 1
    assert sign_in().get("/portal/").headers[KEEP] in tags
    make_account("Brightside LLC", contacts=["bo@example.test"])
    other = Client()
    from clearstage.clients.models import Contact as Contacts

    bo = Contacts.objects.get(email="bo@example.test")
    bo.password = contact.password
    bo.save(update_fields=["password"])
    other = sign_in("bo@example.test")
    assert other.get("/portal/").headers[KEEP] not in tags


@pytest.mark.parametrize(
    "address",
    ["/portal/sign-in/", "/portal/offline/", "/portal/you/password/", "/portal/nothing/", "/portal/link/"],
)
def test_what_is_no_page_of_the_table_is_not_kept(browser: Client, address: str) -> None:
    assert KEEP not in browser.get(address).headers


def test_refusals_are_not_kept(browser: Client, account: Account) -> None:
    assert KEEP not in browser.get("/portal/messages/nothing/").headers
    assert KEEP not in browser.get("/portal/?account=99999").headers
    assert KEEP not in Client().get("/portal/").headers


def test_the_read_only_view_is_no_app_and_is_kept_nowhere(
    owner: Member, account: Account, contact: Contact
) -> None:  # P5
    firm = Client()
    firm.force_login(owner)
    answer = firm.get(f"/as-client/{account.pk}/{contact.pk}/")
    assert KEEP not in answer.headers
    text = answer.content.decode()
    for part in ("manifest", "portal-app.js", "service-worker", "as-of"):
        assert part not in text
