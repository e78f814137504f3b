"""Tags of the accounts that jobs are for, changed from their cards: one or many, undone as one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t

from clearstage.clients.models import Account, AccountTag, Tag
from clearstage.clients.operations.tags import change_account_tags
from clearstage.clients.policies import can_manage_tags
from clearstage.events.models import Event
from clearstage.events.record import Happening, record
from clearstage.firm.queries import hold_the_lists
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound

from ..kinds import kind_named
from ..models import Job
from .editing import begin_edit, end_edit


@dataclass(frozen=True, slots=True)
class Tagged:
    """How many accounts changed, and the action that undoes it: None where everything was so already."""

    accounts: int
    action: int | None


def tag_accounts_of(
    actor: Actor, jobs: Collection[int], *, add: Collection[int] = (), remove: Collection[int] = ()
) -> Tagged:
    """Put tags (their ids) on the accounts of these jobs and take others off; each account gets one event.

    Takes the right “manage tags”. Raises `NotFound` where the actor sees none of the jobs, `Invalid` for tags that are
    not there, or that are both to come and to go. Jobs that the actor does not see are left out.
    """
    can_manage_tags(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        names = _names({*add, *remove}, both=set(add) & set(remove))
        accounts = _locked(actor, jobs)
        present: dict[int, set[int]] = {account.pk: set() for account in accounts}
        for number, tag in AccountTag.objects.filter(account__in=present).values_list("account", "tag"):
            present[number].add(tag)
        action = begin_edit(actor)
        happened, added, removed = [], [], []
        for account in accounts:
            new, gone = set(add) - present[account.pk], set(remove) & present[account.pk]
            if not new and not gone:
                continue
            added += [(account.pk, tag) for tag in sorted(new)]
            removed += [(account.pk, tag) for tag in sorted(gone)]
            after = (present[account.pk] | new) - gone
            told = [sorted(names[tag] for tag in tags) for tags in (present[account.pk], after)]
            data: dict[str, Any] = {
                "name": account.name,
                "changes": {"tags": told},
                "done": [{"by": "tags", "account": account.pk, "add": sorted(new), "remove": sorted(gone)}],
            }
            happened.append(Happening("account_edited", data, account=account.pk, action=action))
        change_account_tags(added=added, removed=removed)
        record(actor, *happened)
        return Tagged(len(happened), end_edit(action))


def sees_tagged(actor: Actor, events: Sequence[Event]) -> bool:
    """Whether the actor sees one of the accounts whose tags an action changed."""
    tagged = [event.account for event in events if event.kind == "account_edited" and event.account]
    return bool(tagged) and Account.objects.visible_to(actor).filter(pk__in=tagged).exists()


def put_tags_back(events: Sequence[Event]) -> list[Happening]:
    """The part of undo about tags: takes back what `tag_accounts_of` did, and answers what is to be recorded of it."""
    tagged = [event for event in events if event.kind == "account_edited"]
    done = [each for event in tagged for each in event.data["done"]]
    kind = kind_named("tags")
    if not done or kind is None:
        return []
    kind.undo(done)
    return [
        Happening(
            "action_undone", {"what": event.kind, "could_not": []}, account=event.account, cause=event.pk
        )
        for event in tagged
    ]


def _names(wanted: set[int], *, both: set[int]) -> dict[int, str]:
    """Of all tags, by id."""
    names = dict(Tag.objects.values_list("pk", "name"))
    if not wanted <= set(names):
        raise Invalid([("tags", _t("There is no such tag any more."))])
    if both:
        raise Invalid([("tags", _t("A tag cannot be put on and taken off at once."))])
    return names


def _locked(actor: Actor, jobs: Collection[int]) -> list[Account]:
    seen = Job.objects.visible_to(actor).filter(pk__in=jobs).values("account")
    accounts = list(Account.objects.select_for_update().filter(pk__in=seen).order_by("pk"))
    if not accounts:
        raise NotFound
    return accounts
