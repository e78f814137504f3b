"""What the texts of a template would say for an account: shortcodes filled, unknown ones marked (T4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clearstage.clients.models import Account, AccountContact
from clearstage.engine.facts import (
    AccountFacts,
    ActorFacts,
    ContactFacts,
    Facts,
    JobFacts,
    MemberFacts,
    PipelineFacts,
    StageFacts,
)
from clearstage.engine.planned import PlannedAccount, PlannedJob
from clearstage.engine.translations import Translations, into, said
from clearstage.firm.models import Member
from clearstage.firm.queries import firm_row
from clearstage.jobs.kinds import Settings
from clearstage.jobs.templates import unknown_shortcodes
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor

from .editor_labels import place_in_words


@dataclass(frozen=True, slots=True)
class Filled:
    label: str
    lines: list[str]
    listed: bool


@dataclass
class Preview:
    texts: list[Filled] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    whom: str = ""
    language: str = ""


def preview_of(
    actor: Actor,
    model: type[Settings],
    body: Mapping[str, Any],
    account: Account | None,
    translations: Translations | None = None,
    language: str = "",
) -> Preview:
    """For the account, or for one that is made up; in a language as far as it is translated."""
    job, known = imagined_job(actor, account), translations or {}
    unknown = unknown_shortcodes([dict(body), dict(known.get(language, {}))])
    found = Preview(unknown=unknown, whom=job.account.facts.name, language=language)
    for place, texts in _texts(model, body).items():
        lines = [job.fill(into(said(text, known), language)) for text in texts]
        found.texts.append(Filled(place_in_words(place), lines, len(lines) > 1))
    return found


def _texts(model: type[Settings], body: Mapping[str, Any]) -> dict[tuple[str | int, ...], list[str]]:
    """By place, those of a list together."""
    found: dict[tuple[str | int, ...], list[str]] = {}
    for place, noun, text in model.named_in(body):
        if noun == "text" and text:
            found.setdefault(place[:-1] if isinstance(place[-1], int) else place, []).append(text)
    return found


def imagined_job(actor: Actor, account: Account | None) -> PlannedJob:
    """A job of the account, or of one that is made up, to fill texts for."""
    firm = firm_row()
    member = Member.objects.filter(pk=actor.member_id or 0).first()
    facts = Facts(
        now=clock.now(),
        today=clock.today(firm.timezone),
        actor=ActorFacts(actor.member_id, actor.name),
        firm_name=firm.name,
        members={member.pk: MemberFacts(member.pk, member.name, member.email)} if member else {},
        pipelines={0: PipelineFacts(0, _("The pipeline"), 0, (StageFacts(0, _("the stage"), 0),))},
    )
    draft = JobFacts(0, 1, _("The job's name"), 0, 0, due=clock.today(firm.timezone))
    return PlannedJob(facts, draft, PlannedAccount(_account(account)))


def _account(account: Account | None) -> AccountFacts:
    if account is None:
        ada = ContactFacts(0, "Ada Okafor", "ada@example.com", notify=True, login=True)
        return AccountFacts(0, "Okafor, Ada", "individual", "A-1042", contacts=(ada,))
    links = AccountContact.objects.filter(account=account).order_by("pk").select_related("contact")
    contacts = tuple(
        ContactFacts(each.contact_id, each.contact.name, each.contact.email, each.notify, each.login)
        for each in links
    )
    return AccountFacts(account.pk, account.name, account.kind, account.number, contacts=contacts)
