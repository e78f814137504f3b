"""A firm for tests that kill: a pipeline whose second stage makes a task and sends an e-mail, and jobs for it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.running import clearstage, environment, own_database

OWNER = "owner@example.test"
PIPELINE = {
    "pipeline": "Killed",
    "stages": [
        {"stage": "Documents"},
        {
            "stage": "Preparation",
            "on_entry": [
                {"task": {"title": "Prepare"}},
                {"email": {"subject": "Started", "text": "We have started."}},
            ],
        },
        {"stage": "Finished"},
    ],
}
AT_ONCE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "clearstage.config.settings"
django.setup()
from clearstage.firm.models import Member
from clearstage.firm.operations.settings import edit_firm
from clearstage.firm.queries import actor_for
edit_firm(actor_for(Member.objects.get()), {"hold_minutes": 0})
"""


@dataclass
class Installation:
    env: dict[str, str]
    folder: Path
    token: str
    jobs: list[str] = field(default_factory=list)

    def client(self, url: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )

    def mails(self) -> list[str]:
        """The key of every message in the mail folder."""
        keys = []
        for path in sorted((self.folder / "data" / "mail").glob("*.eml")):
            lines = path.read_text(errors="replace").splitlines()
            keys += [line.partition(":")[2].strip() for line in lines if line.startswith("X-Clearstage-Key:")]
        return keys


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """Set up without the browser; messages go out without being held back."""
    (folder / "data").mkdir()
    with own_database(os.environ.get("DATABASE_URL")) as database:
        env = environment(folder / "data", database)
        password = secrets.token_urlsafe(24) + "\n"
        clearstage(
            "firm", "create", "Killed firm", "--owner", OWNER, "--password-stdin", env=env, says=password
        )
        subprocess.run([sys.executable, "-c", AT_ONCE], env=env, check=True, timeout=60)
        token = clearstage("token", "create", "--member", OWNER, "--scope", "write", env=env)
        yield Installation(env, folder, token)


def fill(of: Installation, client: httpx.Client, jobs: int) -> None:
    """The pipeline, and so many jobs in its first stage."""
    _sent(client.put("/pipelines", json=PIPELINE))
    accounts = []
    for number in range(jobs):
        contact = {"name": "Cleo", "email": f"cleo{number}@client.test", "login": False, "notify": True}
        body = {"name": f"Client {number}", "kind": "company", "contacts": [contact]}
        accounts.append(_sent(client.post("/accounts", json=body))["id"])
    added = _sent(client.post("/jobs", json={"accounts": accounts, "pipeline": "Killed"}))
    of.jobs = [job["id"] for job in added["jobs"]]


def _sent(response: httpx.Response) -> Any:
    assert response.is_success, response.text
    return response.json()
