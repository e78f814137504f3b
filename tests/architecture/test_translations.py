"""What clients read is there in every language, says the same gaps, and is compiled (P4)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GAP = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
AS_TYPED = re.compile(r"\"|'| [;!?:]|« | »|\.\.\.")
"""What a careful setter would not leave: straight quotes, and in French plain spaces before marks."""


@pytest.fixture(scope="module")
def messages() -> Iterator[ModuleType]:
    spec = util.spec_from_file_location("messages_tool", PROJECT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    tool = util.module_from_spec(spec)
    sys.modules[spec.name] = tool
    spec.loader.exec_module(tool)
    yield tool
    del sys.modules[spec.name]


@pytest.fixture(params=["de", "es", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_text_is_translated_and_the_files_are_what_the_tool_writes(messages: ModuleType) -> None:
    assert messages.problems() == []


def test_a_text_that_nobody_translated_is_told(messages: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "texts", lambda: ((None, "Nobody has translated this", None),))
    told = messages.problems()
    assert "de: not translated: Nobody has translated this" in told
    assert "fr: django.mo is not up to date; run tools/messages.py" in told


def test_the_same_sources_make_the_same_files(messages: ModuleType, language: str) -> None:
    once, again = (messages.written(messages.collected(language)) for _ in range(2))
    assert once == again


def test_gaps_are_the_same_in_every_language(messages: ModuleType, language: str) -> None:
    differ = [
        (source, text)
        for source, text in pairs(messages, language)
        if sorted(GAP.findall(source)) != sorted(GAP.findall(text))
    ]
    assert differ == []


def test_nothing_is_a_guess(messages: ModuleType, language: str) -> None:
    assert [each.id for each in messages.collected(language) if each.id and each.fuzzy] == []


def test_quotes_and_spaces_are_those_of_the_language(messages: ModuleType, language: str) -> None:
    if language != "fr":
        forbidden = re.compile(r"\"|'" + ("|[«»”]" if language == "de" else "|„"))
    else:
        forbidden = AS_TYPED
    assert [text for _source, text in pairs(messages, language) if forbidden.search(text)] == []


def pairs(messages: ModuleType, language: str) -> Iterator[tuple[str, str]]:
    """(English, translation) of every text; of those with a plural the one that has all gaps."""
    for message in messages.collected(language):
        if isinstance(message.id, tuple):
            yield from ((message.id[-1], text) for text in message.string[1:])
        elif message.id:
            yield message.id, message.string
