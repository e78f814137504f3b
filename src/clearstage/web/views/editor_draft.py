"""The document being edited, as it travels with the page: read from a form, changed, put into the next form.

**Why in the page.** The whole draft is one hidden field, and the plain inputs of the page (names, colours, switches)
are laid over it with every post. So nothing is kept on the server between two clicks: two tabs do not meddle with each
other, a deploy or a second web process loses nothing, leaving the page drops the draft and nothing else, and all of it
works without JavaScript. The field needs no signature: whoever posts it may save pipelines, and saving reads it with
the same `read_document` as any document that comes through the API. `revision` says which saved state it began with.

Paths name things in the draft: `stages.2` the third stage, `stages.2.0` its first automation, `statuses.1` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from clearstage.engine import conditions
from clearstage.jobs.document import CARD_FIELDS, EVERYONE
from clearstage.jobs.kinds import all_kinds, later_kinds
from clearstage.jobs.models import Pipeline
from clearstage.jobs.operations.pipelines import export_document
from clearstage.jobs.reading import read_values
from clearstage.kernel.errors import Invalid, NotFound

from .asking import number
from .editor_words import ABOUT, kind_of

Entry = dict[str, Any]
OWNERS = {"stages": "stage", "statuses": "status"}


@dataclass
class Draft:
    """`saved` are the names of stages and statuses in the database, by folded name, with how many jobs each holds."""

    pipeline: Pipeline
    values: Entry
    revision: int
    saved: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def of_saved(cls, pipeline: Pipeline) -> Draft:
        values = export_document(pipeline.pk)
        for kind in OWNERS:
            for owner in values.get(kind, []):
                for position, entry in enumerate(owner.get("on_entry", []), 1):
                    # A key made from the position would change with it, and with it what made what (A8).
                    entry.setdefault("key", f"{kind_of(entry)}-{position}")
        return cls(pipeline, values, pipeline.revision)

    @classmethod
    def posted(cls, pipeline: Pipeline, post: QueryDict) -> Draft:
        """What the form brings, with its plain inputs laid over the draft that travelled in it."""
        try:
            values = json.loads(post.get("draft", ""))
        except (ValueError, RecursionError):
            raise _unreadable() from None
        revision = number(post.get("revision"))
        if revision is None:
            raise _unreadable()
        read_values(values if isinstance(values, dict) else {})
        _demand_shape(values)
        values["pipeline"] = pipeline.name
        return cls(pipeline, values, revision)

    def as_text(self) -> str:
        return json.dumps(self.values, ensure_ascii=False, separators=(",", ":"))

    # Finding things

    def owners(self, kind: str) -> list[Entry]:
        found: list[Entry] = self.values.setdefault(kind, [])
        return found

    def owner(self, path: str) -> Entry:
        kind, position = path.split(".")[:2] if path.count(".") else ("", "")
        found = self.values.get(kind, []) if kind in OWNERS else []
        return found[_position(position, found)]

    def automations(self, path: str) -> list[Entry]:
        found: list[Entry] = self.owner(path).setdefault("on_entry", [])
        return found

    def automation(self, path: str) -> Entry:
        owner, _dot, position = path.rpartition(".")
        found = self.automations(owner)
        return found[_position(position, found)]

    def everything(self) -> Iterator[tuple[str, Entry]]:
        """Stages, then statuses, by path."""
        for kind in OWNERS:
            for position, owner in enumerate(self.values.get(kind, [])):
                yield f"{kind}.{position}", owner

    # What is saved

    def saved_names(self, kind: str, owner: Mapping[str, Any]) -> list[str]:
        """The rows this entry stands for: its own first, then those whose jobs it takes over."""
        names = [owner[OWNERS[kind]], *was(owner)]
        return [name for name in names if name.casefold() in self.saved.get(kind, {})]

    def jobs_in(self, kind: str, owner: Mapping[str, Any]) -> int:
        return sum(self.saved[kind][name.casefold()] for name in self.saved_names(kind, owner))

    # Changing

    def move(self, path: str, step: int) -> tuple[str, int]:
        """One place up or down among its like, at the end it stays; answers its path now, and how many there are."""
        parent, _dot, position = path.rpartition(".")
        row = (
            self.automations(parent)
            if "." in parent
            else self.values.get(parent, [])
            if parent in OWNERS
            else []
        )
        here = _position(position, row)
        there = min(max(here + step, 0), len(row) - 1)
        row.insert(there, row.pop(here))
        return f"{parent}.{there}", len(row)

    def add(self, kind: str, name: str) -> str:
        """A stage or status at the end; answers its path."""
        if kind not in OWNERS:
            raise NotFound
        noun = OWNERS[kind]
        taken = {each[noun].casefold() for each in self.owners(kind)}
        usual = _("New stage") if kind == "stages" else _("New status")
        name = name.strip() or next(
            each for count in range(1, 1000) if (each := f"{usual} {count}").casefold() not in taken
        )
        self.owners(kind).append({noun: name})
        return f"{kind}.{len(self.owners(kind)) - 1}"

    def drop(self, path: str, into: str = "") -> None:
        """Remove a stage or status; its jobs go to the one at the path `into`, or (of a status) become Active."""
        kind = path.partition(".")[0]
        going = self.owner(path)
        if into and into != path and into.startswith(f"{kind}."):
            heir = self.owner(into)
            names = [name for name in self.saved_names(kind, going) if name not in was(heir)]
            heir["was"] = [*was(heir), *names]
        # By identity: two stages that are alike are two.
        self.values[kind] = [each for each in self.owners(kind) if each is not going]

    def put(self, path: str, kind: str, settings: Entry, *, enabled: bool, when: Entry | None) -> None:
        """Set an automation's settings; a path that ends in `new` adds it."""
        owner, _dot, position = path.rpartition(".")
        row = self.automations(owner)
        entry: Entry = {kind: settings}
        if when:
            entry["when"] = when
        if not enabled:
            entry["enabled"] = False
        if position == "new":
            row.append(entry)
            return
        here = _position(position, row)
        if key := row[here].get("key"):
            entry["key"] = key
        row[here] = entry

    def remove(self, path: str) -> None:
        owner, _dot, position = path.rpartition(".")
        row = self.automations(owner)
        del row[_position(position, row)]

    def declare(self, name: str, turn: str) -> None:
        """A client-facing status that the firm's list gets with the next saving, where it has none of that name."""
        row = self.values.setdefault("client_statuses", [])
        if name and name.casefold() not in {each["name"].casefold() for each in row}:
            row.append({"name": name, "turn": turn})

    # The plain inputs

    def lay_over(self, post: QueryDict) -> None:
        """Names, colours, switches and the order of things, as they stand in the page."""
        for path, owner in list(self.everything()):
            kind, noun = path.partition(".")[0], OWNERS[path.partition(".")[0]]
            html = path.replace(".", "-")
            if f"{html}-name" not in post:
                continue
            self._rename(kind, owner, noun, post.get(f"{html}-name", "").strip())
            _set(owner, "color", post.get(f"{html}-color", ""), "gray" if kind == "stages" else "orange")
            if kind == "stages":
                _set(owner, "automove", f"{html}-automove" in post, False)
                _set(owner, "time_limit", _days(post.get(f"{html}-limit", "")), "")
            else:
                _set(owner, "description", _lines(post.get(f"{html}-description", "")), "")
                _set(owner, "restore_client_status", f"{html}-restore" in post, False)
        self._order(post)
        if "card" in post:
            self._general(post)

    def _rename(self, kind: str, owner: Entry, noun: str, name: str) -> None:
        old = owner[noun]
        owner[noun] = name
        if old != name and old.casefold() in self.saved.get(kind, {}) and old not in was(owner):
            owner["was"] = [old, *was(owner)]
        if name in was(owner):
            _set(owner, "was", [each for each in was(owner) if each != name], [])

    def _general(self, post: QueryDict) -> None:
        _set(self.values, "description", _lines(post.get("description", "")), "")
        picked = post.getlist("card")
        kept = [each for each in self.values.get("card_fields", []) if each in picked]
        self.values["card_fields"] = kept + [
            each for each in CARD_FIELDS if each in picked and each not in kept
        ]
        self.values["options"] = {name: f"option-{name}" in post for name in self.values.get("options", {})}
        if "availability" in post:
            some = post["availability"] == "some"
            self.values["available_to"] = post.getlist("available") if some else EVERYONE

    def _order(self, post: QueryDict) -> None:
        """Dragging moves the hidden inputs that name each thing by its old place, so their order is the new order."""
        row = self.values.get("stages", [])
        owners = {path: list(owner.get("on_entry", [])) for path, owner in self.everything()}
        every = {f"{path}.{n}": each for path, found in owners.items() for n, each in enumerate(found)}
        placed = {path: [each for each in post.getlist(f"order:{path}") if each in every] for path in owners}
        named = [each for found in placed.values() for each in found]
        if len(named) == len(set(named)) == len(every):
            for path, owner in self.everything():
                if found := [_moved(every[each], each, path) for each in placed[path]]:
                    owner["on_entry"] = found
                else:
                    owner.pop("on_entry", None)
        order = post.getlist("order")
        if sorted(order) == sorted(str(position) for position in range(len(row))):
            self.values["stages"] = [row[int(each)] for each in order]


def was(owner: Mapping[str, Any]) -> list[str]:
    found = owner.get("was", [])
    return [found] if isinstance(found, str) else list(found)


def _moved(entry: Entry, old: str, path: str) -> Entry:
    """In another owner it is another automation, whose key is made anew."""
    if old.rpartition(".")[0] == path:
        return entry
    return {name: value for name, value in entry.items() if name != "key"}


def _set(entry: Entry, name: str, value: Any, default: Any) -> None:
    if value == default or value is None:
        entry.pop(name, None)
    else:
        entry[name] = value


def _days(text: str) -> str:
    """A number of days as a document writes it; anything else is left for the document's own words."""
    text = text.strip()
    if (days := number(text)) is not None:
        return f"{days} days" if days != 1 else "1 day"
    return text if text.strip("0") else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _position(text: str, row: list[Entry]) -> int:
    if text != "0" and number(text) is None:
        raise NotFound
    if int(text) >= len(row):
        raise NotFound
    return int(text)


def _unreadable() -> Invalid:
    return Invalid(
        [("", _("The draft in this page cannot be read. Open the page again; what is saved is unchanged."))]
    )


def _demand_shape(values: Any) -> None:
    """Enough to draw it; everything else is checked as any document is."""
    if not isinstance(values, dict) or not isinstance(values.get("stages"), list):
        raise _unreadable()
    lists = [values.get(name) or [] for name in ("statuses", "client_statuses", "card_fields")]
    if not all(isinstance(each, list) for each in lists) or not isinstance(values.get("options") or {}, dict):
        raise _unreadable()
    known = {*all_kinds(), *later_kinds()}
    for kind, noun in OWNERS.items():
        for owner in values.get(kind) or []:
            named = isinstance(owner, dict) and isinstance(owner.get(noun), str)
            row = owner.get("on_entry", []) if named else None
            if not isinstance(row, list) or not all(isinstance(name, str) for name in was(owner)):
                raise _unreadable()
            _demand_condition(owner.get("when"))
            for entry in row:
                kinds = [key for key in entry if key not in ABOUT] if isinstance(entry, dict) else []
                if len(kinds) != 1 or kinds[0] not in known or not isinstance(entry[kinds[0]], dict):
                    raise _unreadable()
                _demand_condition(entry.get("when"))
    for entry in values.get("client_statuses") or []:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise _unreadable()


def _demand_condition(when: Any) -> None:
    """It came from a saved pipeline or from the form of conditions, so it can be understood."""
    try:
        if when is not None:
            conditions.parse(when)
    except conditions.BadCondition:
        raise _unreadable() from None
