"""Ids as the outside sees them: opaque strings that name their kind, so that one kind is never taken for another."""

from __future__ import annotations

import re

PREFIXES = {
    "account": "acc",
    "action": "act",
    "chat": "cht",
    "client_status": "cst",
    "comment": "cmt",
    "contact": "con",
    "delivery": "del",
    "event": "evt",
    "file": "fil",
    "job": "job",
    "link": "lnk",
    "member": "mem",
    "message": "msg",
    "notice": "not",
    "organizer": "org",
    "pipeline": "pip",
    "request": "req",
    "stage": "stg",
    "status": "sta",
    "tag": "tag",
    "task": "tsk",
    "template": "tpl",
}
LARGEST = 2**63 - 1
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")


def public_id(noun: str, number: int) -> str:
    return f"{PREFIXES[noun]}_{number}"


def number_of(noun: str, text: object) -> int | None:
    """The row number behind an id, or None where the text is no id of that noun."""
    prefix = f"{PREFIXES[noun]}_"
    if not isinstance(text, str) or not text.startswith(prefix):
        return None
    digits = text[len(prefix) :]
    if not digits.isascii() or not _NUMBER.fullmatch(digits):
        return None
    return number if (number := int(digits)) <= LARGEST else None


def noun_and_number(text: object) -> tuple[str, int] | None:
    """Which noun and row an id names, for ids that may name several nouns (items)."""
    for noun in PREFIXES:
        number = number_of(noun, text)
        if number is not None:
            return noun, number
    return None
