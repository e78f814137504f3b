"""What a browser would send of a dialog's form, and all that a command could have changed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from clearstage.clients.models import AccountTag
from clearstage.events.models import Event
from clearstage.jobs.models import CommandRun, Job, LinkedItem
from clearstage.outbox.models import Delivery
from clearstage.work.models import Task

HTMX = {"HX-Request": "true"}
PART = {"HX-Request": "true", "HX-Target": "plan"}


def fields(html: str) -> dict[str, list[str]]:
    """What a browser would send of the dialog's form: hidden inputs and ticked boxes, selects as they stand."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if (
            "name" not in given
            or (given.get("type") in ("checkbox", "radio") and " checked" not in tag)
            or " disabled" in tag
        ):
            continue
        found.setdefault(given["name"], []).append(
            given.get("value", "on" if given.get("type") in ("checkbox", "radio") else "")
        )
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        found[name] = [unescape(text).removeprefix("\n")]
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [chosen[1]] if chosen else [""]
    found.pop("csrfmiddlewaretoken", None)
    found.pop("q", None)
    return found


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def everything() -> list[Any]:
    tables = (Job, LinkedItem, Task, Delivery, Event, CommandRun, AccountTag)
    return [list(table.objects.order_by("pk").values()) for table in tables]
