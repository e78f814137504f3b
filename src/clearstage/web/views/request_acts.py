"""What is done with entries of requests from the firm's pages, wherever the form stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clearstage.asking.operations import Followed
from clearstage.jobs.models import Job
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import NotFound
from clearstage.requests.operations.judging import accept_all, accept_entry, return_entry
from clearstage.requests.operations.listing import archive_request, restore_request, withdraw_entry

from ..access import MemberRequest
from .asking import number, once, words

Act = Callable[[Actor, int], Followed]
WHOLE: dict[str, tuple[Act, Any]] = {
    "accept-all": (accept_all, gettext_lazy("Accepted")),
    "archive": (archive_request, gettext_lazy("Archived; the client no longer sees it")),
    "restore": (restore_request, gettext_lazy("Taken out of the archive")),
}


def judged(request: MemberRequest, actor: Actor, asked: int, n: int, what: str) -> tuple[str, str]:
    """Accept, return or withdraw one entry; answers what to say, and the address of undo where a job went on."""
    seen = number(request.POST.get("seen"))
    if what == "accept":
        return followed(request, actor, lambda: accept_entry(actor, asked, n, seen=seen), _("Accepted"))
    if what == "return":
        reason = words(request.POST, "reason", 1_000)
        text = _("Returned; the client is told why")
        return followed(request, actor, lambda: return_entry(actor, asked, n, reason, seen=seen), text)
    if what == "withdraw":
        return followed(request, actor, lambda: withdraw_entry(actor, asked, n), _("No longer asked for"))
    raise NotFound


def done(request: MemberRequest, actor: Actor, asked: int, what: str) -> tuple[str, str]:
    """The same for a whole request."""
    if what not in WHOLE:
        raise NotFound
    run, text = WHOLE[what]
    return followed(request, actor, lambda: run(actor, asked), str(text))


def followed(request: MemberRequest, actor: Actor, run: Callable[[], Followed], text: str) -> tuple[str, str]:
    """Once for each form; says where a job has gone by itself."""

    def ran() -> dict[str, Any]:
        done = run()
        return {"action": done.action, "jobs": done.item.hangs_on}

    answer = once(request, actor, ran)
    if not answer["action"]:
        return text, ""
    places = Job.objects.visible_to(actor).filter(pk__in=answer["jobs"]).select_related("stage")
    where = ", ".join(dict.fromkeys(place.stage.name for place in places))
    moved = _("The job is now in {stage}").format(stage=where)
    return f"{text} · {moved}", reverse("undo", args=[answer["action"]])
