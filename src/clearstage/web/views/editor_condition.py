"""Conditions (A4) as a form and in words. One that the form cannot show is edited as YAML text, and kept as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import QueryDict
from django.utils.translation import gettext as _

from clearstage.engine import conditions
from clearstage.engine.conditions import ACCOUNT_KINDS, PRIORITIES, BadCondition
from clearstage.engine.sentences import render
from clearstage.jobs.reading import path_in_words, read_values
from clearstage.kernel.errors import Invalid

from .editor_labels import choice_label
from .editor_names import Names, Option

TAGS = ("all", "any", "none")
_PLAIN = {"tags", "account_kind", "priority", "assigned"}


@dataclass
class ConditionForm:
    """`text` is set where the condition is nested; the other fields then stay empty."""

    tags: dict[str, list[Option]] = field(default_factory=dict)
    kinds: list[Option] = field(default_factory=list)
    priorities: list[Option] = field(default_factory=list)
    assigned: str = ""
    text: str = ""
    more: bool = False

    @property
    def picked(self) -> bool:
        """Something is chosen, so that it should be seen at once."""
        return self.more or any(each.picked for each in self.tags.get("all", []))


def is_plain(when: Mapping[str, Any] | None) -> bool:
    return not when or set(when) <= _PLAIN


def condition_form(when: Mapping[str, Any] | None, names: Names, text: str = "") -> ConditionForm:
    """Filled from a condition; `text` is what somebody typed as YAML and could not be understood."""
    if text or not is_plain(when):
        return ConditionForm(text=text or in_yaml(when))
    when = when or {}
    tags = when.get("tags", {})
    assigned = {True: "yes", False: "no"}.get(when.get("assigned"), "")  # type: ignore[arg-type]
    return ConditionForm(
        tags={how: names.options("tag", _listed(tags.get(how))) for how in TAGS},
        kinds=_choices("account_kind", ACCOUNT_KINDS, when),
        priorities=_choices("priority", PRIORITIES, when),
        assigned=assigned,
        more=bool(set(when) - {"tags"} or set(tags) - {"all"}),
    )


def read_condition(post: QueryDict) -> dict[str, Any] | None:
    """The condition that was chosen; None for none. Raises `Invalid`."""
    if "when-text" in post:
        text = post.get("when-text", "").strip()
        found = read_values(text)[0] if text else None
    else:
        found = _chosen(post)
    if found:
        try:
            conditions.parse(found)
        except BadCondition as bad:
            where = path_in_words(bad.where)
            raise Invalid(
                [(where, f"{where}: {render(bad.message, _)}" if where else render(bad.message, _))]
            ) from None
    return found or None


def _chosen(post: QueryDict) -> dict[str, Any]:
    tags = {how: _tags(post, how) for how in TAGS}
    found: dict[str, Any] = {}
    if any(tags.values()):
        found["tags"] = {how: names for how, names in tags.items() if names}
    for name in ("account_kind", "priority"):
        if picked := post.getlist(f"when-{name}"):
            found[name] = picked
    if post.get("when-assigned") in ("yes", "no"):
        found["assigned"] = post["when-assigned"] == "yes"
    return found


def _tags(post: QueryDict, how: str) -> list[str]:
    more = [each.strip() for each in post.get(f"when-{how}-more", "").split(",")]
    return list(dict.fromkeys(each for each in [*post.getlist(f"when-{how}"), *more] if each))


def condition_words(when: Mapping[str, Any] | None) -> list[str]:
    """A condition as a few short phrases, all of which have to hold."""
    if not when:
        return []
    if not is_plain(when):
        return [_("a combined condition")]
    found = []
    texts = {"all": _("has {tags}"), "any": _("has one of {tags}"), "none": _("without {tags}")}
    for how, text in texts.items():
        if names := _listed(when.get("tags", {}).get(how)):
            found.append(text.format(tags=", ".join(names)))
    for name in ("account_kind", "priority"):
        if picked := _listed(when.get(name)):
            found.append(_(" or ").join(choice_label(name, each) for each in picked))
    if "assigned" in when:
        found.append(_("somebody is assigned") if when["assigned"] else _("nobody is assigned"))
    return found


def in_yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False) if value else ""


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _choices(name: str, known: tuple[str, ...], when: Mapping[str, Any]) -> list[Option]:
    picked = _listed(when.get(name))
    return [Option(each, choice_label(name, each), each in picked) for each in known]
