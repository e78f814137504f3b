"""A client's ways in, in a real Chromium: invitation, password, link, and passkeys by a virtual authenticator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures import MakeAccount

from .looking import SCREENS, WIDE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from clearstage.clients.models import Contact
    from clearstage.kernel.actor import Actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "three words in a row"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def ada(make_account: MakeAccount, owner_actor: Actor) -> Contact:
    make_account("Ada Okafor", contacts=[{"email": "ada@example.test", "name": "Ada Okafor"}])
    return make_account("Okafor Design LLC", contacts=["ada@example.test"]).contacts.get()


@pytest.fixture
def page(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Page]:
    """A phone or laptop with a place for passkeys. A message on the console that nobody expected fails the test."""
    settings.BASE_URL = live_server.url
    context = chromium.new_context(base_url=live_server.url, viewport=WIDE)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda said: said.type == "error" and "status of 4" not in said.text and broken.append(said.text),
    )
    yield page
    context.close()
    assert broken == []


@pytest.fixture
def authenticator(page: Page) -> Callable[..., Any]:
    """`authenticator(command, …)` of CDP's WebAuthn domain."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    return lambda command, **more: session.send(f"WebAuthn.{command}", {"authenticatorId": made, **more})


@pytest.fixture
def pictures(page: Page) -> Callable[[str], None]:
    """At 1400 and 390 pixels, light and dark, each looked at by axe."""
    SCREENS.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        for width, scheme in ((1400, "light"), (390, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.evaluate("scheme => document.documentElement.dataset.bsTheme = scheme", scheme)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            page.screenshot(path=SCREENS / f"portal-{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")

    return take


def mailed() -> str:
    from tests.clients.links import the_link

    return f"/portal/link/{the_link()}"


def add_passkey(page: Page, name: str) -> None:
    page.goto("/portal/you/")
    page.fill("#passkey-name", name)
    page.click("form[data-passkey=create] button")
    page.wait_for_selector(f".portal-said:has-text('{name}')")


def test_an_invitation_leads_to_a_password(
    page: Page, ada: Contact, owner_actor: Actor, pictures: Callable[[str], None]
) -> None:  # P1
    from clearstage.clients.operations.links import invite_contact

    invite_contact(owner_actor, ada.pk)
    page.goto(mailed())
    page.wait_for_selector("h1:has-text('Welcome, Ada Okafor')")
    pictures("invitation")
    page.fill("#id_password", "short")
    page.click("text=Set the password and sign in")
    page.wait_for_selector(".field-error")
    pictures("invitation-refused")
    page.fill("#id_password", NEW)
    page.click("text=Set the password and sign in")
    page.wait_for_url("**/portal/")
    page.goto("/portal/you/")
    pictures("you")


def test_the_firm_invites_from_the_list_of_contacts(
    sign_in: Callable[..., Page], owner: Any, ada: Contact, picture: Callable[..., None]
) -> None:
    page = sign_in(owner)
    page.goto(f"/clients/{ada.accounts.first().pk}/")  # type: ignore[union-attr]
    page.click(f"#invite-{ada.pk}")
    page.wait_for_selector("#dialog[open] >> text=Send the invitation")
    picture(page, "invite")
    page.click("#dialog [type=submit]")
    page.wait_for_selector("#toasts >> text=Invitation sent to ada@example.test")
    page.wait_for_selector("text=Invite again")
    axe(page)
    picture(page, "invited")


def test_a_link_is_asked_for_used_and_past(page: Page, ada: Contact, pictures: Callable[[str], None]) -> None:
    page.goto("/portal/sign-in/")
    pictures("sign-in")
    page.click("text=Send me a link instead")
    pictures("ask-link")
    page.fill("#id_email", ada.email)
    page.click("text=Send the link")
    page.wait_for_url("**/sent/")
    pictures("link-sent")
    address = mailed()
    page.goto(address)
    pictures("link")
    page.click("main .btn-primary")
    page.wait_for_url("**/portal/")
    page.context.clear_cookies()
    page.goto(address)
    page.wait_for_selector("text=This link works no more")
    pictures("link-past")


def test_a_passkey_is_made_signs_in_and_is_removed(
    page: Page,
    ada: Contact,
    authenticator: Callable[..., Any],
    owner_actor: Actor,
    pictures: Callable[[str], None],
) -> None:  # P1
    from clearstage.clients.operations.links import invite_contact

    invite_contact(owner_actor, ada.pk)
    page.goto(mailed())
    page.click("text=Use a passkey instead")
    page.wait_for_url("**/portal/you/")
    add_passkey(page, "My laptop")
    pictures("you-passkeys")
    [kept] = authenticator("getCredentials")["credentials"]
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", True)
    page.click("text=Sign out everywhere")
    page.wait_for_url(
        "**/portal/"
    )  # the browser offers the passkey at the e-mail field, and its owner takes it
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto("/portal/you/")
    page.wait_for_selector("text=last used")
    page.click("text=Sign out everywhere")
    page.click("text=Sign in with a passkey")
    page.wait_for_url("**/portal/")
    page.goto("/portal/you/")
    page.click("form[action$='/remove/'] button")
    page.wait_for_selector("text=The passkey is removed")
    page.click("text=Sign out everywhere")
    page.click("text=Sign in with a passkey")
    page.wait_for_selector(".problems:has-text('That did not work')")
    assert ada.passkeys.count() == 0
