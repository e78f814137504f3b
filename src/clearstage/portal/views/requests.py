"""What a client does with a request: he sends what is asked for, or says why it does not apply."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearstage.files.receiving import files_in_form
from clearstage.kernel.errors import Invalid, Refused
from clearstage.kernel.ids import number_of, public_id
from clearstage.requests.finishing import WITH_THE_CLIENT
from clearstage.requests.operations.answering import EntryAnswer, submit_entry
from clearstage.requests.queries import request_of_portal

from ..access import contact_page
from ..principal import Principal
from ..showing_requests import Refusal, request_page

TYPED = ("text", "not_applicable")


@require_POST
@contact_page
def submit(request: HttpRequest, principal: Principal, request_id: str, n: int) -> HttpResponse:
    """What was chosen and typed for one thing, all of it; the page again where something is wrong with it."""
    number = number_of("request", request_id) or 0
    try:
        row = submit_entry(principal.actor, number, n, _answer(request, principal, number)).item
    except (Invalid, Refused) as refused:
        typed = {name: request.POST.get(name, "") for name in TYPED}
        return request_page(request, principal, number, Refusal(n, _sentences(refused), typed))
    messages.success(request, _("Thank you. We have received it."))
    following = next(
        (entry.n for entry in row.entries.all() if entry.n > n and entry.state in WITH_THE_CLIENT), None
    )
    address = reverse("portal-request", args=[public_id("request", row.pk)])
    return redirect(f"{address}#paper-{following}" if following else address)


def _answer(request: HttpRequest, principal: Principal, number: int) -> EntryAnswer:
    if request.POST.get("how") == "not_applicable":
        word = request.POST.get("not_applicable", "").replace("\r\n", "\n")
        if not word.strip():
            raise Invalid([("", _("Please say in a word why it does not apply."))])
        return EntryAnswer(not_applicable=word)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    if not (request.FILES or any(request.POST.getlist("file"))):
        return EntryAnswer(text)
    account = request_of_portal(principal.account_numbers, number).account_id
    received = files_in_form(request, principal.actor, account, "file", shared=True)
    if received.problems:
        raise Refused(received.problems)
    return EntryAnswer(text, tuple(file.pk for file in received.files))


def _sentences(refused: Invalid | Refused) -> list[str]:
    if isinstance(refused, Refused):
        return refused.problems
    return [_sentence(message) for _where, message in refused.errors]


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:].removesuffix(".") + "."
