"""Which stage (or status) of a document is which row: the same name, or one that it says it was (A1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ...document import StageDocument, StatusDocument
from ...models import CustomStatus, Stage

Row = TypeVar("Row", Stage, CustomStatus)
Entry = TypeVar("Entry", StageDocument, StatusDocument)


@dataclass
class Matched(Generic[Row, Entry]):
    """`kept` has every entry of the document, in order, with its row or None for a new one.

    `removed` has every row that no entry keeps, with the entry that takes its jobs over, if one says so.
    """

    kept: list[tuple[Row | None, Entry]] = field(default_factory=list)
    removed: list[tuple[Row, Entry | None]] = field(default_factory=list)

    def earlier_names(self) -> dict[str, str | None]:
        return {entry.name: row.name if row is not None else None for row, entry in self.kept}

    def followed(self) -> dict[str, str]:
        """New names by the old ones (in small letters): of what is kept, and of what takes over for what is gone."""
        gone: list[tuple[str, str]] = [
            (row.name, entry.name) for row, entry in self.removed if entry is not None
        ]
        return {old.casefold(): new for old, new in (*self.renamed(), *gone)}

    def renamed(self) -> list[tuple[str, str]]:
        return [
            (row.name, entry.name) for row, entry in self.kept if row is not None and row.name != entry.name
        ]


def match(rows: Sequence[Row], entries: Sequence[Entry]) -> Matched[Row, Entry]:
    """Entries of a new name come first, with what they say they were; then the others, by their names.

    So a chain of renamings (A is now B, and B is now C) comes out right, and a `was` that was left in the text from an
    earlier time does nothing when the document is saved again.
    """
    by_name = {row.name.casefold(): row for row in rows}
    free = dict(by_name)
    found: dict[str, Row] = {}

    def take(entry: Entry, names: Sequence[str]) -> None:
        name = next((each.casefold() for each in names if each.casefold() in free), None)
        if name is not None and entry.name.casefold() not in found:
            found[entry.name.casefold()] = free.pop(name)

    for entry in entries:
        if entry.name.casefold() not in by_name:
            take(entry, entry.was)
    for entry in entries:
        take(entry, [entry.name])
    for entry in entries:
        take(entry, entry.was)
    successors = {name.casefold(): entry for entry in entries for name in entry.was}
    return Matched(
        kept=[(found.get(entry.name.casefold()), entry) for entry in entries],
        removed=[(row, successors.get(name)) for name, row in free.items()],
    )
