"""*Request access* (X2): sent from the page that says there is nothing here, answered from the inbox."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clearstage.access.operations import request_access
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound

from ..access import MAY_BE_ASKED_FOR, MemberRequest, member_page
from .asking import number


@require_POST
@member_page
def ask(request: MemberRequest, actor: Actor) -> HttpResponse:
    """Back to the address that was asked for: it says that the request was passed on, or is open by now."""
    pages = {noun: name for name, noun in MAY_BE_ASKED_FOR.items()}
    noun, asked_for = request.POST.get("noun", ""), number(request.POST.get("number"))
    if noun not in pages or asked_for is None:
        raise NotFound
    request_access(actor, noun, asked_for)
    return redirect(pages[noun], asked_for)
