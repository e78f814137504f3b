"""No page needs what the Content Security Policy forbids."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

import clearstage
from tests.fixtures import PASSWORD

if TYPE_CHECKING:
    from clearstage.firm.models import Member

PACKAGE = Path(clearstage.__file__).parent
PAGES = ["/", "/search/", "/search/?q=zzz", "/nonsense/"]
OPEN = ["/sign-in/", "/portal/sign-in/", "/nonsense/"]
TEMPLATES = sorted(
    path for path in PACKAGE.glob("*/templates/**/*.html") if path.parent.name != "outbox"
)  # mail


class Inline(HTMLParser):
    """Finds what a strict policy does not run: inline styles, handlers, scripts and style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [
            f"{tag} {name}" for name in names if name == "style" or name.startswith(("on", "hx-on"))
        ]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [
            f"{tag} {value}" for value in names.values() if value and value.startswith("javascript:")
        ]


def inline(text: str) -> list[str]:
    parser = Inline()
    parser.feed(text)
    return parser.found


@pytest.fixture
def browser(owner: Member) -> Client:
    browser = Client()
    browser.post("/sign-in/", {"email": owner.email, "password": PASSWORD})
    return browser


def check(answer: Any) -> None:
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src [^;]*'nonce-([^']+)'", policy)
    assert nonce, policy
    assert f'nonce="{nonce[1]}"' in answer.content.decode()
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert inline(answer.content.decode()) == []


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_the_firm_keep_the_policy(browser: Client, address: str) -> None:
    check(browser.get(address))


@pytest.mark.parametrize("address", OPEN)
def test_pages_for_everybody_keep_the_policy(owner: Member, address: str) -> None:
    check(Client().get(address))


def test_pages_with_client_data_are_kept_by_no_cache(browser: Client) -> None:
    assert "no-store" in browser.get("/").headers["Cache-Control"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_has_anything_inline(template: Path) -> None:
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", template.read_text(), flags=re.DOTALL)
    assert inline(text) == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (PACKAGE / "static/icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    assert named - known == set()
