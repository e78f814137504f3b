"""Requests in words: for plans, To do, notices and inboxes."""

from __future__ import annotations

from collections.abc import Sequence

from clearstage.engine.sentences import Sentence, _, say

NAMED = 3


def things(titles: Sequence[str], *, questions: bool = False) -> Sentence:
    """“3 papers: W-2, 1099-INT, mortgage statement”; of more than three the first are named."""
    named, more = list(titles[:NAMED]), len(titles) - NAMED
    if len(titles) == 1:
        return say(_("“{title}”"), title=titles[0])
    if more <= 0:
        text = _("{count} questions: {titles}") if questions else _("{count} papers: {titles}")
        return say(text, count=len(titles), titles=named)
    text = (
        _("{count} questions: {titles} and {more} more")
        if questions
        else _("{count} papers: {titles} and {more} more")
    )
    return say(text, count=len(titles), titles=named, more=more)


def ask(titles: Sequence[str], *, questions: bool = False) -> Sentence:
    """What the client is to do: “Upload 3 papers: …”."""
    text = _("Answer {things}") if questions else _("Upload {things}")
    return say(text, things=things(titles, questions=questions))


def asked(title: str) -> Sentence:
    """How he is told of a new request."""
    return say(_("“{title}”: please send us what is on the list"), title=title)


def progress(done: int, entries: int, returned: int) -> Sentence:
    """“2 of 5 done, 1 came back”."""
    text = _("{done} of {entries} done, {returned} came back") if returned else _("{done} of {entries} done")
    return say(text, done=done, entries=entries, returned=returned)


def came_back(title: str, reason: str) -> Sentence:
    return say(_("“{title}” came back: {reason}"), title=title, reason=reason)
