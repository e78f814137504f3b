"""What the automations of a draft do, in the words of their kinds, for no job in particular."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from clearstage.clients.models import Tag
from clearstage.engine.conditions import tag_key
from clearstage.engine.facts import (
    AccountFacts,
    ActorFacts,
    Facts,
    JobFacts,
    MemberFacts,
    PipelineFacts,
    TagFacts,
)
from clearstage.engine.planned import PlannedAccount, PlannedJob
from clearstage.engine.sentences import render
from clearstage.firm.models import Member, Role
from clearstage.jobs.kinds import AutomationKind, all_kinds, bind, kind_named
from clearstage.jobs.models import Template
from clearstage.kernel import clock

from .editor_labels import icon_of

ABOUT = ("when", "enabled", "key")
# The numbers of rules, which are for those who write code: “(C3, C4)”.
_RULES = re.compile(r"\s*\([A-Z]\d+(?:, [A-Z]\d+)*\)")


class AnyJob(PlannedJob):
    """A job that stands for all of them: shortcodes stay as they are written, roles are called by their names."""

    def fill(self, text: str, contact_name: str = "", contact_email: str = "") -> str:
        return text


@dataclass
class Words:
    """Puts automations into words; made once for a page."""

    job: AnyJob

    @classmethod
    def of_the_firm(cls) -> Words:
        roles = list(Role.objects.values_list("name", flat=True))
        members = {
            row[0]: MemberFacts(*row)
            for row in Member.objects.values_list("id", "name", "email", "is_active")
        }
        members |= {
            -number: MemberFacts(-number, _("the {role}").format(role=role), "")
            for number, role in enumerate(roles, 1)
        }
        templates = Template.objects.values_list("kind", "name", "body")
        account = AccountFacts(
            0,
            _("the account"),
            "individual",
            roles={role.casefold(): (-number,) for number, role in enumerate(roles, 1)},
        )
        now = clock.now()
        facts = Facts(
            now=now,
            today=date(now.year, now.month, now.day),
            actor=ActorFacts(None, ""),
            members=members,
            tags={tag_key(name): TagFacts(pk, name) for pk, name in Tag.objects.values_list("id", "name")},
            templates={(kind, name.casefold()): body for kind, name, body in templates},
            pipelines={0: PipelineFacts(0, "", 0, ())},
        )
        return cls(AnyJob(facts, JobFacts(0, 1, "", 0, 0), PlannedAccount(account)))

    def say(self, kind: str, settings: Any) -> str:
        """“Creates the task “Prepare the return” for the preparer”; the label where the settings are not whole."""
        try:
            action = bind(kind, settings)
            return render(action.describe(self.job), _)
        except (ValidationError, ValueError, TypeError, KeyError):
            return kind_label(kind)


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind on offer, in a line."""

    name: str
    label: str
    about: str
    icon: str
    holds: bool


def kind_of(entry: Mapping[str, Any]) -> str:
    return next((key for key in entry if key not in ABOUT), "")


def kind_label(kind: str) -> str:
    found = kind_named(kind)
    return str(found.label) if found else kind.replace("_", " ").capitalize()


def kind_choices() -> list[KindChoice]:
    return [
        KindChoice(name, str(kind.label), _about(kind), icon_of(name), kind.holds)
        for name, kind in sorted(all_kinds().items(), key=lambda each: (_order(each[0]), str(each[1].label)))
    ]


_USUAL = ("client_status", "task", "email", "tags", "assignees", "update_job")


def _order(kind: str) -> int:
    return _USUAL.index(kind) if kind in _USUAL else len(_USUAL)


def _about(kind: AutomationKind[Any]) -> str:
    """The first sentence of the kind's file, after its name."""
    module = __import__(type(kind).__module__, fromlist=["__doc__"]).__doc__ or ""
    first = _RULES.sub("", module.strip().split("\n")[0].partition(": ")[2]).split(". ")[0].rstrip(".")
    return _(first[:1].upper() + first[1:] + ".") if first else ""
