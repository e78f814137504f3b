"""Tags on accounts, and the list of tags itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _t

from clearstage.events.record import Happening, record
from clearstage.firm.queries import hold_the_lists
from clearstage.firm.renames import renamed, used_in
from clearstage.kernel.actor import Actor
from clearstage.kernel.checks import Checks
from clearstage.kernel.errors import Invalid, NotFound, Refused
from clearstage.kernel.rows import delete_rows, insert_rows

from ..models import COLORS, Account, AccountTag, Tag
from ..policies import can_manage_tags

LONGEST_NAME = 60


def change_account_tags(*, added: Sequence[tuple[int, int]], removed: Sequence[tuple[int, int]]) -> None:
    """Put tags on and take them off: (account, tag) pairs. Part of a recorded command, never a command of its own."""
    delete_rows(AccountTag, ("account", "tag"), removed)
    insert_rows(AccountTag, ("account", "tag"), added, ignore_conflicts=True)
    accounts = {account for account, _tag in (*added, *removed)}
    Account.objects.filter(pk__in=accounts).update(version=F("version") + 1)


def create_tag(actor: Actor, name: str, color: str = "gray") -> Tag:
    can_manage_tags(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        fields = _checked({"name": name, "color": color})
        [tag] = made_tags(actor, [fields["name"]], fields["color"], again=False)
        return tag


def edit_tag(actor: Actor, tag: int, changes: Mapping[str, Any]) -> Tag:
    """Change name or colour; automations, conditions and templates that name the tag follow."""
    can_manage_tags(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(tag)
        fields = _checked(changes)
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if not changed:
            return row
        told = {name: [getattr(row, name), value] for name, value in changed.items()}
        if "name" in changed:
            _demand_free(changed["name"], row)
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        if "name" in told:
            renamed(actor, "tag", *told["name"])
        record(actor, Happening("tag_edited", {"tag": row.pk, "name": row.name, "changes": told}))
        return row


def delete_tag(actor: Actor, tag: int, replace_by: int | None = None) -> None:
    """Delete a tag, from all accounts too; with `replace_by` the accounts and automations get that one instead.

    Refused while automations, conditions or templates name it and no replacement is named.
    """
    can_manage_tags(actor).demand()
    with transaction.atomic():
        hold_the_lists()
        row = _found(tag)
        instead = _replacement(row, replace_by)
        places = used_in(actor, "tag", row.name)
        if places and instead is None:
            message = _t("The tag “{tag}” is used in: {places}. Name the tag that is to take its place.")
            raise Refused([message.format(tag=row.name, places=", ".join(places))], places=places)
        accounts = list(
            AccountTag.objects.filter(tag=row).order_by("account").values_list("account", flat=True)
        )
        if instead is not None:
            rows = [(account, instead.pk) for account in accounts]
            insert_rows(AccountTag, ("account", "tag"), rows, ignore_conflicts=True)
            renamed(actor, "tag", row.name, instead.name)
        Account.objects.filter(account_tags__tag=row).update(version=F("version") + 1)
        told = {"tag": row.pk, "name": row.name, "accounts": len(accounts)}
        if instead is not None:
            told["instead"] = instead.name
        row.delete()
        record(actor, Happening("tag_deleted", told))


def made_tags(actor: Actor, names: Sequence[str], color: str = "gray", *, again: bool = True) -> list[Tag]:
    """Tags with these checked names: made where missing, or `Invalid` where one is there and `again` is not wanted."""
    if not names:
        return []
    hold_the_lists()
    known = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    found, made = [], []
    for name in names:
        tag = known.get(name.casefold())
        if tag is not None and not again:
            raise Invalid([("name", _t("there is a tag “{name}” already").format(name=tag.name))])
        if tag is None:
            tag = known[name.casefold()] = Tag.objects.create(name=name, color=color)
            made.append(tag)
        found.append(tag)
    record(actor, *[Happening("tag_created", {"tag": tag.pk, "name": tag.name}) for tag in made])
    return found


def _replacement(row: Tag, number: int | None) -> Tag | None:
    instead = Tag.objects.filter(pk=number).first() if number is not None else None
    if number is not None and (instead is None or instead == row):
        raise Invalid([("replace_by", _t("has to be another tag"))])
    return instead


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    checks = Checks()
    checks.only(given, ("name", "color"))
    checks.storable({"name": given.get("name", "")})
    found: dict[str, Any] = {}
    if "name" in given:
        found["name"] = checks.line("name", given["name"], LONGEST_NAME)
    if "color" in given:
        found["color"] = checks.one_of("color", given["color"], COLORS)
    checks.demand()
    return found


def _demand_free(name: str, but: Tag) -> None:
    if any(tag.name.casefold() == name.casefold() for tag in Tag.objects.exclude(pk=but.pk)):
        raise Invalid([("name", _t("there is a tag “{name}” already").format(name=name))])


def _found(tag: int) -> Tag:
    row = Tag.objects.filter(pk=tag).first()
    if row is None:
        raise NotFound
    return row
