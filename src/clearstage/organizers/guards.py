"""What keeps a file out of the bin: an answer rests on it."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.files.guards import bin_guard
from clearstage.files.models import File
from clearstage.kernel.actor import Actor
from clearstage.kernel.ids import public_id

from .models import Answer


@bin_guard("organizers")
def why_kept(actor: Actor, file: File) -> str:
    """Files are named in answers by their ids; an account has few enough of them to look through."""
    named = public_id("file", file.pk)
    answers = Answer.objects.filter(organizer__account=file.account_id).exclude(organizer__state="archived")
    for value, title in answers.values_list("value", "organizer__title"):
        if isinstance(value, list) and named in value:
            return _t("This file is part of an answer in “{title}”.").format(title=title)
    return ""
