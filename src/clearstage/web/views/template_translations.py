"""What a template says in other languages (P4): a form for each language, with one field for each text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clearstage.clients.queries import accounts_list
from clearstage.engine import shortcodes
from clearstage.jobs.models import Template
from clearstage.jobs.operations.templates import translate_template
from clearstage.jobs.policies import can_manage_templates
from clearstage.jobs.templates import is_for_clients, originals, template_kinds, untranslated
from clearstage.jobs.translations import LONGEST_TEXT, chosen_languages, other_languages
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, NotFound
from clearstage.pages.htmx import go

from ..access import MemberRequest, member_page
from .asking import row_number
from .editor_labels import place_in_words
from .template_preview import preview_of

ACCOUNTS = 100
ROWS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its translation. `unused` ones are not in the template any more; they go when they are emptied."""

    field: str
    place: str
    original: str
    text: str
    unused: bool = False

    @property
    def rows(self) -> int:
        """How high the field is."""
        return min(
            ROWS, max(1, *(len(each) // 60 + each.count("\n") + 1 for each in (self.original, self.text)))
        )

    @property
    def unknown(self) -> list[str]:
        return shortcodes.unknown_in(self.text)


@dataclass(frozen=True, slots=True)
class Language:
    """How far a template is translated into a language, and whether clients read that."""

    code: str
    name: str
    done: int
    texts: int
    wanted: bool

    @property
    def missing(self) -> int:
        return self.texts - self.done


def languages_of(row: Template) -> list[Language]:
    """The languages that the template can be translated into; none where no client reads what is made from it."""
    if not is_for_clients(row.kind):
        return []
    texts, wanted = len(originals(row.kind, row.name, row.body)), chosen_languages()
    return [
        Language(
            code,
            name,
            texts - len(untranslated(row.kind, row.name, row.body, row.translations, code)),
            texts,
            code in wanted,
        )
        for code, name in other_languages().items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def translate(request: MemberRequest, actor: Actor, template: int, language: str) -> HttpResponse:
    """Everything that clients read of it, beside what it is in the language."""
    can_manage_templates(actor).demand()
    row = Template.objects.filter(pk=row_number(template), kind__in=template_kinds()).first()
    if row is None or not is_for_clients(row.kind) or language not in other_languages():
        raise NotFound
    texts, problems = dict(row.translations.get(language, {})), []
    if request.method == "POST":
        texts = typed(row, language, request.POST)
        try:
            translate_template(actor, row.pk, language, texts)
        except Invalid as invalid:
            problems = [message[:1].upper() + message[1:] for _where, message in invalid.errors]
        else:
            return go(request, f"{reverse('template-translate', args=[row.pk, language])}?saved=1")
    context = {
        "row": row,
        "kind": row.kind,
        "language": language,
        "languages": languages_of(row),
        "name": other_languages()[language],
        "texts": rows_of(row, texts),
        "problems": problems,
        "longest": LONGEST_TEXT,
        "codes": shortcodes.NAMES,
        "accounts": accounts_list(actor, limit=ACCOUNTS).results,
        "preview": preview_of(actor, template_kinds()[row.kind], row.body, None, {language: texts}, language),
        "saved": request.GET.get("saved"),
    }
    return render(request, "web/templates/translate.html", context, status=422 if problems else 200)


def rows_of(row: Template, texts: Mapping[str, str]) -> list[Row]:
    """In the order of the template; what it says no more comes last."""
    places: dict[str, str] = {}
    for place, noun, text in template_kinds()[row.kind].named_in(row.body):
        if noun == "text":
            places.setdefault(text, place_in_words(place))
    now = originals(row.kind, row.name, row.body)
    kept = [original for original in texts if original not in now]
    return [
        Row(field_of(each), places.get(each, ""), each, texts.get(each, ""), each in kept)
        for each in [*now, *kept]
    ]


def typed(row: Template, language: str, post: QueryDict) -> dict[str, str]:
    """The translations as they stand in the form; a text that was not asked for stays as it was."""
    before = row.translations.get(language, {})
    known = [*originals(row.kind, row.name, row.body), *before]
    return {each: post.get(field_of(each), before.get(each, "")).replace("\r\n", "\n") for each in known}


def field_of(original: str) -> str:
    """A short name for the field of a text, whatever it says."""
    return f"text-{blake2b(original.encode(), digest_size=8).hexdigest()}"
