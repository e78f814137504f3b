"""What templates say about conversations: `{% load chats %}`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template

from clearstage.kernel import clock
from clearstage.kernel.ids import public_id

from ..access import MemberRequest

register = template.Library()


@register.simple_tag(takes_context=True)
def may_withdraw(context: dict[str, Any], message: dict[str, Any]) -> bool:
    """Whether the reader wrote it and can still take it back (`chats.policies.can_withdraw` decides)."""
    request: MemberRequest = context["request"]
    mine = message["author"]["id"] == public_id("member", request.actor.member_id or 0)
    until = message["at"] + timedelta(minutes=request.firm.undo_minutes)
    return mine and not message["withdrawn"] and clock.now() <= until


@register.filter
def done_by_client(tasks: list[dict[str, Any]]) -> int:
    return sum(task["ticked"] for task in tasks)
