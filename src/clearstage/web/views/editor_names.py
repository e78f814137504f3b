"""What the firm has that a form may offer: tags, people and roles, client-facing statuses, pipelines, templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from clearstage.clients.queries import tags_list
from clearstage.engine.conditions import tag_key
from clearstage.firm.queries import members_list, roles_list
from clearstage.jobs.models import ClientStatus, Pipeline, Template
from clearstage.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    picked: bool = False
    color: str = ""
    known: bool = True


@dataclass
class Names:
    """By noun, as (value, label, colour). Loaded once for a page: six small queries."""

    tags: list[tuple[str, str, str]] = field(default_factory=list)
    people: list[tuple[str, str, str]] = field(default_factory=list)
    client_statuses: list[tuple[str, str, str]] = field(default_factory=list)
    pipelines: list[tuple[str, str, str]] = field(default_factory=list)
    templates: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def of(self, noun: str) -> list[tuple[str, str, str]]:
        kind, _colon, which = noun.partition(":")
        if kind == "template":
            return self.templates.get(which, [])
        return {
            "tag": self.tags,
            "person": self.people,
            "client_status": self.client_statuses,
            "pipeline": self.pipelines,
        }.get(kind, [])

    def options(self, noun: str, picked: Iterable[str]) -> list[Option]:
        """All there is, with those that are picked; a picked name that is not there any more is offered too."""
        same = tag_key if noun == "tag" else str.casefold
        wanted = {same(each): each for each in picked if each}
        found = [Option(value, label, same(value) in wanted, color) for value, label, color in self.of(noun)]
        present = {same(each.value) for each in found}
        gone = [Option(each, each, True, known=False) for key, each in wanted.items() if key not in present]
        return [*found, *gone]


def firm_names(actor: Actor, declared: Iterable[dict[str, str]] = ()) -> Names:
    """`declared` are the client-facing statuses that a draft brings along."""
    templates: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for kind, name in Template.objects.values_list("kind", "name"):
        templates[kind].append((name, name, ""))
    statuses = list(ClientStatus.objects.filter(deleted_at=None).values_list("name", "color"))
    folded = {name.casefold() for name, _color in statuses}
    statuses += [
        (each["name"], each.get("color", "gray"))
        for each in declared
        if each["name"].casefold() not in folded
    ]
    roles = [(f"role:{role.name}", _("{role} (role)").format(role=role.name), "") for role in roles_list()]
    members = [(each.email, each.name, "") for each in members_list(inactive=False)]
    pipelines = Pipeline.objects.visible_to(actor).values_list("name", flat=True)
    return Names(
        tags=[(tag.name, tag.name, tag.color) for tag in tags_list()],
        people=[*roles, *members],
        client_statuses=[(name, name, color) for name, color in statuses],
        pipelines=[(name, name, "") for name in pipelines],
        templates=templates,
    )
