"""Tags for the firm's pages alone: `{% load clearstage %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from clearstage.messaging.inbox import unread_count

from ..access import MemberRequest

register = template.Library()

RAIL = [
    ("home", "home", _("Home"), True),
    ("pipelines", "layout-kanban", _("Pipelines"), True),
    ("jobs", "briefcase", _("Jobs"), True),
    ("accounts", "users", _("Clients"), True),
    ("tasks", "checkbox", _("Tasks"), False),
    ("inbox", "inbox", _("Inbox"), False),
    ("templates", "template", _("Templates"), False),
    ("members", "settings", _("Settings"), False),
]
"""Name of the page, icon, label, and whether it stands in the bar of a phone. Only pages that exist are listed."""


@register.inclusion_tag("web/rail.html", takes_context=True)
def rail(context: dict[str, Any]) -> dict[str, Any]:
    """The ways to go, with the one being on marked, and how much waits in the inbox."""
    request: MemberRequest = context["request"]
    links = []
    for name, icon, label, often in RAIL:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        here = request.path == address if name == "home" else request.path.startswith(address)
        links.append(
            {"name": name, "address": address, "icon": icon, "label": label, "often": often, "here": here}
        )
    more = any(not link["often"] for link in links)
    return {"links": links, "more": more, "unread": unread_count(request.actor)}
