"""What a client does with a questionnaire: answers it section by section or field by field, and submits it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from clearstage.files.receiving import files_in_form
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.ids import number_of, public_id
from clearstage.organizers.content import Question
from clearstage.organizers.forms import Form, Part, form_of, read_form, state_of, with_problems
from clearstage.organizers.models import Organizer
from clearstage.organizers.operations.answering import save_answers
from clearstage.organizers.operations.submitting import submit_organizer

from ..access import contact_page
from ..principal import Principal
from ..showing_organizers import context, organizer_of, part_of, section_context


@require_POST
@contact_page
def save(request: HttpRequest, principal: Principal, item: str, section: int) -> HttpResponse:
    """A section as a whole, then on to the next; or, for the page's script, what has just been typed."""
    row = organizer_of(principal, item)
    part = part_of(form_of(row), section)
    typing = request.headers.get("Accept") == "application/json"
    questions = [each.question for each in part.fields]
    answers, seen = read_form(questions, request.POST)
    problems = _take_files(request, principal, row, questions, answers)
    try:
        if problems:
            raise Invalid(problems)
        save_answers(principal.actor, row.pk, answers, seen=None if typing else seen)
    except (Invalid, Refused) as error:
        return _not_saved(request, principal, item, section, answers, error, typing)
    form = form_of(organizer_of(principal, item), principal.language)
    return (
        JsonResponse(state_of(form, answers)) if typing else _go_on(request, principal, item, form, section)
    )


def _take_files(
    request: HttpRequest,
    principal: Principal,
    row: Organizer,
    questions: list[Question],
    answers: dict[str, Any],
) -> list[tuple[str, str]]:
    """Files of a browser without JavaScript come along with the form."""
    problems = []
    for question in questions:
        if question.type == "file" and question.key in answers and request.FILES:
            received = files_in_form(
                request, principal.actor, row.account_id, f"a-{question.key}", shared=True
            )
            answers[question.key] = [public_id("file", each.pk) for each in received.files]
            problems += [(f"answers.{question.key}", each) for each in received.problems]
    return problems


def _not_saved(
    request: HttpRequest,
    principal: Principal,
    item: str,
    section: int,
    answers: dict[str, Any],
    error: Invalid | Refused,
    typing: bool,
) -> HttpResponse:
    if isinstance(error, Refused):
        return JsonResponse({"refused": error.problems}, status=409) if typing else _over(principal, item)
    if typing:
        errors = {where.removeprefix("answers."): message for where, message in error.errors}
        return JsonResponse({"problems": errors}, status=422)
    form = form_of(organizer_of(principal, item), principal.language)
    others = with_problems(form, answers, error.errors)
    shown = section_context(principal, item, form, part_of(form, section))
    return render(
        request, "portal/organizer_section.html", {**shown, "problems": others, "wrong": True}, status=422
    )


def _over(principal: Principal, item: str) -> HttpResponse:
    """Submitted, by another device or the firm, while this one was typing: the page that says so."""
    return redirect(principal.address("organizer", item))


def _go_on(request: HttpRequest, principal: Principal, item: str, form: Form, section: int) -> HttpResponse:
    """To the next section, unless this one has questions now that were not asked before; at last to the review."""
    part = form.parts[section - 1]
    if "later" in request.POST:
        return redirect("portal-home")
    new = [
        each for each in part.asked if not each.answered and f"shown-{each.question.key}" not in request.POST
    ]
    if new:
        return redirect(f"{_address(principal, item, part)}#q-{new[0].question.key}")
    following = next((each for each in form.parts[section:] if each.seen), None)
    if following is None:
        return redirect(principal.address("organizer-review", item))
    return redirect(_address(principal, item, following))


def _address(principal: Principal, item: str, part: Part) -> str:
    return principal.address("organizer-section", item, part.place)


@require_POST
@contact_page
def submit(request: HttpRequest, principal: Principal, item: str) -> HttpResponse:
    try:
        submit_organizer(principal.actor, number_of("organizer", item) or 0)
    except Refused as refused:
        if "missing" not in refused.extra:
            return _over(principal, item)
        form = form_of(organizer_of(principal, item), principal.language)
        return render(request, "portal/organizer_review.html", context(principal, item, form), status=409)
    return redirect(principal.address("organizer-done", item))
