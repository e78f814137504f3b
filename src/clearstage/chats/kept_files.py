"""What was sent with a message stays with it: its sender cannot take it out of the conversation again."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.files.guards import bin_guard
from clearstage.files.models import File
from clearstage.kernel.actor import Actor

from .models import Attachment


@bin_guard("chats")
def _part_of_a_message(actor: Actor, file: File) -> str:
    if actor.kind == "contact" and Attachment.objects.filter(file=file).exists():
        return _t("This file was sent with a message, so it stays.")
    return ""
