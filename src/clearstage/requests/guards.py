"""Files that were sent for an entry stay where they are, as long as the firm has not returned it."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from clearstage.files.guards import bin_guard
from clearstage.files.models import File
from clearstage.kernel.actor import Actor

from .finishing import WITH_THE_CLIENT
from .models import EntryFile


@bin_guard("requests")
def why_kept(actor: Actor, file: File) -> str:
    """An answer rests on it: the client sends another instead, the firm returns it first."""
    found = EntryFile.objects.filter(file=file).exclude(entry__state__in=WITH_THE_CLIENT)
    resting = found.select_related("entry").order_by("pk").first()
    if resting is None:
        return ""
    text = _t("“{file}” was sent for “{entry}” and stays with it.")
    return text.format(file=file.name, entry=resting.entry.title)
