"""Sending files in a real Chromium: several at once, refusals in words, a cut connection, no JavaScript, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.files.samples import PDF, jpeg
from tests.files.served import CLIENT, OWNER, PASSWORD, Served, installation
from tests.running import web

from .looking import PHONE, SCREENS, WIDE, at_rest, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]
FIVE = 5 * 1024 * 1024


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Served]]:
    with installation(tmp_path_factory.mktemp("files")) as of, web(of.env, of.log, of.token) as url:
        yield url, of


@pytest.fixture
def as_client(chromium: Browser, firm: tuple[str, Served]) -> Iterator[Open]:
    """`as_client()`: the documents of the client. A message on the console that nobody expected fails the test."""
    yield from opening(chromium, firm[0], "/portal/sign-in/", CLIENT, "/portal/documents/")


@pytest.fixture
def as_owner(chromium: Browser, firm: tuple[str, Served]) -> Iterator[Open]:
    yield from opening(chromium, firm[0], "/sign-in/", OWNER, f"/clients/{firm[1].account}/")


def opening(chromium: Browser, url: str, door: str, email: str, address: str) -> Iterator[Open]:
    broken: list[str] = []
    contexts = []

    def start(viewport: Any = WIDE, **more: Any) -> Page:
        # What passes a service worker cannot be cut by the tests.
        context = chromium.new_context(base_url=url, viewport=viewport, service_workers="block", **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: message.type == "error" and broken.append(message.text))
        page.goto(door)
        page.fill("#id_email", email)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(re.compile(r"/(portal/)?$"))
        page.goto(address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert [
        text for text in broken if not re.search(r"status of (409|422)|ERR_(FAILED|INTERNET)", text)
    ] == []


@pytest.fixture
def large(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Two pieces long, with a name of the test's own."""
    path = tmp_path / f"{len(request.node.name)}.pdf"
    path.write_bytes(PDF + bytes(FIVE))
    return path


def picture(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        at_rest(page)
        page.screenshot(path=str(SCREENS / f"{name}-{size['width']}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    axe(page)
    page.set_viewport_size(WIDE)


def file(name: str, content: bytes = PDF, kind: str = "application/pdf") -> Any:
    return {"name": name, "mimeType": kind, "buffer": content}


def listed(page: Page, name: str) -> Locator:
    return page.locator("#file-list :is(strong, .row-title)", has_text=name)


def choose(page: Page, *files: Any) -> None:
    page.locator(".upload-drop .upload-input").set_input_files(list(files))


def test_a_client_sends_several_files_and_reads_why_one_is_not_taken(as_client: Open) -> None:
    page = as_client()
    choose(
        page,
        file("Your return.pdf"),
        file("photo.jpg", jpeg()),
        file("Page.pdf", b"<html><script>"),
        file("a.exe"),
    )
    listed(page, "Your return.pdf").wait_for()
    listed(page, "photo.jpg").wait_for()
    page.get_by_text("is a web page or holds a script").first.wait_for()
    page.get_by_text("“.exe” are not taken").first.wait_for()
    assert page.locator(".upload-row").count() == 2
    assert not page.locator(".upload-camera").is_visible()
    picture(page, "portal-documents")
    page.get_by_role("button", name="Remove", exact=True).first.click()
    assert page.locator(".upload-row").count() == 1
    with page.expect_download() as download:
        page.locator("#file-list .portal-file", has_text="Your return.pdf").get_by_role("link").click()
    assert Path(download.value.path()).read_bytes() == PDF
    page.get_by_role("button", name="Remove photo.jpg").click()
    page.get_by_role("button", name="Take back").click()
    listed(page, "photo.jpg").wait_for()


def test_a_cut_connection_is_waited_for_and_nothing_is_sent_twice(
    as_client: Open, firm: tuple[str, Served], large: Path
) -> None:
    page = as_client()
    offsets: list[str] = []

    def cut_once(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(route.request.headers["upload-offset"])
        if offsets == ["0", str(FIVE)] and route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    page.route("**/portal/files/documents/*/", cut_once)
    choose(page, large)
    listed(page, large.name).wait_for()
    assert offsets == ["0", str(FIVE), str(FIVE)]
    [found] = [
        each for each in firm[1].api(firm[0]).get("/files").json()["results"] if each["name"] == large.name
    ]
    assert found["size"] == large.stat().st_size


def test_a_file_goes_on_after_the_page_was_left(as_client: Open, large: Path) -> None:
    page = as_client()

    def cut_after_the_first(route: Route) -> None:
        if route.request.headers.get("upload-offset", "0") == "0":
            route.continue_()
        else:
            route.abort()

    page.route("**/portal/files/documents/*/", cut_after_the_first)
    with page.expect_request(lambda request: request.headers.get("upload-offset") == str(FIVE)):
        choose(page, large)
    page.goto("about:blank")
    page.unroute("**/portal/files/documents/*/")
    page.goto("/portal/documents/")
    with page.expect_request(lambda request: request.method == "PATCH") as first:
        choose(page, large)
    assert first.value.headers["upload-offset"] == str(FIVE)
    listed(page, large.name).wait_for()


def test_without_javascript_the_form_sends_the_files(as_client: Open) -> None:
    page = as_client(java_script_enabled=False)
    choose(page, file("plain one.pdf"), file("plain two.pdf"))
    page.get_by_role("button", name="Send").click()
    page.get_by_text("2 files sent").wait_for()
    assert page.get_by_text("plain two.pdf").first.is_visible()


def test_a_phone_offers_its_camera_and_large_targets(as_client: Open) -> None:
    page = as_client(PHONE, has_touch=True, is_mobile=True)
    camera = page.locator(".upload-camera")
    assert camera.is_visible()
    assert camera.locator("input").get_attribute("capture") == "environment"
    camera.locator("input").set_input_files([file("IMG_1.jpg", jpeg(), "image/jpeg")])
    listed(page, "IMG_1.jpg").wait_for()
    for target in page.locator("main .btn:visible, main .portal-touch:visible, .upload-drop").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44, target.inner_html()
    page.screenshot(path=str(SCREENS / "portal-documents-phone.png"))


def test_the_firm_adds_shares_and_throws_away(as_owner: Open, as_client: Open) -> None:
    page = as_owner()
    choose(page, file("Draft.pdf"))
    row = page.locator(".file-row", has_text="Draft.pdf")
    row.get_by_role("switch").click()
    page.locator('.file-row:has-text("Draft.pdf") [aria-checked="true"]').wait_for()
    client = as_client()
    listed(client, "Draft.pdf").wait_for()
    picture(page, "account-documents")
    page.get_by_role("button", name="Put Draft.pdf into the bin").click()
    row.wait_for(state="detached")
    client.reload()
    assert not client.get_by_text("Draft.pdf").count()
    page.locator(".file-tabs").get_by_text("Bin").click()
    page.get_by_role("button", name="Take back").wait_for()
    picture(page, "account-documents-bin")
    back = page.get_by_role("button", name="Take back")
    back.click()
    back.wait_for(state="detached")
    page.locator(".file-tabs").get_by_text("Documents").click()
    row.wait_for()
