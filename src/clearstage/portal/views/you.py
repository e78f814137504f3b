"""What a client changes of himself: his name, and how he is told of things. His e-mail is the firm's to change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearstage.clients.operations.contacts import edit_contact, set_notice_preferences
from clearstage.kernel.errors import Invalid

from ..access import contact_page
from ..principal import Principal
from ..showing import you_context


@require_POST
@contact_page
def name(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    typed = request.POST.get("name", "")
    try:
        edit_contact(principal.actor, principal.actor.id or 0, {"name": typed})
    except Invalid as invalid:
        problem = " ".join(message for _where, message in invalid.errors)
        return _again(request, principal, {"typed_name": typed, "name_problem": problem})
    messages.success(request, _("Saved"))
    return redirect("portal-you")


@require_POST
@contact_page
def notices(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """The form shows an account's box only where there are several, and names in `shown` those it shows."""
    wanted = {"notices": request.POST.get("notices", ""), "status_notices": "status_notices" in request.POST}
    shown, ticked = set(request.POST.getlist("shown")), set(request.POST.getlist("account"))
    accounts = {number: str(number) in ticked for number in principal.account_numbers if str(number) in shown}
    try:
        set_notice_preferences(principal.actor, wanted, accounts)
    except Invalid:
        return _again(request, principal, {"notices_problem": _("Please choose one of these.")})
    messages.success(request, _("Saved"))
    return redirect("portal-you")


def _again(request: HttpRequest, principal: Principal, more: dict[str, str]) -> HttpResponse:
    return render(request, "portal/you.html", you_context(request, principal) | more, status=422)
