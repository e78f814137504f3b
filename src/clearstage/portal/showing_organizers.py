"""Questionnaires, for whoever reads them: the client, or the firm read-only. One section at a time, then all of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clearstage.jobs.portal import progress_of, to_do
from clearstage.kernel import clock
from clearstage.kernel.errors import NotFound
from clearstage.kernel.ids import number_of, public_id
from clearstage.organizers.forms import Form, Part, form_of
from clearstage.organizers.models import Organizer
from clearstage.organizers.queries import with_answers

from .principal import Principal

MOST_NEXT = 3


def organizer_of(principal: Principal, item: str) -> Organizer:
    """One of the reader's accounts that he is shown; another's is not there (X4)."""
    found = Organizer.objects.filter(
        account__in=principal.account_numbers, pk=number_of("organizer", item) or 0
    )
    row = found.exclude(state__in=Organizer.HIDDEN_STATES).first()
    if row is None:
        raise NotFound
    return with_answers([row])[0]


def show_organizer(request: HttpRequest, principal: Principal, item: str) -> HttpResponse:
    """What it is about and how far it is; after submission everything that was answered."""
    form = form_of(organizer_of(principal, item), principal.language)
    return render(request, "portal/organizer.html", context(principal, item, form))


def show_section(request: HttpRequest, principal: Principal, item: str, section: int) -> HttpResponse:
    form = form_of(organizer_of(principal, item), principal.language)
    part = part_of(form, section)
    if not form.organizer.answerable:
        return redirect(principal.address("organizer", item))
    return render(request, "portal/organizer_section.html", section_context(principal, item, form, part))


def show_review(request: HttpRequest, principal: Principal, item: str) -> HttpResponse:
    """All answers before they are submitted, with what is missing."""
    form = form_of(organizer_of(principal, item), principal.language)
    if not form.organizer.answerable:
        return redirect(principal.address("organizer", item))
    return render(request, "portal/organizer_review.html", context(principal, item, form))


def show_done(request: HttpRequest, principal: Principal, item: str) -> HttpResponse:
    """Thanks, and what happens next: how the work stands, and what else waits."""
    form = form_of(organizer_of(principal, item), principal.language)
    if form.organizer.answerable:
        return redirect(principal.address("organizer", item))
    more = {
        "jobs": progress_of("organizer", form.organizer.pk, principal.language),
        "todo": to_do([form.organizer.account_id], principal.language)[:MOST_NEXT],
    }
    return render(request, "portal/organizer_done.html", {**context(principal, item, form), **more})


def context(principal: Principal, item: str, form: Form) -> dict[str, object]:
    return {
        "principal": principal,
        "page": "organizer",
        "item": item,
        "form": form,
        "organizer": form.organizer,
        "several": len(principal.accounts) > 1,
        "continue_at": form.next_open(),
        "account": public_id("account", form.organizer.account_id),
        "today": timezone.localdate(clock.now()),
    }


def section_context(principal: Principal, item: str, form: Form, part: Part) -> dict[str, object]:
    seen = form.seen
    place = seen.index(part)
    return {
        **context(principal, item, form),
        "part": part,
        "before": seen[place - 1] if place else None,
        "after": seen[place + 1] if place + 1 < len(seen) else None,
    }


def part_of(form: Form, section: int) -> Part:
    """A section by its place in the address, counted from 1 over all of them, so that it stays when others hide."""
    if not 0 < section <= len(form.parts) or not form.parts[section - 1].seen:
        raise NotFound
    return form.parts[section - 1]
