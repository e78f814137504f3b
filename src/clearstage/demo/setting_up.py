"""The firm itself, before anything happens in it: people, library, clients."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from clearstage import library
from clearstage.clients.models import Contact
from clearstage.clients.operations.access import grant_access
from clearstage.clients.operations.accounts import AccountInput, create_account
from clearstage.clients.operations.contacts import choose_language, set_notice_preferences
from clearstage.clients.operations.signing_in import set_contact_password
from clearstage.clients.operations.tags import create_tag
from clearstage.clients.queries import contact_actor
from clearstage.engine.facts import PipelineFacts
from clearstage.firm.operations.members import add_member
from clearstage.firm.operations.settings import edit_firm
from clearstage.firm.operations.setup import create_firm
from clearstage.firm.queries import actor_for, the_owner
from clearstage.jobs.document import read_document
from clearstage.jobs.gather import load_pipelines
from clearstage.jobs.models import CustomStatus, Stage
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.jobs.operations.templates import create_template
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor, the_firm

from .sign_ins import SignIn, new_password
from .working_time import WorkingTime

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# In this order: who creates jobs in another pipeline comes after it.
PIPELINES = (
    "monthly-bookkeeping", "payroll", "us-extension", "advisory", "us-estimates", "us-1040", "us-business-return",
    "us-january-forms", "us-sales-tax", "tax-notice", "onboarding", "cleanup", "audit", "offboarding",
)  # fmt: skip
DOMAIN = "hartwell-lund.test"
FIRST_PLACE = 10
ROLES = ("preparer", "reviewer", "partner", "admin")
SIGNING_IN = ("ada", "miguel", "wei", "priyanka", "lena", "ruth")
_HOLIDAYS = ("01-01", "06-19", "07-04", "11-11", "12-25")


@dataclass(slots=True)
class DemoAccount:
    """A client of the demo; `id` is 0 until it is made. `team` says which of the demo's people holds which role."""

    given: AccountInput
    team: dict[str, str]
    comes_for: list[str]
    place: int
    id: int = 0

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self.given.tags)


@dataclass(slots=True)
class DemoPipeline:
    """A pipeline as the stories need it: stages in order, and how many days each may take."""

    facts: PipelineFacts
    limits: list[int | None]
    statuses: dict[str, int]

    @property
    def id(self) -> int:
        return self.facts.id

    def makes_jobs(self, stage: int | None = None, status: int | None = None) -> bool:
        """Whether entering a stage (by position) or a custom status creates further jobs."""
        place = self.facts.stages[stage] if stage is not None else self.facts.status(status)
        return place is not None and any(each.action.kind == "create_job" for each in place.automations)

    def position(self, stage: str) -> int:
        found = self.facts.stage_named(stage)
        if found is None:
            raise LookupError(f"{self.facts.name} has no stage {stage}")
        return found.position


@dataclass
class Demo:
    people: dict[str, Actor] = field(default_factory=dict)
    accounts: list[DemoAccount] = field(default_factory=list)
    pipelines: dict[str, DemoPipeline] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[int | None, Actor]:
        return {actor.id: actor for actor in self.people.values()}

    def on_team(self, account: DemoAccount, role: str) -> Actor:
        return self.people[account.team[role]]


@cache
def told(name: str) -> Any:
    """What a file beside this one says."""
    return yaml.load((files(__package__) / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)  # noqa: S506


def set_up(time: WorkingTime, base_url: str) -> Demo:
    """Everything of the first morning: the firm, its library, and the clients it has already."""
    plan, demo = told("firm"), Demo()
    with clock.at(time.moments[0]):
        _make_people(demo, plan, base_url, time.today)
    owner = demo.people["eleanor"]
    with clock.at(time.moments[1]):
        for name, color in plan["tags"].items():
            create_tag(owner, name, color)
        for each in library.templates():
            create_template(demo.people["samuel"], each["kind"], each["name"], each["body"])
    with clock.at(time.moments[2]):
        _make_pipelines(demo)
        for each in plan["job_templates"]:
            create_template(demo.people["samuel"], "job", each["name"], each["body"])
    clients = told("accounts")
    demo.accounts = _read_accounts(clients, time)
    with clock.at(time.moments[FIRST_PLACE]):
        for account in demo.accounts:
            if account.place == FIRST_PLACE:
                open_account(demo, account)
        for key in SIGNING_IN:
            _let_in(demo, _address(clients["people"][key])[1], base_url)
        for key, chosen in clients["choices"].items():
            _choose(_address(clients["people"][key])[1], **chosen)
    return demo


def _make_people(demo: Demo, plan: dict[str, Any], base_url: str, today: date) -> None:
    owner = None
    for key, each in plan["members"].items():
        email, password, role = f"{key}@{DOMAIN}", new_password(), each.get("role", "employee")
        if owner is None:
            create_firm(plan["firm"], email, each["name"], password, plan["timezone"])
            member = the_owner()
            owner = actor_for(member)
            holidays = [f"{year}-{day}" for year in (today.year, today.year + 1) for day in _HOLIDAYS]
            edit_firm(owner, {"holidays": holidays})
        else:
            member = add_member(owner, email, each["name"], role, each.get("rights", ()), password)
        demo.people[key] = actor_for(member)
        demo.sign_ins.append(SignIn(role, member.name, email, password, f"{base_url}/sign-in/"))


def _make_pipelines(demo: Demo) -> None:
    documents = library.documents()
    for name in PIPELINES:
        document, places = read_document(documents[name])
        saved = save_pipeline(demo.people["samuel"], document, places)
        assert saved.pipeline_id is not None
        facts = load_pipelines([saved.pipeline_id])[0][saved.pipeline_id]
        stages = Stage.objects.filter(pipeline=facts.id).order_by("position")
        statuses = CustomStatus.objects.filter(pipeline=facts.id)
        demo.pipelines[name] = DemoPipeline(
            facts, list(stages.values_list("time_limit", flat=True)), dict(statuses.values_list("name", "pk"))
        )


def _read_accounts(plan: dict[str, Any], time: WorkingTime) -> list[DemoAccount]:
    accounts = []
    for each in plan["accounts"]:
        team = dict(zip(ROLES, each["team"].split(), strict=True))
        kind = each.get("kind", "individual")
        if kind != "individual":
            team |= {"bookkeeper": "sofia", "payroll": "tomasz"}
        roles = {role: [f"{person}@{DOMAIN}"] for role, person in team.items()}
        contacts = [_contact(plan["people"], text) for text in each["contacts"]]
        given = AccountInput(each["name"], kind, each["number"], each["tags"], contacts, roles)
        place = time.morning(time.ago(each["since"])) if "since" in each else FIRST_PLACE
        accounts.append(DemoAccount(given, team, each["for"], place))
    return accounts


def open_account(demo: Demo, account: DemoAccount) -> None:
    """Make the account; the front desk is let in where it files."""
    mei, hannah = demo.people["mei"], demo.people["hannah"]
    account.id = create_account(mei, account.given).pk
    if account.team["admin"] == "hannah":
        assert hannah.id is not None
        grant_access(mei, account.id, hannah.id)


def _contact(people: dict[str, str], text: str) -> dict[str, Any]:
    key, *marks = text.split()
    name, email = _address(people[key])
    return {"name": name, "email": email, "login": "paper" not in marks, "notify": "quiet" not in marks}


def _address(text: str) -> tuple[str, str]:
    """“Ada Okafor” or “Ada Okafor <ada@example.com>” as name and address."""
    name, _sep, email = text.partition(" <")
    if not email:
        plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
        email = ".".join(plain.split()) + "@example.com"
    return name, email.rstrip(">")


def _choose(email: str, language: str = "", **notices: Any) -> None:
    """What clients have chosen for themselves in the portal."""
    actor = contact_actor(Contact.objects.get(email=email))
    if language:
        choose_language(actor, language)
    if notices:
        set_notice_preferences(actor, notices)


def _let_in(demo: Demo, email: str, base_url: str) -> None:
    contact, password = Contact.objects.get(email=email), new_password()
    set_contact_password(the_firm(via="demo"), contact.pk, password)
    demo.sign_ins.append(SignIn("client", contact.name, email, password, f"{base_url}/portal/sign-in/"))
