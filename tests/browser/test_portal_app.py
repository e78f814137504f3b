"""The portal as an app in a real Chromium: installed, without a connection, and after somebody else was there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.files.samples import PDF
from tests.files.served import CLIENT, PASSWORD, Served, installation
from tests.running import web

from .looking import PHONE, SCREENS, WIDE, at_rest, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

EXPECTED = re.compile(r"net::ERR|status of (404|422)")
CONTROLLED = "() => navigator.serviceWorker?.controller != null"
KEPT = """async () => {
  const cache = await caches.open("portal-pages");
  const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  return paths.filter((path) => !path.endsWith("/.reader")).sort();
}"""
STORED = """async () => (await Promise.all((await caches.keys()).map(async (name) => {
  const cache = await caches.open(name);
  return Promise.all((await cache.keys()).map(async (each) => (await cache.match(each)).text()));
}))).flat().join("\\n")"""

OPEN = """const db = await new Promise((resolve) => {
  const request = indexedDB.open("clearstage-portal", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("waiting", { keyPath: "key" });
  request.onsuccess = () => resolve(request.result);
});"""
WAITING = f"""async () => {{ {OPEN} return new Promise((resolve) => {{
  const request = db.transaction("waiting").objectStore("waiting").getAll();
  request.onsuccess = () => {{ db.close(); resolve(request.result.map(({{ key }}) => key)); }};
}}); }}"""
PLANT = f"""async ([page, title, reader]) => {{ {OPEN} return new Promise((resolve) => {{
  const change = db.transaction("waiting", "readwrite");
  change.objectStore("waiting").put({{
    key: "1-2-3-4", file: new File(["%PDF-"], "Old.pdf"), page, title, action: "x", name: "files", account: "acc_1",
    reader: reader ?? document.getElementById("waiting").dataset.reader,
  }});
  change.oncomplete = () => {{ db.close(); resolve(); }};
}}); }}"""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Served]]:
    with installation(tmp_path_factory.mktemp("app")) as of, web(of.env, of.log, of.token) as url:
        yield url, of


@pytest.fixture
def context(chromium: Browser, firm: tuple[str, Served]) -> Iterator[BrowserContext]:
    """A device. What a script or the security policy says on the console fails the test."""
    broken: list[str] = []
    context = chromium.new_context(base_url=firm[0], viewport=WIDE)
    context.on("weberror", lambda error: broken.append(str(error.error)))
    context.on(
        "console",
        lambda said: said.type == "error" and not EXPECTED.search(said.text) and broken.append(said.text),
    )
    yield context
    context.close()
    assert broken == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The client's home, with the service worker at work."""
    page = context.new_page()
    come_in(page)
    page.wait_for_function(CONTROLLED)
    page.goto("/portal/")
    kept(page, "/portal/")
    return page


def come_in(page: Page, email: str = CLIENT) -> None:
    page.goto("/portal/sign-in/")
    page.fill("#id_email", email)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/portal/")


def until(page: Page, script: str, holds: Callable[[Any], bool]) -> None:
    """Ask again and again: caches and databases answer by promises, which `wait_for_function` takes for true."""
    for _attempt in range(200):
        if holds(page.evaluate(script)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(script))


def kept(page: Page, path: str) -> None:
    until(page, KEPT, lambda paths: path in paths)


def as_it_was_kept(page: Page, path: str) -> None:
    page.goto(path)
    kept(page, path)
    page.context.set_offline(True)
    page.goto(path)
    page.get_by_text("You are offline; this is as of").wait_for()


def picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        at_rest(page)
        page.screenshot(path=str(Path(SCREENS) / f"{name}-{size['width']}.png"))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    axe(page)
    page.set_viewport_size(before)


def test_it_can_be_installed(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    found: Any = devtools.send("Page.getAppManifest")
    assert (found["errors"], found["url"].endswith("/portal/manifest.webmanifest")) == ([], True)
    errors: Any = devtools.send("Page.getInstallabilityErrors")
    # A window without a profile of its own installs nothing; what the app itself has to bring is all there.
    assert {each["errorId"] for each in errors["installabilityErrors"]} <= {"in-incognito"}
    assert page.evaluate("(async () => (await navigator.serviceWorker.ready).scope)()").endswith("/portal/")


def test_without_a_connection_the_last_state_is_shown_and_said_to_be(page: Page) -> None:
    page.goto("/portal/documents/")
    kept(page, "/portal/documents/")
    page.context.set_offline(True)
    page.goto("/portal/")
    page.get_by_text("You are offline; this is as of").wait_for()
    assert page.get_by_text("Nothing to do right now").is_visible()
    picture(page, "portal-offline-home")
    page.get_by_role("link", name="Documents").click()
    page.get_by_role("heading", name="Your documents").wait_for()
    page.get_by_text("You are offline; this is as of").wait_for()
    page.goto("/portal/messages/")
    page.get_by_role("heading", name="You are offline").wait_for()
    picture(page, "portal-offline-unseen")
    page.goto("/portal/")
    page.context.set_offline(False)
    page.locator("#as-of").wait_for(state="hidden")


def test_what_is_typed_without_a_connection_stays_in_its_form(page: Page) -> None:
    page.goto("/portal/you/")
    page.context.set_offline(True)
    page.get_by_text("You are offline; this is as of").wait_for()
    page.fill("#name", "Ada O.")
    page.press("#name", "Enter")
    page.get_by_text("nothing was sent. What you typed stays here").wait_for()
    assert page.input_value("#name") == "Ada O."


def test_a_page_as_it_was_kept_is_loaded_anew_once_nothing_typed_is_lost_by_it(page: Page) -> None:
    as_it_was_kept(page, "/portal/you/")
    before = page.input_value("#name")
    page.fill("#name", "Ada O.")
    page.context.set_offline(False)
    page.locator("#as-of").wait_for(state="hidden")
    assert (page.input_value("#name"), page.locator("html[data-as-of]").count()) == ("Ada O.", 1)
    page.fill("#name", before)
    online_again(page)


def test_whoever_is_on_his_way_to_another_page_is_not_called_back_unless_he_stays(page: Page) -> None:
    page.clock.install()
    as_it_was_kept(page, "/portal/you/")
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    page.context.set_offline(False)
    page.locator("#as-of").wait_for(state="hidden")
    page.clock.run_for(3000)
    assert page.locator("html[data-as-of]").count() == 1
    page.clock.run_for(20_000)
    online_again(page)


def test_nothing_of_the_one_before_is_left_after_signing_out(page: Page) -> None:
    page.goto("/portal/you/")
    kept(page, "/portal/you/")
    assert CLIENT in page.evaluate(STORED)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/portal/sign-in/")
    until(page, KEPT, lambda paths: paths == [])
    assert CLIENT not in page.evaluate(STORED)
    page.context.set_offline(True)
    page.goto("/portal/you/")
    page.get_by_role("heading", name="You are offline").wait_for()


def test_a_session_that_has_ended_takes_what_was_kept_with_it(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/portal/documents/")
    page.wait_for_url("**/portal/sign-in/")
    until(page, KEPT, lambda paths: paths == [])


def test_files_and_the_firms_pages_are_never_kept(page: Page) -> None:
    page.goto("/sign-in/")
    page.goto("/as-client/1/1/")
    page.goto("/portal/you/password/")
    page.goto("/portal/documents/")
    kept(page, "/portal/documents/")
    assert page.evaluate(KEPT) == ["/portal/", "/portal/documents/"]


def choose(page: Page, name: str) -> None:
    page.locator("main .upload-drop .upload-input").set_input_files(
        [{"name": name, "mimeType": "application/pdf", "buffer": PDF}]
    )


def arrived(firm: tuple[str, Served], name: str) -> int:
    results = firm[1].api(firm[0]).get("/files").json()["results"]
    return sum(each["name"] == name for each in results)


def documents_seen(page: Page) -> None:
    page.goto("/portal/documents/")
    kept(page, "/portal/documents/")
    page.context.set_offline(True)
    page.get_by_text("You are offline").wait_for()


def waiting(page: Page, count: int) -> None:
    until(page, WAITING, lambda entries: len(entries) == count)


def online_again(page: Page) -> None:
    """The page as it was kept has been loaded anew, which would come between whatever is done next."""
    page.locator("html:not([data-as-of])").wait_for(state="attached")


def test_a_file_chosen_without_a_connection_arrives_once_from_wherever_one_is_then(
    page: Page, firm: tuple[str, Served]
) -> None:
    documents_seen(page)
    choose(page, "Found on the train.pdf")
    page.get_by_text("No connection. It goes on by itself.").first.wait_for()
    waiting(page, 1)
    page.goto("/portal/")
    page.locator("#waiting .upload-row", has_text="Found on the train.pdf").wait_for()
    picture(page, "portal-waiting")
    assert arrived(firm, "Found on the train.pdf") == 0
    page.context.set_offline(False)
    waiting(page, 0)
    online_again(page)
    page.goto("/portal/documents/")
    page.locator("#file-list", has_text="Found on the train.pdf").wait_for()
    assert arrived(firm, "Found on the train.pdf") == 1
    assert page.locator("#waiting").is_hidden()


def test_what_waits_can_be_cancelled(page: Page, firm: tuple[str, Served]) -> None:
    documents_seen(page)
    choose(page, "Wrong one.pdf")
    waiting(page, 1)
    page.goto("/portal/")
    page.locator("#waiting").get_by_role("button", name="Remove").click()
    waiting(page, 0)
    page.locator("#waiting").wait_for(state="hidden")
    page.context.set_offline(False)
    page.goto("/portal/documents/")
    assert arrived(firm, "Wrong one.pdf") == 0


def test_signing_out_takes_along_what_waits(page: Page, firm: tuple[str, Served]) -> None:
    documents_seen(page)
    choose(page, "Private.pdf")
    waiting(page, 1)
    page.context.set_offline(False)
    page.evaluate("window.stop()")
    page.route("**/portal/files/documents/", lambda route: route.abort())
    page.goto("/portal/you/")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/portal/sign-in/")
    waiting(page, 0)


def test_a_file_for_a_place_that_is_gone_says_so(page: Page) -> None:
    page.evaluate(PLANT, ["/portal/messages/cht_99/", "An old conversation"])
    page.goto("/portal/")
    page.get_by_text("This place takes no more files").first.wait_for()
    page.locator("#waiting").get_by_role("button", name="Remove").click()
    waiting(page, 0)


@pytest.fixture
def request_(firm: tuple[str, Served]) -> str:
    """The address of a request for one paper, in the portal."""
    document = {"pipeline": "Papers", "stages": [{"stage": "Documents"}, {"stage": "Done"}]}
    with firm[1].api(firm[0]) as api:
        assert api.put("/pipelines", json=document).status_code in (200, 201)
        new = {"accounts": [f"acc_{firm[1].account}"], "pipeline": "Papers"}
        job = api.post("/jobs", json=new).json()["jobs"][0]["id"]
        wanted = {"kind": "request", "title": "Your papers", "entries": ["W-2"]}
        return f"/portal/requests/{api.post(f'/jobs/{job}/items', json=wanted).json()['id']}/"


def test_a_file_for_a_request_goes_up_from_any_page_and_is_finished_on_its_own(
    page: Page, firm: tuple[str, Served], request_: str
) -> None:
    page.goto(request_)
    kept(page, request_)
    page.context.set_offline(True)
    page.get_by_text("You are offline").wait_for()
    choose(page, "W-2 from the train.pdf")
    waiting(page, 1)
    page.goto("/portal/")
    page.locator("#waiting", has_text="Belongs to: Your papers").wait_for()
    page.goto("/portal/messages/")
    page.get_by_role("heading", name="You are offline").wait_for()
    page.locator("#waiting li", has_text="W-2 from the train.pdf · Your papers").wait_for()
    page.get_by_text("opens as soon as you are online again").wait_for()
    picture(page, "portal-offline-waiting")
    page.goto("/portal/")
    page.context.set_offline(False)
    page.locator("#waiting", has_text="It is sent. Please finish it on its page: Your papers").wait_for()
    assert arrived(firm, "W-2 from the train.pdf") == 1
    online_again(page)
    page.locator("#waiting", has_text="Please finish it on its page").wait_for()
    picture(page, "portal-waiting-to-be-finished")
    page.goto("/portal/documents/")  # it is still said on the next page
    page.locator("#waiting").get_by_role("link", name="Your papers").click()
    page.locator('main .upload-row[data-state="done"]', has_text="W-2 from the train.pdf").wait_for()
    waiting(page, 0)
    page.locator("main").get_by_role("button", name="Send").press("Enter")
    page.get_by_text("Received, being checked").first.wait_for()
    with firm[1].api(firm[0]) as api:
        item = api.get(f"/items/{request_.split('/')[3]}").json()
    assert [file["name"] for file in item["entries"][0]["files"]] == ["W-2 from the train.pdf"]
    assert arrived(firm, "W-2 from the train.pdf") == 1


def test_what_the_server_refuses_is_told_in_its_words_until_it_is_removed(page: Page) -> None:
    documents_seen(page)
    page.locator("main .upload-drop .upload-input").set_input_files(
        [{"name": "Page.pdf", "mimeType": "application/pdf", "buffer": b"<html><script>"}]
    )
    waiting(page, 1)
    page.context.set_offline(False)
    page.get_by_text("is a web page or holds a script").first.wait_for()
    online_again(page)
    page.goto("/portal/")
    page.locator("#waiting", has_text="is a web page or holds a script").wait_for()
    page.locator("#waiting").get_by_role("button", name="Remove").click()
    waiting(page, 0)


def test_files_of_somebody_else_are_deleted_unseen(page: Page) -> None:
    page.evaluate(PLANT, ["/portal/documents/", "Documents", "another reader"])
    page.goto("/portal/")
    waiting(page, 0)
    assert page.locator("#waiting").is_hidden()
