"""Translations of what clients read (P4): into which languages there may be any, and what is kept of them.

What people write first, the original, is taken to be in the language of the firm's own pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _t

from clearstage.clients.models import Contact
from clearstage.engine.translations import Translations
from clearstage.kernel.checks import Checks

STATUS_TEXTS = {"name": 100, "description": 2000}
LONGEST_TEXT = 20_000
MOST_TEXTS = 2000


def other_languages() -> dict[str, str]:
    """The languages there may be translations into, by code, each with what it calls itself."""
    return {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


def chosen_languages() -> list[str]:
    """Those of them that at least one contact who may sign in has chosen; one query."""
    reading = Contact.objects.filter(account_links__login=True, language__in=other_languages())
    return sorted(set(reading.order_by().values_list("language", flat=True)))


def language_names(codes: Collection[str]) -> str:
    return ", ".join(name for code, name in other_languages().items() if code in codes)


def checked_status_texts(checks: Checks, given: Any) -> dict[str, dict[str, str]]:
    """Name and description by language; what is empty is left out."""
    found: dict[str, dict[str, str]] = {}
    for language, texts in _by_language(checks, given):
        where = f"translations.{language}"
        checks.only(texts, STATUS_TEXTS, where)
        kept = {}
        if "name" in texts:
            kept["name"] = checks.line(f"{where}.name", texts["name"], STATUS_TEXTS["name"], needed=False)
        if "description" in texts:
            longest = STATUS_TEXTS["description"]
            kept["description"] = checks.text(f"{where}.description", texts["description"], longest)
        if kept := {name: text for name, text in kept.items() if text}:
            found[language] = kept
    return found


def checked_texts(checks: Checks, given: Any) -> dict[str, dict[str, str]]:
    """Translated texts under their originals, by language; what is empty is left out."""
    found: dict[str, dict[str, str]] = {}
    for language, texts in _by_language(checks, given):
        where = f"translations.{language}"
        if len(texts) > MOST_TEXTS:
            checks.wrong(where, _t("has more than {most} texts").format(most=MOST_TEXTS))
            continue
        kept = {}
        for original, text in texts.items():
            if len(original) > LONGEST_TEXT:
                checks.wrong(where, _t("has an original that is too long"))
            kept[original] = checks.text(f"{where}.{original[:60]}", text, LONGEST_TEXT)
        if kept := {original: text for original, text in kept.items() if text}:
            found[language] = kept
    return found


def _by_language(checks: Checks, given: Any) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(given, Mapping):
        checks.wrong("translations", _t("has to be a mapping of languages"))
        return []
    found: list[tuple[str, Mapping[str, Any]]] = []
    for language, texts in given.items():
        where = f"translations.{language}"
        if language not in other_languages():
            known = ", ".join(other_languages())
            checks.wrong(where, _t("is no language to translate into; there are {known}").format(known=known))
        elif not isinstance(texts, Mapping):
            checks.wrong(where, _t("has to be a mapping of texts"))
        else:
            found.append((language, texts))
    return found


def changed_languages(old: Translations, new: Translations) -> list[str]:
    return sorted(language for language in {*old, *new} if old.get(language) != new.get(language))
