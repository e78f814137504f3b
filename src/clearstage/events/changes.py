"""“Changed the name: “A” → “B””: what an edit changed, in words, for the events of every noun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clearstage.engine.sentences import Sentence, _, say

LONGEST = 80


def told_changes(changes: Mapping[str, Sequence[Any]], labels: Mapping[str, str]) -> list[Sentence]:
    """`changes` hold [old, new] by field; `labels` name the fields (marked with `_` where they are written).

    Told in the order of the labels: a database may keep JSON in another order than it was given.
    """
    fields = [*(field for field in labels if field in changes), *sorted(set(changes) - set(labels))]
    return [told_change(say(labels.get(field, field.replace("_", " "))), *changes[field]) for field in fields]


def told_change(label: Sentence, old: Any, new: Any) -> Sentence:
    if _long(old) or _long(new):
        return say(_("{field} (rewritten)"), field=label)
    if old in (None, "", []):
        return say(_("{field}: {new}"), field=label, new=in_quotes(new))
    if new in (None, "", []):
        return say(_("{field}: no longer {old}"), field=label, old=in_quotes(old))
    return say(_("{field}: {old} → {new}"), field=label, old=in_quotes(old), new=in_quotes(new))


def in_quotes(value: Any) -> Any:
    """A value as sentences show it: texts in quotes, yes and no in words, lists one after the other."""
    if isinstance(value, bool):
        return say(_("yes")) if value else say(_("no"))
    if isinstance(value, list | tuple):
        return [in_quotes(each) for each in value]
    return say(_("“{text}”"), text=value) if isinstance(value, str) else value


def _long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > LONGEST or "\n" in value)
