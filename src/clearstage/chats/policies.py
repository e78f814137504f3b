"""Who may do what in chats. Pages ask the same functions whether to draw the button."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _t

from clearstage.firm.models import Firm
from clearstage.kernel import clock
from clearstage.kernel.actor import Actor
from clearstage.kernel.decision import YES, Decision, no

from .models import Chat, Message


def can_take_part(actor: Actor) -> Decision:
    """Whoever sees a chat may write and tick in it: its clients, and members of the firm."""
    if actor.read_only:
        return no(_t("This is a read-only view."))
    return YES


def can_lead(actor: Actor) -> Decision:
    """Internal messages, new things to do, closing and opening again are the firm's."""
    if actor.kind == "contact" or actor.read_only:
        return no(_t("Only members of the firm do this."))
    return YES


def can_begin(actor: Actor, firm: Firm) -> Decision:
    """Members with any account they see; its clients where the firm wants it."""
    if actor.read_only:
        return no(_t("This is a read-only view."))
    if actor.kind == "contact" and not firm.clients_begin_chats:
        return no(_t("New conversations are begun by the firm."))
    return YES


def can_tick(actor: Actor, chat: Chat) -> Decision:
    """Either side, as long as the conversation is not closed."""
    if chat.state == "closed":
        return no(_t("This conversation is closed."))
    return can_take_part(actor)


def can_withdraw(actor: Actor, message: Message, firm: Firm) -> Decision:
    """A member his own words, for as long as things can be undone."""
    if actor.read_only or actor.member_id is None or message.member_id != actor.member_id:
        return no(_t("Only whoever wrote a message of the firm can withdraw it."))
    if clock.now() > message.at + timedelta(minutes=firm.undo_minutes):
        return no(_t("It is too late to withdraw this message."))
    return YES
