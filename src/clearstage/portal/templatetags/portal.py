"""What the portal's templates need beyond what both audiences have."""

from __future__ import annotations

from typing import Any

from django import template

from clearstage.asking.models import AskedItem
from clearstage.chats.queries import unread_in_portal
from clearstage.engine.translations import into

from ..offline import reader

register = template.Library()
SECTIONS = ("home", "files", "chats", "you")


@register.simple_tag(takes_context=True)
def portal_url(context: dict[str, Any], page: str, *args: object) -> str:
    """The address of a page of the portal for whoever reads it: the client, or the firm read-only."""
    address: str = context["principal"].address(page, *args)
    return address


@register.simple_tag(takes_context=True)
def section_url(context: dict[str, Any]) -> str:
    """The list that a page belongs to, where another account is looked at; a single thing belongs to one."""
    page = context.get("page")
    address: str = context["principal"].address(page if page in SECTIONS else "home")
    return address


@register.simple_tag(takes_context=True)
def device_reader(context: dict[str, Any]) -> str:
    """Stands for the reader on his device, see `clearstage.portal.offline`."""
    return reader(context["principal"])


@register.simple_tag(takes_context=True)
def whose(context: dict[str, Any], account: int) -> str:
    """The name of the account that something belongs to."""
    name: str = context["principal"].account_name(account)
    return name


@register.simple_tag(takes_context=True)
def unread_messages(context: dict[str, Any]) -> int:
    """How many messages the reader has not seen yet; in the view of an account as a whole there is no such reader."""
    principal = context["principal"]
    return unread_in_portal(principal.actor, principal.looked_at_numbers)


@register.simple_tag(takes_context=True)
def said(context: dict[str, Any], item: AskedItem, text: str) -> str:
    """A text that the firm wrote in an item, in the reader's language: `{% said chat chat.title %}` (P4)."""
    return into(item.translated(text), context["principal"].language)
