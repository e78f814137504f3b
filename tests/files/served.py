"""A firm with one client who may sign in, on a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.running import clearstage, environment, own_database

OWNER, CLIENT, PASSWORD = "owner@example.test", "ada@example.test", "a long enough password"
SET_UP = f"""
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "clearstage.config.settings"
django.setup()
from django.contrib.auth.hashers import make_password
from clearstage.clients.models import Contact
from clearstage.clients.operations.accounts import AccountInput, create_account
from clearstage.firm.queries import actor_for, the_owner
contacts = [{{"email": "{CLIENT}", "name": "Ada Okafor", "login": True}}]
account = create_account(actor_for(the_owner()), AccountInput("Ada Okafor", contacts=contacts))
Contact.objects.update(password=make_password("{PASSWORD}"))
print(account.pk)
"""


@dataclass
class Served:
    env: dict[str, str]
    folder: Path
    token: str
    account: int

    @property
    def log(self) -> Path:
        return self.folder / "web.log"

    @property
    def stored(self) -> list[Path]:
        """The files under which bytes are kept."""
        return [path for path in (self.folder / "data" / "files").rglob("*") if path.is_file()]

    def api(self, url: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60)


@contextmanager
def installation(folder: Path, **more: str) -> Iterator[Served]:
    with own_database(os.environ.get("DATABASE_URL")) as database:
        env = environment(folder / "data", database) | more
        name = ("firm", "create", "Lindqvist & Partners", "--owner", OWNER, "--password-stdin")
        clearstage(*name, env=env, says=PASSWORD)
        token = clearstage("token", "create", "--member", OWNER, "--scope", "write", env=env)
        done = subprocess.run(
            [sys.executable, "-c", SET_UP], env=env, capture_output=True, text=True, check=True
        )
        yield Served(env, folder, token, int(done.stdout))


@contextmanager
def signed_in_client(url: str) -> Iterator[httpx.Client]:
    """The client's browser, without a page: it knows the token that forms carry."""
    with httpx.Client(base_url=url, timeout=60, follow_redirects=False) as browser:
        page = browser.get("/portal/sign-in/").text
        csrf = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"email": CLIENT, "password": PASSWORD, "csrfmiddlewaretoken": csrf}
        assert browser.post("/portal/sign-in/", data=form).status_code == 302
        page = browser.get("/portal/documents/").text
        csrf = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        browser.headers["X-CSRFToken"] = csrf
        yield browser
