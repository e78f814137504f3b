"""The lists that belong to an account: tags, contacts, holders of roles. Each is read first, then replaced whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models.functions import Lower
from django.utils.translation import gettext as _t

from clearstage.firm.models import Member, Role
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.ids import public_id

from ..links import end_links
from ..models import Account, AccountContact, AccountTag, Contact, RoleHolder, Tag
from ..policies import can_manage_accounts, can_manage_contacts, can_manage_tags
from ..queries import visible_contacts
from .links import send_invitation
from .tags import made_tags

MOST = 200
Change = dict[str, tuple[Any, Any]]


class Part(Protocol):
    def replace(self, actor: Actor, account: Account) -> Change:
        """Make it so, if the actor may; answers (before, after) under the part's name, or nothing where it is so."""


def _listed(checks: Checks, where: str, given: object) -> Sequence[Any]:
    if not isinstance(given, list | tuple):
        checks.wrong(where, _t("has to be a list"))
        return ()
    if len(given) > MOST:
        checks.wrong(where, _t("has more than {most} entries").format(most=MOST))
        return ()
    return given


class TagsPart:
    """By name; one that is not there yet is made, where the actor may make tags."""

    def __init__(self, checks: Checks, actor: Actor, account: Account, given: object) -> None:
        known = {tag.name.casefold(): tag for tag in Tag.objects.all()}
        known = {public_id("tag", tag.pk): tag for tag in known.values()} | known
        self.wanted: dict[str, Tag | str] = {}
        for position, each in enumerate(_listed(checks, "tags", given)):
            where = f"tags[{position}]"
            name = checks.line(where, each, 60)
            tag = known.get(name.casefold())
            if tag is None and name and not can_manage_tags(actor):
                names = [other.name for other in known.values()]
                checks.unknown(where, _t("there is no tag “{name}”").format(name=name), name, names)
            self.wanted[(tag.name if tag else name).casefold()] = tag or name

    def replace(self, actor: Actor, account: Account) -> Change:
        present = {tag.pk: tag.name for tag in account.tags.all()} if account.pk else {}
        if set(self.wanted) == {name.casefold() for name in present.values()}:
            return {}
        can_manage_tags(actor).demand()
        new = [each for each in self.wanted.values() if isinstance(each, str)]
        wanted = [each for each in self.wanted.values() if isinstance(each, Tag)] + made_tags(actor, new)
        ids = {tag.pk for tag in wanted}
        AccountTag.objects.filter(account=account).exclude(tag__in=ids).delete()
        AccountTag.objects.bulk_create(
            [AccountTag(account=account, tag_id=tag) for tag in sorted(ids - set(present))]
        )
        return {"tags": (sorted(present.values()), sorted(tag.name for tag in wanted))}


@dataclass(frozen=True, slots=True)
class _Link:
    email: str
    name: str
    login: bool
    notify: bool

    @property
    def key(self) -> str:
        return self.email.lower()

    def told(self) -> dict[str, Any]:
        return {"name": self.name, "email": self.email, "login": self.login, "notify": self.notify}


class ContactsPart:
    """By e-mail: a person who is known already is linked, not made a second time. Their order is kept.

    `invite` mails an invitation to whoever is let in with it; who could sign in for the account before is not mailed.
    """

    def __init__(self, checks: Checks, actor: Actor, account: Account, given: object) -> None:
        self.wanted: dict[str, _Link] = {}
        self.invited: set[str] = set()
        for position, each in enumerate(_listed(checks, "contacts", given)):
            where = f"contacts[{position}]"
            if not isinstance(each, Mapping):
                checks.wrong(where, _t("has to have a name and an e-mail address"))
                continue
            checks.only(each, ("name", "email", "login", "notify", "invite"), where)
            link = _Link(
                checks.email(f"{where}.email", each.get("email", "")),
                checks.line(f"{where}.name", each.get("name") or "", needed=False),
                checks.flag(f"{where}.login", each.get("login", False)),
                checks.flag(f"{where}.notify", each.get("notify", True)),
            )
            if link.key in self.wanted:
                checks.wrong(f"{where}.email", _t("“{email}” is named twice").format(email=link.email))
            self.wanted[link.key] = link
            if checks.flag(f"{where}.invite", each.get("invite", False)):
                self.invited.add(link.key)
                if not link.login:
                    checks.wrong(f"{where}.invite", _t("needs a contact who may sign in"))
        self.known = {contact.email.lower(): contact for contact in _contacts_with(self.wanted)}
        for position, link in enumerate(self.wanted.values()):
            if not link.name and link.key not in self.known:
                checks.wrong(f"contacts[{position}].name", _t("is needed"))

    def replace(self, actor: Actor, account: Account) -> Change:
        links = AccountContact.objects.filter(account=account).order_by("pk").select_related("contact")
        present = [_Link(each.contact.email, each.contact.name, each.login, each.notify) for each in links]
        wanted = [self._as_known(link) for link in self.wanted.values()]
        if present == wanted:
            return {}
        can_manage_contacts(actor).demand()
        names = self._renamed(actor, wanted)
        contacts = [self.known.get(link.key) or _made_contact(link) for link in wanted]
        links.delete()
        AccountContact.objects.bulk_create(
            [
                AccountContact(account=account, contact=contact, login=link.login, notify=link.notify)
                for contact, link in zip(contacts, wanted, strict=True)
            ]
        )
        before = {link.key for link in present if link.login}
        now = {link.key: contact for contact, link in zip(contacts, wanted, strict=True) if link.login}
        _end_links_of(before - set(now))
        for key in (key for key in now if key in self.invited - before):
            send_invitation(actor, now[key])
        after = [
            _Link(link.email, names.get(link.key, link.name), link.login, link.notify) for link in wanted
        ]
        if present == after:
            return {}
        return {"contacts": ([link.told() for link in present], [link.told() for link in after])}

    def _as_known(self, link: _Link) -> _Link:
        contact = self.known.get(link.key)
        return _Link(contact.email, link.name or contact.name, link.login, link.notify) if contact else link

    def _renamed(self, actor: Actor, wanted: Sequence[_Link]) -> dict[str, str]:
        """Names that were corrected are taken over, for people the actor could see before; answers the names kept."""
        known = {link.key: link.name for link in wanted if link.key in self.known}
        differing = {key: name for key, name in known.items() if self.known[key].name != name}
        visible = visible_contacts(actor).filter(pk__in=[self.known[key].pk for key in differing])
        seen = set(visible.values_list("pk", flat=True))
        kept = {}
        for key, name in differing.items():
            contact = self.known[key]
            if contact.pk in seen:
                contact.name = name
                contact.save(update_fields=["name"])
            else:
                kept[key] = contact.name
        return kept


def _contacts_with(emails: Collection[str]) -> list[Contact]:
    return list(Contact.objects.annotate(address=Lower("email")).filter(address__in=list(emails)))


def _end_links_of(emails: Collection[str]) -> None:
    """Links to sign in end for those who now may not sign in for any account."""
    out = [contact.pk for contact in _contacts_with(emails)] if emails else []
    still = AccountContact.objects.filter(contact__in=out, login=True).values_list("contact", flat=True)
    end_links(sorted(set(out) - set(still)))


def _made_contact(link: _Link) -> Contact:
    """Somebody else may have made the same contact at this moment; then it is that one."""
    made = {"email": link.email, "name": link.name, "created_at": clock.now()}
    return Contact.objects.get_or_create(email__iexact=link.email, defaults=made)[0]


class RolesPart:
    """E-mails (or ids) by role; a role that is not named stays as it is. Their order is kept."""

    def __init__(self, checks: Checks, actor: Actor, account: Account, given: object) -> None:
        self.wanted: dict[int, list[Member]] = {}
        self.present: dict[int, list[Member]] = {}
        self.names: dict[int, str] = {}
        if not isinstance(given, Mapping):
            checks.wrong("roles", _t("has to name members by role"))
            return
        if account.pk:
            for holder in RoleHolder.objects.filter(account=account).order_by("pk").select_related("member"):
                self.present.setdefault(holder.role_id, []).append(holder.member)
        roles = {role.name.casefold(): role for role in Role.objects.all()}
        members = _members(given)
        for name, people in given.items():
            role = roles.get(str(name).strip().casefold())
            if role is None:
                known = [each.name for each in roles.values()]
                checks.unknown(
                    f"roles.{name}", _t("there is no role “{name}”").format(name=name), str(name), known
                )
                continue
            self.names[role.pk] = role.name
            self.wanted[role.pk] = self._people(checks, f"roles.{name}", people, members, role.pk)

    def _people(
        self, checks: Checks, where: str, given: object, members: Mapping[str, Member], role: int
    ) -> list[Member]:
        found: dict[int, Member] = {}
        for position, each in enumerate(_listed(checks, where, given)):
            member = members.get(str(each).strip().casefold())
            holds = member is not None and member in self.present.get(role, [])
            if member is None or not (member.is_active or holds):
                message = _t("“{person}” is no active member").format(person=each)
                active = [member.email for member in members.values() if member.is_active]
                checks.unknown(f"{where}[{position}]", message, str(each), active)
            else:
                found[member.pk] = member
        return list(found.values())

    def replace(self, actor: Actor, account: Account) -> Change:
        changed = {
            role: people for role, people in self.wanted.items() if people != self.present.get(role, [])
        }
        if not changed:
            return {}
        can_manage_accounts(actor).demand()
        RoleHolder.objects.filter(account=account, role__in=changed).delete()
        RoleHolder.objects.bulk_create(
            [
                RoleHolder(account=account, role_id=role, member=member)
                for role, people in changed.items()
                for member in people
            ]
        )
        before = {self.names[role]: _names(self.present.get(role, [])) for role in changed}
        return {"roles": (before, {self.names[role]: _names(people) for role, people in changed.items()})}


def _names(members: Sequence[Member]) -> list[str]:
    return [member.name for member in members]


def _members(given: Mapping[Any, Any]) -> dict[str, Member]:
    """The members by e-mail and by id: one query, and only where somebody is named."""
    if not any(given.values()):
        return {}
    members = list(Member.objects.all())
    found = {member.email.casefold(): member for member in members}
    return found | {public_id("member", member.pk): member for member in members}


PARTS: dict[str, Callable[[Checks, Actor, Account, object], Part]] = {
    "tags": TagsPart,
    "contacts": ContactsPart,
    "roles": RolesPart,
}
