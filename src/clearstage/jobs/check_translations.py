"""The part of *Check* that looks for translations: what clients would read in another language than their own (P4)."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from .check import Checking
from .check_names import named
from .document import AutomationDocument
from .known import KnownStatus
from .reading import Path
from .templates import is_for_clients, untranslated
from .translations import language_names


def check_translations(checking: Checking) -> None:
    """Tell each template and each status once, where the document uses it first."""
    told: set[tuple[str, str]] = set()
    if not checking.known.languages:
        return
    for path, automation in checking.document.automations():
        settings = automation.typed
        if settings is None or not automation.enabled:
            continue
        for place, noun, name in named(path, automation, settings):
            if (noun, name.casefold()) not in told and _tell(checking, place, noun, name, automation):
                told.add((noun, name.casefold()))


def _tell(checking: Checking, place: Path, noun: str, name: str, automation: AutomationDocument) -> bool:
    kind = noun.removeprefix("template:")
    if noun == "client_status":
        missing = _of_status(checking, name, own_words=bool(automation.settings.get("description")))
        message = _t(
            "The client-facing status “{name}” is not translated into {languages}, as clients read it."
        )
        remedy = _t("Translate it in the firm's list of client-facing statuses.")
    elif is_for_clients(kind):
        missing = _of_template(checking, kind, name)
        message = _t("The template “{name}” is not wholly translated into {languages}, as clients read it.")
        remedy = _t("Translate what is missing on the page of the template.")
    else:
        return False
    if missing:
        languages = language_names(missing)
        checking.warn("missing-translation", place, message.format(name=name, languages=languages), remedy)
    return bool(missing)


def _of_template(checking: Checking, kind: str, name: str) -> list[str]:
    known, key = checking.known, (kind, name.casefold())
    if key not in known.templates:
        return []
    written, body = known.templates[key]
    texts = known.translations.get(key, {})
    return [each for each in known.languages if untranslated(kind, written, body, texts, each)]


def _of_status(checking: Checking, name: str, *, own_words: bool) -> list[str]:
    """Words of the automation's own are read as they were written, so those of the list are not missed."""
    status = checking.known.client_statuses.get(name.casefold()) or _declared(checking, name)
    if status is None:
        return []
    needed = ["name", *(["description"] if status.description and not own_words else [])]
    return [
        each
        for each in checking.known.languages
        if not all(status.translations.get(each, {}).get(text) for text in needed)
    ]


def _declared(checking: Checking, name: str) -> KnownStatus | None:
    for entry in checking.document.client_statuses:
        if entry.name.casefold() == name.casefold():
            return KnownStatus(entry.name, entry.turn, entry.description, entry.color, entry.texts())
    return None
