"""A browser without JavaScript, as far as forms go: a page's form, filled in and sent by one of its buttons."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Field = tuple[str, str]


class _Form(HTMLParser):
    """The fields of the form with the wanted id, or of the one with the wanted start of its action."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.action, self.inside, self.found = "", False, False
        self.fields: list[Field] = []
        self.buttons: list[Field] = []
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []
        self.area: list[str] | None = None
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.found and self.wanted in (said.get("id"), said.get("action"), ""):
            self.inside = self.found = True
            self.action = said.get("action", "")
        if not self.inside or "disabled" in said:
            return
        name = said.get("name", "")
        if tag == "input" and name:
            box = said.get("type") in ("checkbox", "radio")
            if not box or "checked" in said:
                self.fields.append((name, said.get("value", "on" if box else "")))
        elif tag == "select":
            self.select, self.options = name, []
        elif tag == "option" and self.select is not None:
            self.options.append((said.get("value", ""), "selected" in said))
        elif tag == "textarea":
            self.area, self.name = [], name
        elif tag == "button" and name:
            self.buttons.append((name, said.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select is not None:
            picked = [value for value, chosen in self.options if chosen] or [
                value for value, _c in self.options[:1]
            ]
            self.fields += [(self.select, value) for value in picked]
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self.fields.append((self.name, "".join(self.area).removeprefix("\n")))
            self.area = None


class PlainForm:
    """`fill(name, value…)` replaces what stands in a field; `press(value)` sends it all by the button that says so."""

    def __init__(self, web: Client, answer: Any, wanted: str, address: str = "") -> None:
        parsed = _Form(wanted)
        parsed.feed(answer.content.decode())
        assert parsed.found, f"no form {wanted!r}"
        self.web, self.fields, self.buttons = web, parsed.fields, parsed.buttons
        self.address = parsed.action or address

    def fill(self, name: str, *values: str) -> PlainForm:
        self.fields = [field for field in self.fields if field[0] != name] + [
            (name, value) for value in values
        ]
        return self

    def value(self, name: str) -> str:
        return next(value for field, value in self.fields if field == name)

    def press(self, button: str = "", **headers: str) -> Any:
        sent: dict[str, list[str]] = {}
        pressed = [each for each in self.buttons if each[1] == button]
        assert pressed or not button, f"no button {button!r} among {self.buttons}"
        for name, value in [*self.fields, *pressed[:1]]:
            sent.setdefault(name, []).append(value)
        return self.web.post(self.address, sent, headers=headers)
