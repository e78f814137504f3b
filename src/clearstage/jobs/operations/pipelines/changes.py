"""What is different between two states of a pipeline, in sentences (A9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from ...kinds import kind_named

Values = Mapping[str, Any]
ABOUT_AUTOMATIONS = ("when", "enabled", "key")
_TITLES = ("title", "show", "template", "subject", "pipeline", "name", "text")


def differences(
    before: Values | None, after: Values, was: Mapping[str, Mapping[str, str | None]]
) -> Iterator[str]:
    """`was` gives, for `stages` and `statuses`, the earlier name of each by its present one, None for new ones.

    Removed stages and statuses are left to whoever knows what becomes of their jobs.
    """
    if before is None:
        stages, statuses = len(after["stages"]), len(after.get("statuses", []))
        made = ngettext(
            "The pipeline was made with {count} stage", "The pipeline was made with {count} stages", stages
        )
        more = ngettext("{count} status", "{count} statuses", statuses)
        yield _t("{made} and {more}.").format(
            made=made.format(count=stages), more=more.format(count=statuses)
        )
        return
    yield from _of_the_pipeline(before, after)
    yield from _of_owners("stages", "stage", before, after, was["stages"])
    yield from _of_owners("statuses", "status", before, after, was["statuses"])


def _of_the_pipeline(before: Values, after: Values) -> Iterator[str]:
    if before["pipeline"] != after["pipeline"]:
        yield _t("The pipeline is now written “{name}”.").format(name=after["pipeline"])
    if before.get("description") != after.get("description"):
        yield _t("The description was changed.")
    compared = (
        (_t("Available to"), before["available_to"], after["available_to"]),
        (_t("Card fields"), before["card_fields"], after["card_fields"]),
        *((label, before["options"][name], after["options"][name]) for name, label in _options().items()),
    )
    for label, old, new in compared:
        if old != new:
            yield _t("{what}: {old} → {new}.").format(what=label, old=in_short(old), new=in_short(new))


def _options() -> dict[str, str]:
    return {
        "pass_through": _t("Pass through where there is nothing to wait for"),
        "reviewer_is_not_preparer": _t("The reviewer is not the preparer"),
    }


def _of_owners(
    field: str, noun: str, before: Values, after: Values, was: Mapping[str, str | None]
) -> Iterator[str]:
    old = {each[noun].casefold(): each for each in before.get(field, [])}
    previous = None
    for entry in after.get(field, []):
        name = entry[noun]
        present = old.get((was[name] or "").casefold())
        if present is None:
            yield _added(noun, name, previous)
        else:
            if present[noun] != name:
                yield _renamed(noun, present[noun], name)
            yield from _of_fields(noun, present, entry)
            yield from _of_automations(name, present.get("on_entry", []), entry.get("on_entry", []))
        previous = name
    kept = [earlier.casefold() for each in after.get(field, []) if (earlier := was[each[noun]])]
    if noun == "stage" and [name for name in old if name in kept] != kept:
        order = ", ".join(each[noun] for each in after[field])
        yield _t("The order of the stages is now: {order}.").format(order=order)


def _added(noun: str, name: str, previous: str | None) -> str:
    if noun == "status":
        return _t("Status “{name}” was added.").format(name=name)
    if previous is None:
        return _t("Stage “{name}” was added at the beginning.").format(name=name)
    return _t("Stage “{name}” was added after “{previous}”.").format(name=name, previous=previous)


def _renamed(noun: str, old: str, new: str) -> str:
    text = _t("Stage “{old}” is now “{new}”.") if noun == "stage" else _t("Status “{old}” is now “{new}”.")
    return text.format(old=old, new=new)


def _of_fields(noun: str, before: Values, after: Values) -> Iterator[str]:
    usual = {
        "color": "gray" if noun == "stage" else "orange",
        "automove": False,
        "restore_client_status": False,
    }
    labels = {
        "color": _t("color"),
        "when": _t("condition"),
        "automove": _t("automove"),
        "time_limit": _t("time limit"),
        "description": _t("description"),
        "restore_client_status": _t("restore the client-facing status on return"),
    }
    text = _t("Stage “{name}”: {what} {old} → {new}.")
    if noun == "status":
        text = _t("Status “{name}”: {what} {old} → {new}.")
    for name, label in labels.items():
        old, new = (each.get(name, usual.get(name)) for each in (before, after))
        if old != new:
            yield text.format(name=after[noun], what=label, old=in_short(old), new=in_short(new))


# Automations: first those that are the same, then those of the same key, then those of the same kind


def _of_automations(owner: str, before: Sequence[Values], after: Sequence[Values]) -> Iterator[str]:
    pairs = _paired(before, after)
    for position, entry in enumerate(after):
        if position not in pairs:
            yield _t("Automation “{what}” was added in “{owner}”.").format(what=titled(entry), owner=owner)
        elif differing := list(_of_automation(before[pairs[position]], entry)):
            title = titled(before[pairs[position]])
            text = _t("Automation “{what}” in “{owner}” changed: {changes}.")
            yield text.format(what=title, owner=owner, changes="; ".join(differing))
    for position, entry in enumerate(before):
        if position not in pairs.values():
            yield _t("Automation “{what}” was removed from “{owner}”.").format(
                what=titled(entry), owner=owner
            )
    if list(pairs.values()) != sorted(pairs.values()):
        yield _t("The order of the automations in “{owner}” changed.").format(owner=owner)


def _paired(before: Sequence[Values], after: Sequence[Values]) -> dict[int, int]:
    """Positions in `before` by positions in `after`."""
    pairs: dict[int, int] = {}
    for likeness in (_content, _key, _kind):
        for position, entry in enumerate(after):
            if position in pairs:
                continue
            free = [number for number in range(len(before)) if number not in pairs.values()]
            same = (
                number for number in free if likeness(before[number], number) == likeness(entry, position)
            )
            number = next(same, None)
            if number is not None:
                pairs[position] = number
    return dict(sorted(pairs.items()))


def _kind(entry: Values, position: int = 0) -> str:
    return next(name for name in entry if name not in ABOUT_AUTOMATIONS)


def _key(entry: Values, position: int) -> tuple[str, str]:
    return _kind(entry), entry.get("key") or f"{_kind(entry)}-{position + 1}"


def _content(entry: Values, position: int = 0) -> Values:
    return {name: value for name, value in entry.items() if name != "key"}


def _of_automation(before: Values, after: Values) -> Iterator[str]:
    kind = _kind(after)
    old, new = before[kind], after[kind]
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield f"{name} {in_short(old.get(name))} → {in_short(new.get(name))}"
    if before.get("when") != after.get("when"):
        yield _t("condition {old} → {new}").format(
            old=in_short(before.get("when")), new=in_short(after.get("when"))
        )
    if before.get("enabled", True) != after.get("enabled", True):
        yield _t("switched on") if after.get("enabled", True) else _t("switched off")
    if before.get("key") != after.get("key") and (before.get("key") or after.get("key")):
        yield _t("key {old} → {new}").format(old=in_short(before.get("key")), new=in_short(after.get("key")))


def titled(entry: Values) -> str:
    """“Create task: Prepare the return”."""
    kind = _kind(entry)
    found = kind_named(kind)
    label = str(found.label) if found else kind
    title = next((entry[kind][name] for name in _TITLES if isinstance(entry[kind].get(name), str)), None)
    return f"{label}: {_cut(title)}" if title else label


def in_short(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return _t("none")
    if isinstance(value, bool):
        return _t("yes") if value else _t("no")
    if isinstance(value, str):
        return _cut(value)
    return _cut(
        yaml.safe_dump(
            value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6
        ).strip()
    )


def _cut(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
