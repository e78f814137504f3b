"""Finding what a request names: by its id, or by its name in any case.

In a body or a parameter an unknown name is the caller's mistake and is told with its place; in the path it is 404.
Things the caller may not see are unknown (X4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account, Tag
from clearstage.engine.planner import Choices
from clearstage.firm.models import Member, Role
from clearstage.jobs.gather import pipeline_facts
from clearstage.jobs.models import Automation, ClientStatus, CustomStatus, Pipeline, Stage, Template
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.kernel.ids import number_of, public_id

ROLE = "role:"


@dataclass(frozen=True, slots=True)
class Listed:
    """One of the firm's short lists, as (number, name)."""

    noun: str
    entries: Sequence[tuple[int, str]]

    def number(self, text: str) -> int | None:
        """Which entry is meant: by id, or by name where that is unique."""
        number = number_of(self.noun, text)
        if number is not None and any(number == known for known, _name in self.entries):
            return number
        wanted = text.strip().casefold()
        found = [known for known, name in self.entries if name.casefold() == wanted]
        return found[0] if len(found) == 1 else None

    def numbers(self, text: str) -> list[int]:
        """All entries that are meant, where names need not be unique (stages of several pipelines)."""
        number = number_of(self.noun, text)
        wanted = text.strip().casefold()
        return [known for known, name in self.entries if known == number or name.casefold() == wanted]

    def demand(self, text: str, where: str, message: str) -> int:
        number = self.number(text)
        return number if number is not None else self.refuse(text, where, message)

    def refuse(self, text: str, where: str, message: str) -> Any:
        raise Invalid([self.complaint(text, where, message)])

    def complaint(self, text: str, where: str, message: str) -> tuple[str, str]:
        checks = Checks()
        checks.unknown(where, message, text, [name for _number, name in self.entries])
        return checks.problems[0]


def _listed(noun: str, rows: QuerySet[Any], name: str = "name") -> Listed:
    return Listed(noun, list(rows.order_by("pk").values_list("pk", name)))


def in_path(noun: str, text: str) -> int:
    """The number behind an id in the path; 404 for anything else."""
    number = number_of(noun, text)
    if number is None:
        raise NotFound
    return number


# Pipelines, stages, statuses


def pipelines(actor: Actor) -> Listed:
    return _listed("pipeline", Pipeline.objects.visible_to(actor))


def pipeline_in_path(actor: Actor, text: str) -> int:
    number = pipelines(actor).number(text)
    if number is None:
        raise NotFound
    return number


def pipeline(actor: Actor, text: str, where: str = "pipeline") -> int:
    return pipelines(actor).demand(text, where, _t("“{name}” is no pipeline").format(name=text))


def stage(of: Pipeline, text: str, where: str = "stage") -> int:
    message = _t("“{name}” is no stage of “{pipeline}”").format(name=text, pipeline=of.name)
    listed = Listed("stage", [(each.id, each.name) for each in pipeline_facts(of).stages])
    return listed.demand(text, where, message)


def stages_anywhere(of: Collection[int], text: str, where: str = "stage") -> list[int]:
    """Every stage of that name in the pipelines."""
    listed = _listed("stage", Stage.objects.filter(pipeline__in=of))
    return listed.numbers(text) or listed.refuse(text, where, _t("“{name}” is no stage").format(name=text))


def statuses(of: Collection[int]) -> Listed:
    return _listed("status", CustomStatus.objects.filter(pipeline__in=of))


def no_status(text: str) -> str:
    return _t("“{name}” is no job status").format(name=text)


# The firm's lists


def client_statuses() -> Listed:
    return _listed("client_status", ClientStatus.objects.filter(deleted_at=None))


def client_status(text: str, where: str = "status") -> int:
    return client_statuses().demand(text, where, _t("“{name}” is no client-facing status").format(name=text))


def tags() -> Listed:
    return _listed("tag", Tag.objects.all())


def templates() -> Listed:
    return _listed("template", Template.objects.all())


def tag(text: str, where: str = "tag") -> tuple[int, str]:
    """The tag's number and its name."""
    listed = tags()
    number = listed.demand(text, where, _t("“{name}” is no tag").format(name=text))
    return number, dict(listed.entries)[number]


def template(kind: str, text: str, where: str = "template") -> Template:
    listed = _listed("template", Template.objects.filter(kind=kind))
    message = _t("“{name}” is no template for jobs").format(name=text)
    return Template.objects.get(pk=listed.demand(text, where, message))


# People


def members() -> Listed:
    return _listed("member", Member.objects.all(), "email")


def member(text: str, where: str) -> int:
    return members().demand(text, where, _t("“{name}” is no member").format(name=text))


def people(texts: Iterable[str], where: str = "assignees") -> list[int]:
    """Members, each once; all that are unknown are told at once."""
    return [each for each in people_and_roles(texts, where, roles=False) if isinstance(each, int)]


def people_and_roles(
    texts: Iterable[str], where: str = "assignees", *, roles: bool = True
) -> list[int | str]:
    """Members as numbers and roles as `role:NAME`; a role has to be one of the firm's."""
    texts = list(texts)
    if not texts:
        return []
    listed = members()
    known = (
        _listed("role", Role.objects.all()) if any(_names_role(text) for text in texts) and roles else None
    )
    found: dict[int | str, None] = {}
    problems = []
    for position, text in enumerate(texts):
        place = f"{where}[{position}]"
        if known is not None and _names_role(text):
            name = text[len(ROLE) :]
            if any(name.strip().casefold() == each.casefold() for _number, each in known.entries):
                found[ROLE + name.strip()] = None
            else:
                message = _t("“{name}” is no role of the firm").format(name=name)
                problems.append(known.complaint(name, place, message))
            continue
        number = listed.number(text)
        if number is None:
            message = _t("“{name}” is no member").format(name=text)
            problems.append(listed.complaint(text, place, message))
        else:
            found[number] = None
    if problems:
        raise Invalid(problems)
    return list(found)


def _names_role(text: str) -> bool:
    return text.casefold().startswith(ROLE)


# Accounts


def account(actor: Actor, text: str, where: str = "account") -> int:
    [number] = accounts(actor, [text])
    if number is None:
        raise Invalid([(where, _t("“{name}” is no account").format(name=text))])
    return number


def accounts(actor: Actor, texts: Sequence[str]) -> list[int | None]:
    """The accounts' numbers in the given order, None where there is no such account to be seen by the caller."""
    numbers = [number_of("account", text) for text in texts]
    visible = Account.objects.visible_to(actor)
    seen = set(visible.filter(pk__in=[each for each in numbers if each]).values_list("pk", flat=True))
    names = {text for text, number in zip(texts, numbers, strict=True) if number is None}
    by_name: dict[str, list[int]] = {}
    for pk, name in visible.filter(name__in=names).values_list("pk", "name") if names else ():
        by_name.setdefault(name, []).append(pk)
    found: list[int | None] = []
    for text, number in zip(texts, numbers, strict=True):
        named = by_name.get(text, [])
        found.append(number if number in seen else named[0] if len(named) == 1 else None)
    return found


# What a person decided


def choices(
    skip: Sequence[str],
    block: dict[str, Any] | None,
    stage: int | None = None,
    statuses: Collection[int] = (),
) -> Choices:
    """Choices for a destination. A key that none of its automations has is refused: it would skip nothing."""
    if skip:
        rows = (
            Automation.objects.filter(stage=stage)
            if stage
            else Automation.objects.filter(status__in=statuses)
        )
        known = sorted(set(rows.values_list("key", flat=True)))
        checks = Checks()
        for position, key in enumerate(skip):
            if key not in known:
                message = _t("no automation of the destination has the key “{key}”").format(key=key)
                checks.unknown(f"skip[{position}]", message, key, known)
        checks.demand()
    return Choices(frozenset(skip), block)


def public_ids(noun: str, numbers: Iterable[int]) -> list[str]:
    return [public_id(noun, number) for number in numbers]
