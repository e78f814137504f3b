#!/usr/bin/env python3
"""Keeps the translations of what clients read: src/clearstage/locale/LANGUAGE/LC_MESSAGES/django.po and .mo.

    tools/messages.py           collects the texts, adds new ones untranslated, drops gone ones, compiles
    tools/messages.py --check   writes nothing; status 1 and a list when something is missing, gone or not compiled

The firm's own pages are in English; only the packages below have texts that reach clients. Runs in the project's
environment (`.venv/bin/python`).
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "clearstage"
LANGUAGES = ("de", "es", "fr")
SOURCES = (
    "portal", "pages", "asking", "organizers", "requests", "chats", "files", "outbox",
    "clients/links.py", "clients/passkeys.py", "clients/policies.py", "clients/operations/contacts.py",
    "clients/operations/links.py", "clients/operations/new_address.py", "clients/operations/passkeys.py",
    "clients/operations/signing_in.py", "firm/idempotency.py",
    "messaging/wording.py", "messaging/client_news.py", "messaging/operations/reminding.py", "jobs/portal.py",
    "config/errors.py", "kernel",
)  # fmt: skip
FOR_THE_FIRM = ("events.py", "templates.py")
"""Histories, and what is wrong with a template: only members read them, in English."""
CALLS = {
    "_": None, "_t": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
HEADER = "# What clients read. Kept up to date by tools/messages.py."
KEPT_HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
IN_TEMPLATES = re.compile(r"\b(n?p?gettext|_)\(")
Text = tuple[str | None, str, str | None]
"""Context, text, plural."""


class Texts(Catalog):
    """A catalogue without the days on which it was made and changed, which say nothing and differ every day."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [each for each in super().mime_headers if each[0] in KEPT_HEADERS]


@cache
def texts() -> tuple[Text, ...]:
    """Everything that is to be translated, in the order of the sources."""
    return tuple(_texts())


def _texts() -> Iterator[Text]:
    for source in SOURCES:
        place = PACKAGE / source
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix == ".py" and "migrations" not in file.parts and file.name not in FOR_THE_FIRM:
                yield from _in_python(file)
            elif file.suffix in (".html", ".txt") and "templates" in file.parts:
                yield from _in_template(file.read_text("utf-8"))


def _in_python(file: Path) -> Iterator[Text]:
    if not file.exists():
        return
    with file.open("rb") as source:
        for _line, call, found, _comments in extract_python(source, list(CALLS), [], {}):
            parts = [
                part for part in (found if isinstance(found, tuple) else (found,)) if isinstance(part, str)
            ]
            if parts:
                yield _text(call, parts)


def _in_template(source: str) -> Iterator[Text]:
    """Django turns a template into Python calls amid filling; the calls are read one by one."""
    calls = templatize(source)
    for match in IN_TEMPLATES.finditer(calls):
        parts = [node.value for node in _call_at(calls, match.start()).args if isinstance(node, ast.Constant)]
        yield _text(match[1], [part for part in parts if isinstance(part, str)])


def _call_at(source: str, start: int) -> ast.Call:
    end = start
    while True:
        end = source.index(")", end) + 1
        try:
            parsed = ast.parse(source[start:end].strip(), mode="eval").body
        except SyntaxError:
            continue
        assert isinstance(parsed, ast.Call)
        return parsed


def _text(call: str, parts: list[str]) -> Text:
    context, *rest = parts if "pgettext" in call else [None, *parts]
    return context, str(rest[0]), str(rest[1]) if "ngettext" in call or "npgettext" in call else None


def collected(language: str) -> Catalog:
    """The catalogue as it should be: today's texts, with the translations there are."""
    wanted = Texts(locale=language, project="Clearstage", header_comment=HEADER, fuzzy=False)
    for context, text, plural in texts():
        wanted.add((text, plural) if plural else text, context=context)
    known = _known(language)
    for message in wanted:
        kept = known.get(message.id, context=message.context) if message.id else None
        if kept is not None:
            message.string = kept.string
    return wanted


def _known(language: str) -> Catalog:
    file = _folder(language) / "django.po"
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def untranslated(catalog: Catalog) -> list[str]:
    return [str(message.id) for message in catalog if message.id and not _done(message)]


def _done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """The two files."""
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalog, width=0, no_location=True, sort_output=True)
    write_mo(mo, catalog)
    return po.getvalue(), mo.getvalue()


def _folder(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES"


def problems() -> list[str]:
    """What is not translated, and files that are not as they would be written; empty where all is well."""
    found = []
    for language in LANGUAGES:
        catalog = collected(language)
        found += [f"{language}: not translated: {text}" for text in untranslated(catalog)]
        for file, content in _files(language, catalog):
            if not file.exists() or file.read_bytes() != content:
                found.append(f"{language}: {file.name} is not up to date; run tools/messages.py")
    return found


def write() -> None:
    for language in LANGUAGES:
        for file, content in _files(language, collected(language)):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def _files(language: str, catalog: Catalog) -> list[tuple[Path, bytes]]:
    names = ("django.po", "django.mo")
    return [
        (_folder(language) / name, content) for name, content in zip(names, written(catalog), strict=True)
    ]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true", help="write nothing")
    check = asked.parse_args().check
    settings.configure()
    if not check:
        write()
    left = problems()
    print(*left, sep="\n", end="\n" if left else "")
    return 1 if check and left else 0


if __name__ == "__main__":
    sys.exit(main())
