"""Comments on jobs and notes on accounts."""

from __future__ import annotations

from django.http import HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clearstage.asking.operations import jobs_of
from clearstage.chats.models import Chat
from clearstage.chats.queries import chat_row
from clearstage.clients.queries import account_detail
from clearstage.firm.queries import members_list
from clearstage.jobs.queries import get_job
from clearstage.kernel.actor import Actor
from clearstage.messaging.operations.comments import LONGEST, comment_on_job, note_on_account
from clearstage.messaging.queries import who_sees
from clearstage.pages.htmx import done as closed

from ..access import MemberRequest, member_page
from .asking import number, once, row_number, words
from .job import answer


@require_safe
@member_page
def names(request: MemberRequest, actor: Actor) -> HttpResponseBase:
    """Who would be told if he were mentioned: on `?job=`, `?account=` or in `?chat=`. Asked when an @ is typed."""
    account, jobs = _place(request, actor)
    seen = {each.member for each in who_sees(account, jobs)}
    return JsonResponse(
        {"names": [member.name for member in members_list(inactive=False) if member.pk in seen]}
    )


def _place(request: MemberRequest, actor: Actor) -> tuple[int, list[int]]:
    if "chat" in request.GET:
        chat = chat_row(Chat.objects.visible_to(actor), request.GET["chat"])
        return chat.account_id, jobs_of(Chat.KIND, chat.pk)
    if "job" in request.GET:
        job = get_job(actor, number(request.GET["job"]))
        return job.account_id, [job.pk]
    return account_detail(actor, number(request.GET.get("account"))).pk, []


def in_vain(names: list[str]) -> str:
    """A word about those who were mentioned and may not see it (X2)."""
    return _("{names} may not see this and was not told").format(names=", ".join(names)) if names else ""


@require_POST
@member_page
def on_job(request: MemberRequest, actor: Actor, job: int) -> HttpResponseBase:
    row = get_job(actor, row_number(job))
    text = words(request.POST, "text", LONGEST)
    done = once(request, actor, lambda: {"unheard": comment_on_job(actor, row.pk, text).unheard})
    return answer(request, actor, row.pk, in_vain(done["unheard"]))


@require_POST
@member_page
def on_account(request: MemberRequest, actor: Actor, account: int) -> HttpResponseBase:
    row = account_detail(actor, row_number(account))
    text = words(request.POST, "text", LONGEST)
    done = once(request, actor, lambda: {"unheard": note_on_account(actor, row.pk, text).unheard})
    address = reverse("account", args=[row.pk])
    return closed(request, in_vain(done["unheard"]), to=address, changed=["account-changed"])
