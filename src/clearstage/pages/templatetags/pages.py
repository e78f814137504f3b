"""Tags for all pages: `{% load pages %}`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language, npgettext_lazy
from django.utils.translation import gettext as _

from clearstage.engine import sentences
from clearstage.kernel import clock

from ..markdown import to_html

register = template.Library()

PAST: dict[str, Any] = {
    "week": npgettext_lazy("ago", "%(num)d week", "%(num)d weeks", "num"),
    "day": npgettext_lazy("ago", "%(num)d day", "%(num)d days", "num"),
    "hour": npgettext_lazy("ago", "%(num)d hour", "%(num)d hours", "num"),
    "minute": npgettext_lazy("ago", "%(num)d minute", "%(num)d minutes", "num"),
}
"""Django's own words are those of a length of time; German has others in “vor 3 Tagen”."""

TONES = (
    "blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "gray",
)  # fmt: skip


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "bolt" %}` decorates; `{% icon "bolt" _("Moves by itself") %}` says something."""
    return _icon(name, str(label), css)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    """Kept, as pages have hundreds of them."""
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><title>{}</title><use href="{}"></use></svg>',
            css, label, label, address,
        )  # fmt: skip
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', css, address)


@register.simple_tag
def tone(color: str, text: str, css: str = "") -> SafeString:
    """A word in one of the thirteen colours: `{% tone status.color status.name %}`."""
    return format_html('<span class="tone {} {}" title="{}">{}</span>', tone_class(color), css, text, text)


@register.filter
def tone_class(color: str) -> str:
    """`tone-blue`, for elements of one's own; a colour that is unknown is grey."""
    return f"tone-{color if color in TONES else 'gray'}"


@register.simple_tag
@lru_cache(maxsize=1024)
def avatar(name: str, css: str = "") -> SafeString:
    """A person's initials, always in the same colour; the name is read out and shown on hover."""
    parts = [part for part in name.split() if part[0].isalnum()]
    initials = "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"
    color = TONES[crc32(name.encode()) % (len(TONES) - 1)]
    return format_html(
        '<span class="initials tone-{} {}" role="img" aria-label="{}" title="{}">{}</span>',
        color, css, name, name, initials,
    )  # fmt: skip


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """`<time>`: how long ago in words, the exact moment on hover, in the reader's zone."""
    if moment is None:
        return ""
    local, now = timezone.localtime(moment), clock.now()
    if now - moment < timedelta(minutes=1):
        words = _("just now")
    elif now - moment < timedelta(days=14):
        words = _("%(time)s ago") % {"time": timesince(moment, now, time_strings=PAST, depth=1)}
    else:
        words = day_words(local.date())
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, words
    )


@register.simple_tag
def day(value: date | None, css: str = "") -> SafeString | str:
    """`<time>`: a date as people say it (“today”, “12 Apr”), the exact one on hover."""
    if value is None:
        return ""
    return _day(value, css, timezone.localdate(clock.now()), get_language() or "")


@lru_cache(maxsize=1024)
def _day(value: date, css: str, today: date, language: str, late: bool = False) -> SafeString:
    """Kept, as on a board or in a list many things have the same date."""
    words = _words_of(value, today)
    if late:
        words = _("late: %(day)s") % {"day": words}
    exact = date_format(value, "l, " + _("j F Y"))
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>', css, value.isoformat(), exact, words
    )


@register.simple_tag
def exact_day(value: date) -> str:
    """A date in full, for those who have it read out."""
    return _exact_day(value, get_language() or "")


@lru_cache(maxsize=1024)
def _exact_day(value: date, language: str) -> str:
    return date_format(value, _("j F Y"))


@register.filter
def localday(moment: datetime) -> date:
    """The day of a moment, in the reader's zone."""
    return timezone.localtime(moment).date()


@register.simple_tag
def due(value: date | None, done: bool = False) -> SafeString | str:
    """The same for a due date: red when it is past, amber when it is near, and said in words too."""
    if value is None:
        return ""
    today = timezone.localdate(clock.now())
    left = (value - today).days
    if done or left > 3:
        return day(value, "due")
    if left >= 0:
        return day(value, "due due-soon")
    return _day(value, "due due-late", today, get_language() or "", late=True)


@register.filter("day_in_words")
def day_words(value: date) -> str:
    return _words_of(value, timezone.localdate(clock.now()))


def _words_of(value: date, today: date) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if (value - today).days in near:
        return str(near[(value - today).days])
    return date_format(value, _("j M") if value.year == today.year else _("j M Y"))


@register.filter
def in_words(sentence: Any, language: str = "") -> str:
    """A sentence of the engine, or one that was kept as JSON, in the language of the page; what people wrote, in
    `language` where they have written it in that too."""
    found = sentences.from_json(sentence) if isinstance(sentence, dict) else sentence
    return sentences.render(found, _, language) if isinstance(found, sentences.Sentence) else str(found)


@register.filter
def markdown(text: str | None) -> SafeString:
    """`<div class="prose">{{ job.description|markdown }}</div>`"""
    return to_html(text or "")


@register.filter
def said(comment: Any) -> SafeString:
    """The Markdown of a comment or message (a row or its document), with the members it mentions standing out."""
    if isinstance(comment, dict):
        return to_html(comment["text"], comment["mentions"])
    return to_html(comment.text, comment.mentions)


@register.simple_tag
def known_url(name: str, *args: Any, **kwargs: Any) -> str:
    """Like `url`, but empty while nobody has made that page: `{% known_url "board" pipeline.id as address %}`."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("pages/field.html")
def field(bound: BoundField, autofocus: bool = False, **attributes: Any) -> dict[str, Any]:
    """A form's field whole: label, control, help, errors. Other names become attributes (`_` is written `-`)."""
    widget = bound.field.widget
    box = isinstance(widget, CheckboxInput)
    css = "form-check-input" if box else "form-select" if isinstance(widget, Select) else "form-control"
    name = bound.id_for_label or bound.html_name
    attrs = {key.replace("_", "-"): value for key, value in attributes.items()}
    if not isinstance(widget, RadioSelect):
        attrs["class"] = f"{css} is-invalid" if bound.errors else css
    if autofocus:
        attrs["autofocus"] = True
    described = [f"{name}_help"] * bool(bound.help_text) + [f"{name}_error"] * bool(bound.errors)
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return {"field": bound, "widget": bound.as_widget(attrs=attrs), "box": box, "name": name}


@register.inclusion_tag("pages/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Any, target: str = "") -> dict[str, Any]:
    """Newer and older of a Django `Page`; keeps the other parameters of the address. `target` swaps by htmx."""
    return {"page": page, "target": target, "request": context["request"]}


@register.simple_tag
def brand(css: str = "") -> SafeString:
    """The mark of Clearstage."""
    address = f"{static('clearstage/brand.svg')}#mark"
    return format_html(
        '<svg class="brand-mark {}" aria-hidden="true"><use href="{}"></use></svg>', css, address
    )
