"""Hanging files on messages."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _t

from clearstage.files.limits import MOST_AT_ONCE
from clearstage.files.models import File
from clearstage.files.operations.changing import share_file
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound

from ..models import Attachment, Message


def attach(actor: Actor, message: Message, files: Collection[int]) -> None:
    """Files of the same account, which the client gets to see unless the message is internal (S13)."""
    wanted = list(dict.fromkeys(files))
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid([("files", _t("has more than {most} entries").format(most=MOST_AT_ONCE))])
    known = File.objects.visible_to(actor).filter(account=message.chat.account_id, binned_at=None)
    if known.filter(pk__in=wanted).count() < len(wanted):
        raise NotFound
    if not message.internal:
        for number in wanted:
            share_file(actor, number, True)
    Attachment.objects.bulk_create([Attachment(message=message, file_id=number) for number in wanted])
